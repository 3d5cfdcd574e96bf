"""What grew in a long run: samples of a process tree, their slope, and a report with plots, as a page and as a picture.

The slope is Theil's and Sen's: the median of the slopes between every two points, which a few outliers do not turn.
Points are the lowest of every ``WINDOW`` samples in the second half of the time: what is held while a page of 8 MB is
read is given back, and caches fill up to their bounds in the first half.
"""

from __future__ import annotations

import os
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import combinations
from pathlib import Path
from typing import Any

from benchmarks.figures import Figure

WARM = 0.5  # share of the time after which growth is growth
WINDOW = 10  # samples of which the lowest counts
PARTS = ("daemon", "crawl", "reader")  # of the tree, by how far down they are
METHOD = (
    f"Growth is the median of the slopes between every two points (Theil-Sen), a point being the lowest of {WINDOW} "
    f"samples; only the last {1 - WARM:.0%} of the time count. Memory is the proportional set size (Pss) of the tree."
)
_COLOURS = ("#b33", "#36c", "#393", "#a60")
_WIDTH, _HEIGHT = 800, 200


@dataclass
class Samples:
    """How a process tree was, sample by sample."""

    meter: Any
    at: list[float] = field(default_factory=list)  # seconds since the start
    memory: dict[str, list[float]] = field(default_factory=lambda: {name: [] for name in ("all", *PARTS)})  # MB
    descriptors: list[float] = field(default_factory=list)

    def take(self, pid: int, passed: float) -> None:
        """One more sample of the daemon ``pid``."""
        own = dict(zip(PARTS, self._by_depth(pid), strict=True))
        self.at.append(passed)
        for name, held in {"all": sum(own.values()), **own}.items():
            self.memory[name].append(held)
        self.descriptors.append(float(sum(_descriptors(one) for one in self.meter.tree(pid))))

    def _by_depth(self, pid: int) -> list[float]:
        """The memory of the daemon, of its crawl, and of all below that."""
        levels = [[pid]]
        for _ in PARTS[1:]:
            levels.append([child for parent in levels[-1] for child in _children(parent)])
        return [_megabytes(one) for one in levels]


def _children(pid: int) -> list[int]:
    """The processes that any thread of ``pid`` started."""
    try:
        threads = list(Path(f"/proc/{pid}/task").iterdir())
        return [int(child) for thread in threads for child in (thread / "children").read_text("ascii").split()]
    except OSError:
        return []


def _megabytes(pids: Sequence[int]) -> float:
    total = 0
    for pid in pids:
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").splitlines()
        except OSError:
            continue
        total += next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
    return total * 1024 / 1e6


def _descriptors(pid: int) -> int:
    try:
        return len(os.listdir(f"/proc/{pid}/fd"))  # noqa: PTH208  # names are enough
    except OSError:
        return 0


def growth(at: Sequence[float], values: Sequence[float], per: float) -> float:
    """How much what is always held grows in ``per`` seconds, once caches are full; 0.0 where too little was seen."""
    starts = range(int(len(at) * WARM), len(at) - WINDOW + 1, WINDOW)
    points = [(at[n], min(values[n : n + WINDOW])) for n in starts]
    slopes = [(y - v) / (x - u) for (u, v), (x, y) in combinations(points, 2)]
    return round(statistics.median(slopes) * per, 2) if len(points) > 2 else 0.0


# --------------------------------------------------------------------------------------------------------------------
# The report


def write(file: Path, title: str, figures: Sequence[Figure], plots: Mapping[str, str], said: str = "") -> str:
    """Write the report to ``file`` and, where there is a browser, a picture of it beside; which of both there are."""
    file.parent.mkdir(exist_ok=True)
    file.write_text(_page(title, figures, plots, said), "utf-8")
    return f"{file}, {png}" if (png := _picture(file)) else str(file)


def _page(title: str, figures: Sequence[Figure], plots: Mapping[str, str], said: str) -> str:
    """The report as a page that needs nothing else."""
    rows = "".join(
        f"<tr><td>{escape(f.name)}</td><td>{f.value:g} {escape(f.unit)}</td><td>{escape(f.target)}</td>"
        f"<td>{'' if f.met is None else 'met' if f.met else 'MISSED'}</td><td>{escape(f.note)}</td></tr>"
        for f in figures
    )
    drawn = "".join(f"<h2>{escape(name)}</h2>{svg}" for name, svg in plots.items())
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Fenghuo: {escape(title)}</title>'
        "<style>body{font:16px/1.5 system-ui;max-width:60rem;margin:2rem auto}td{padding:.2rem .8rem .2rem 0}"
        "svg{width:100%;height:auto}polyline{fill:none;stroke-width:2}</style></head><body>"
        f"<h1>{escape(title)}</h1><table>{rows}</table><p>{escape(METHOD)}</p><p>{escape(said)}</p>{drawn}"
        "</body></html>\n"
    )


def plot(at: Sequence[float], lines: Mapping[str, Sequence[float]]) -> str:
    """An SVG of lines over seconds, from zero."""
    top = max((max(values, default=0.0) for values in lines.values()), default=0.0) or 1.0
    end = max(at, default=0.0) or 1.0
    drawn = "".join(
        f'<polyline stroke="{colour}" points="{_points(at, values, end, top)}"/>'
        f'<text x="{20 + 130 * n}" y="{_HEIGHT + 45}" fill="{colour}">{escape(name)}</text>'
        for n, ((name, values), colour) in enumerate(zip(lines.items(), _COLOURS, strict=False))
    )
    return (
        f'<svg viewBox="-60 -20 {_WIDTH + 80} {_HEIGHT + 80}">{drawn}'
        f'<text x="-55" y="5">{top:.3g}</text><text x="-55" y="{_HEIGHT}">0</text>'
        f'<text x="{_WIDTH - 60}" y="{_HEIGHT + 25}">{end:.0f} s</text></svg>'
    )


def _points(at: Sequence[float], values: Sequence[float], end: float, top: float) -> str:
    pairs = zip(at, values, strict=True)
    return " ".join(f"{x / end * _WIDTH:.1f},{_HEIGHT - y / top * _HEIGHT:.1f}" for x, y in pairs)


def _picture(page: Path) -> Path | None:
    """``page`` as a PNG of the same name; None where there is no browser to show it."""
    from crawler.rendering.browser import find_browser

    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return None
    if not (chromium := find_browser()):
        return None
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(chromium), args=["--no-sandbox"])
        shown = browser.new_page(viewport={"width": 1000, "height": 800})
        shown.goto(page.resolve().as_uri())
        shown.screenshot(path=str(page.with_suffix(".png")), full_page=True)
        browser.close()
    return page.with_suffix(".png")
