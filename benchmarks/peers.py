"""What looks at unchanged lists cost others: the same site, the same rounds, each in an environment of its own."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.figures import Figure
from benchmarks.world import ROOT, Server, Watch, list_url, load_meter, world

SOURCES = int(os.environ.get("PEER_SOURCES", "200"))
BUILD = ROOT / "build" / "peers"
INSTALL = 240.0  # seconds that installing one of them may take
ROUND = 60.0  # seconds that one round may take


@dataclass(frozen=True)
class Peer:
    """Another program: what the package index calls it, and how it is set up and run over ``urls`` in ``folder``."""

    name: str
    package: str
    set_up: Callable[[Path, list[str]], None]
    command: Callable[[Path, Path, list[str]], list[str]]  # its environment's bin, folder, urls

    @property
    def bin(self) -> Path:
        """Where its programs are."""
        return BUILD / self.name / "bin"

    def install(self) -> str:
        """Make its environment unless it is there; why that cannot be, or ""."""
        if (self.bin.parent / ".installed").exists():
            return ""
        pip = [str(self.bin / "python"), "-m", "pip", "--disable-pip-version-check", "--quiet", "install", self.package]
        try:
            subprocess.run([sys.executable, "-m", "venv", str(self.bin.parent)], check=True, timeout=INSTALL)
            subprocess.run(pip, check=True, capture_output=True, text=True, timeout=INSTALL)
        except subprocess.CalledProcessError as e:
            return str(e.stderr or e).strip().rpartition("\n")[2][:200]
        except (subprocess.TimeoutExpired, OSError) as e:
            return f"{type(e).__name__}: {e}"[:200]
        (self.bin.parent / ".installed").touch()
        return ""


def _urlwatch(folder: Path, urls: list[str]) -> None:
    jobs = [json.dumps({"name": url, "url": url, "filter": [{"css": "a"}]}) for url in urls]
    (folder / "urls.yaml").write_text("\n---\n".join(jobs), "utf-8")  # JSON is YAML
    (folder / "urlwatch.yaml").write_text('{"display": {"new": false, "error": true}, "report": {}}', "utf-8")
    (folder / "hooks.py").write_text("", "utf-8")


def _urlwatch_run(bin: Path, folder: Path, urls: list[str]) -> list[str]:
    given = {"urls": "urls.yaml", "config": "urlwatch.yaml", "hooks": "hooks.py", "cache": "cache.db"}
    return [str(bin / "urlwatch"), *(x for name, file in given.items() for x in (f"--{name}", str(folder / file)))]


PEERS = (Peer("urlwatch", "urlwatch>=2.29,<3", _urlwatch, _urlwatch_run),)


def run(folder: Path, rounds: int) -> list[Figure]:
    """CPU and memory of a whole command; the floor that each ratio is of is `fenghuo poll` in the same rounds."""
    meter, got = load_meter(), dict[str, list[dict[str, Any]]]()
    with world(folder / "ours", SOURCES, "--history", "4", crawl={"revisit": ["7d"]}) as watch:
        urls = [list_url(watch.publishers, i) for i in range(SOURCES)]
        (folder / "urls").write_text("\n".join(urls), "utf-8")
        runs = _bare(watch, folder / "urls")
        for peer in PEERS:
            place = folder / peer.name
            if why := _ready(meter, watch.publishers, peer, place, urls):
                print(f"skipped, {peer.name}: {why}", end=" ")
            else:
                runs[peer.name] = peer.command(peer.bin, place, urls)
        for _ in range(rounds):
            for name, command in runs.items():
                got.setdefault(name, []).append(_round(meter, watch.publishers, command))
    return _figures(got)


def _ready(meter: Any, publishers: Server, peer: Peer, place: Path, urls: list[str]) -> str:
    """Install ``peer`` and let it see every list once, unmeasured; why that cannot be, or ""."""
    if why := peer.install():
        return f"cannot be installed: {why}"
    place.mkdir()
    peer.set_up(place, urls)
    try:
        _round(meter, publishers, peer.command(peer.bin, place, urls))
    except (RuntimeError, OSError, subprocess.SubprocessError) as e:
        return f"not measured: {e}"[:200]
    return ""


def _bare(watch: Watch, urls: Path) -> dict[str, list[str]]:
    return {
        "fenghuo poll": [*watch.command, "poll"],
        "aiohttp loop": [sys.executable, "-m", "benchmarks.floor", "lists", "raw", str(urls)],
        "plain Scrapy": [sys.executable, "-m", "benchmarks.plain_scrapy", str(urls)],
    }


def _round(meter: Any, publishers: Server, command: list[str]) -> dict[str, Any]:
    """One round, held against the publishers' own counters.  Raises RuntimeError when lists are missing."""
    publishers.ctl("reset")
    measured: dict[str, Any] = meter.run(command, timeout=ROUND, cwd=ROOT)
    totals = publishers.ctl("stats")["totals"]
    answered = sum(n for status, n in totals.items() if status in ("200", "304"))
    if answered < SOURCES:
        raise RuntimeError(f"{answered} of {SOURCES} lists in {ROUND:g} s, exit {measured['rc']}")
    return measured


def _figures(got: dict[str, list[dict[str, Any]]]) -> list[Figure]:
    """Each program's CPU and memory, against ours."""
    found = []
    for name, rounds in got.items():
        for what, key, unit in (("CPU", "cpu", f"CPU-s, {SOURCES} lists"), ("memory", "peak_mib", "MiB")):
            ours = statistics.median(m[key] for m in got["fenghuo poll"])
            values = tuple(round(m[key], 3) for m in rounds)
            found.append(Figure("peers", f"{name}, {what}", values, unit, floor=ours, floor_is="Fenghuo"))
    return found
