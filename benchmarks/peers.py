"""What looks at unchanged lists cost others: the same site, the same rounds, each in an environment of its own."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import changedetection
from benchmarks.figures import Figure
from benchmarks.world import ROOT, Server, Watch, list_url, load_meter, world

SOURCES = int(os.environ.get("PEER_SOURCES", "200"))
BUILD = ROOT / "build" / "peers"
INSTALL = 240.0  # seconds that installing one of them may take
ROUND = 60.0  # seconds that one round of a command may take
Round = Callable[[], dict[str, Any]]
"""Looks at every list once; what it cost, as the meter says it.  Raises RuntimeError when lists are missing."""


@dataclass(frozen=True)
class Peer:
    """Another program: what the package index calls it, and its rounds over ``urls`` from its environment's ``bin``."""

    name: str
    package: str
    watching: Callable[[Path, Path, list[str], Server], AbstractContextManager[Round]]

    @property
    def bin(self) -> Path:
        """Where its programs are."""
        return BUILD / self.name / "bin"

    def install(self) -> None:
        """Make its environment unless it is there.  Raises RuntimeError, OSError, SubprocessError where that fails."""
        done = self.bin.parent / ".installed"
        if done.exists():
            return
        subprocess.run([sys.executable, "-m", "venv", str(self.bin.parent)], check=True, timeout=INSTALL)
        pip = [str(self.bin / "python"), "-m", "pip", "--disable-pip-version-check", "--quiet", "install", self.package]
        tried = subprocess.run(pip, capture_output=True, text=True, timeout=INSTALL, check=False)
        if tried.returncode:
            raise RuntimeError(f"cannot be installed: {tried.stderr.strip().rpartition(chr(10))[2]}")
        done.touch()


@contextmanager
def _urlwatch(bin: Path, folder: Path, urls: list[str], publishers: Server) -> Iterator[Round]:
    jobs = [json.dumps({"name": url, "url": url, "filter": [{"css": "a"}]}) for url in urls]
    (folder / "urls.yaml").write_text("\n---\n".join(jobs), "utf-8")  # JSON is YAML
    (folder / "urlwatch.yaml").write_text('{"display": {"new": false, "error": true}, "report": {}}', "utf-8")
    (folder / "hooks.py").write_text("", "utf-8")
    given = {"urls": "urls.yaml", "config": "urlwatch.yaml", "hooks": "hooks.py", "cache": "cache.db"}
    command = [str(bin / "urlwatch"), *(x for name, file in given.items() for x in (f"--{name}", str(folder / file)))]
    _command(publishers, command)()  # it sees every list once, unmeasured
    yield _command(publishers, command)


PEERS = (
    Peer("urlwatch", "urlwatch>=2.29,<3", _urlwatch),
    Peer("changedetection.io", "changedetection.io>=0.50,<1", changedetection.watching),
)


def run(folder: Path, rounds: int) -> list[Figure]:
    """CPU and memory of a round; the floor that each ratio is of is `fenghuo poll` in the same rounds."""
    got = dict[str, list[dict[str, Any]]]()
    with ExitStack() as running:
        watch = running.enter_context(world(folder / "ours", SOURCES, "--history", "4", crawl={"revisit": ["7d"]}))
        urls = [list_url(watch.publishers, i) for i in range(SOURCES)]
        (folder / "urls").write_text("\n".join(urls), "utf-8")
        each = {n: _command(watch.publishers, command) for n, command in _bare(watch, folder / "urls").items()}
        for peer in PEERS:
            try:
                each[peer.name] = running.enter_context(_begun(peer, folder / peer.name, urls, watch.publishers))
            except (RuntimeError, OSError, subprocess.SubprocessError) as e:
                print(f"skipped, {peer.name}: {e}"[:300], end=" ")
        for _ in range(rounds):
            for name, once in each.items():
                got.setdefault(name, []).append(once())
    return _figures(got)


def _begun(peer: Peer, place: Path, urls: list[str], publishers: Server) -> AbstractContextManager[Round]:
    peer.install()
    place.mkdir()
    return peer.watching(peer.bin, place, urls, publishers)


def _bare(watch: Watch, urls: Path) -> dict[str, list[str]]:
    return {
        "fenghuo poll": [*watch.command, "poll"],
        "aiohttp loop": [sys.executable, "-m", "benchmarks.floor", "lists", "raw", str(urls)],
        "plain Scrapy": [sys.executable, "-m", "benchmarks.plain_scrapy", str(urls)],
    }


def _command(publishers: Server, command: list[str]) -> Round:
    """The rounds of a command that looks at everything and ends."""

    def once() -> dict[str, Any]:
        publishers.ctl("reset")
        measured: dict[str, Any] = load_meter().run(command, timeout=ROUND, cwd=ROOT)
        totals = publishers.ctl("stats")["totals"]
        answered = sum(n for status, n in totals.items() if status in ("200", "304"))
        if answered < SOURCES:
            raise RuntimeError(f"{answered} of {SOURCES} lists in {ROUND:g} s, exit {measured['rc']}")
        return measured

    return once


def _figures(got: dict[str, list[dict[str, Any]]]) -> list[Figure]:
    """Each program's CPU and memory, against ours."""
    found = []
    for name, rounds in got.items():
        for what, key, unit in (("CPU", "cpu", f"CPU-s, {SOURCES} lists"), ("memory", "peak_mib", "MiB")):
            ours = statistics.median(m[key] for m in got["fenghuo poll"])
            values = tuple(round(m[key], 3) for m in rounds)
            found.append(Figure("peers", f"{name}, {what}", values, unit, floor=ours, floor_is="Fenghuo"))
    return found
