"""What a benchmark yields: figures with floor and target, one table, one JSON file that names the machine."""

from __future__ import annotations

import json
import os
import platform
import statistics
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

OUT = Path("bench-out")


@dataclass(frozen=True)
class Figure:
    """One measured claim: the median of ``rounds``."""

    benchmark: str
    name: str
    rounds: tuple[float, ...]
    unit: str
    floor: float | None = None  # the same work at its barest, in the same rounds and the same unit
    floor_is: str = ""  # what that barest work is
    at_most: float | None = None
    at_least: float | None = None
    note: str = ""

    @property
    def value(self) -> float:
        """The median round."""
        return statistics.median(self.rounds)

    @property
    def ratio(self) -> float | None:
        """How many times the floor."""
        return self.value / self.floor if self.floor else None

    @property
    def target(self) -> str:
        """What is promised, or nothing."""
        if self.at_most is not None:
            return f"<= {self.at_most:g}"
        return f">= {self.at_least:g}" if self.at_least is not None else ""

    @property
    def met(self) -> bool | None:
        """Whether the promise is kept; None where there is none."""
        if self.at_most is not None:
            return self.value <= self.at_most
        return self.value >= self.at_least if self.at_least is not None else None

    def json(self) -> dict[str, Any]:
        """All of it, for the file."""
        return asdict(self) | {"value": self.value, "ratio": self.ratio, "met": self.met}


def share(values: Sequence[float], part: float) -> float:
    """The value that ``part`` (0..1) of ``values`` do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, round(part * len(ordered) + 0.5) - 1))]


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    cpu = next((x.split(":")[1].strip() for x in _lines("/proc/cpuinfo") if x.startswith("model name")), "")
    memory = next((int(x.split()[1]) // 1024 for x in _lines("/proc/meminfo") if x.startswith("MemTotal")), 0)
    return {
        "at": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
        "system": platform.platform(),
        "cpu": cpu or platform.processor(),
        "cores": os.cpu_count(),
        "memory_mib": memory,
        "load": [round(x, 2) for x in os.getloadavg()],
        "python": platform.python_version(),
        "packages": {name: version(name) for name in ("scrapy", "aiohttp", "lxml", "sqlalchemy", "uvloop")},
    }


def show(figures: Sequence[Figure], console: Console) -> None:
    """One table of all figures."""
    table = Table("benchmark", "figure", "value", "floor", "ratio", "target", "rounds", title="Fenghuo, measured")
    for f in figures:
        style = {True: "green", False: "red", None: ""}[f.met]
        ratio = "" if f.ratio is None else f"{f.ratio:.2f}"
        floor = "" if f.floor is None else f"{f.floor:.4g} {f.floor_is}".strip()
        rounds = " ".join(f"{x:.4g}" for x in f.rounds)
        table.add_row(f.benchmark, f.name, f"{f.value:.4g} {f.unit}", floor, ratio, f.target, rounds, style=style)
    console.print(table)
    for f in figures:
        if f.note:
            console.print(f"{f.benchmark}, {f.name}: {f.note}", highlight=False)


def keep(figures: Sequence[Figure], before: dict[str, Any]) -> Path:
    """Write the figures and the machine (as it was ``before`` and is now) to a file of their own; returns it."""
    OUT.mkdir(exist_ok=True)
    file = OUT / f"{time.strftime('%Y%m%d-%H%M%S')}.json"
    said = {"machine": before, "load_after": os.getloadavg(), "figures": [f.json() for f in figures]}
    file.write_text(json.dumps(said, ensure_ascii=False, indent=1), "utf-8")
    return file


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text("utf-8").splitlines()
    except OSError:
        return []
