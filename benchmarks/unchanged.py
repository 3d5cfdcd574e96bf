"""What 1000 looks at unchanged lists cost: CPU-seconds and memory of the whole process tree, by poll and by daemon."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.figures import Figure
from benchmarks.world import ROOT, START, Server, Watch, list_url, load_meter, wait_for, world

SOURCES = 1000
EVERY = 20.0  # seconds between two looks at a column while the daemon is measured
REST = 20.0  # seconds a daemon that has nothing to do is measured
BACKLOG = "7d"  # visits of articles come later than the benchmark: only lists are asked for


def run(folder: Path, rounds: int) -> list[Figure]:
    """CPU per 1000 unchanged looks; the floor is a plain aiohttp loop over the same lists in the same rounds."""
    meter, urls = load_meter(), folder / "urls"
    crawl = {"revisit": [BACKLOG]}
    got: dict[str, list[dict[str, Any]]] = {"raw": [], "lxml": [], "start": [], "poll": [], "rest": [], "daemon": []}
    with world(folder / "poll", SOURCES, "--history", "4", crawl=crawl) as watch:
        urls.write_text("\n".join(list_url(watch.publishers, i) for i in range(SOURCES)), "utf-8")
        often = f'every = "{EVERY}s"\nfixed = true'
        quick = Watch(folder / "daemon", watch.publishers, SOURCES, crawl=crawl, column=often)
        quick.poll(quick.sped_up(per_host_delay="0s", concurrency=64))
        poll = [*watch.command, "poll"]
        for _ in range(rounds):
            for kind in ("raw", "lxml"):
                bare = [sys.executable, "-m", "benchmarks.floor", "lists", kind, str(urls)]
                got[kind].append(_checked(watch.publishers, partial(meter.run, bare, cwd=ROOT)))
            got["poll"].append(_checked(watch.publishers, partial(meter.run, poll, cwd=ROOT)))
            got["start"].append(meter.run([*poll, "s1"], cwd=ROOT))
            got["rest"].append(_rest(meter, watch))
            got["daemon"].append(_daemon(meter, quick))
    return _figures(got)


def _checked(publishers: Server, measure: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Measure, and hold it against the publishers' own counters.  Raises RuntimeError when looks are missing."""
    publishers.ctl("reset")
    measured = measure()
    totals = publishers.ctl("stats")["totals"]
    asked = sum(n for status, n in totals.items() if status in ("200", "304"))
    if asked != SOURCES or measured["rc"]:
        raise RuntimeError(f"not {SOURCES} lists but {asked} were asked for, exit code {measured['rc']}: {totals}")
    return measured


def _daemon(meter: Any, watch: Watch) -> dict[str, Any]:
    """The daemon over one whole round, after it has settled in another; per 1000 looks."""
    with watch.daemon() as process:
        _more_looks(watch, SOURCES)
        before, asked = watch.looks(), _lists(watch.publishers)
        with meter.Tree(process.pid) as tree:
            _more_looks(watch, SOURCES)
            looks, asked = watch.looks() - before, _lists(watch.publishers) - asked
    if abs(looks - asked) > SOURCES // 10:  # a batch of looks is written a moment after they were made
        raise RuntimeError(f"{looks} looks are remembered, but the publishers were asked {asked} times")
    return {"cpu": tree.cpu * 1000 / looks, "wall": tree.wall, "peak_mib": tree.peak_rss}


def _more_looks(watch: Watch, count: int) -> None:
    goal = watch.looks() + count
    if not wait_for(lambda: watch.looks() >= goal, START + 2 * EVERY):
        raise RuntimeError(f"the daemon makes no {count} looks in {START + 2 * EVERY:g} s")


def _lists(publishers: Server) -> int:
    return sum(n for status, n in publishers.ctl("stats")["totals"].items() if status in ("200", "304"))


def _rest(meter: Any, watch: Watch) -> dict[str, Any]:
    """A daemon right after a round, when nothing is due: CPU-seconds an hour, and memory."""
    with watch.daemon() as process:
        time.sleep(8)  # what a start costs is not what waiting costs
        before = watch.looks()
        with meter.Tree(process.pid) as tree:
            time.sleep(REST)
        if looks := watch.looks() - before:
            raise RuntimeError(f"a daemon that should have had nothing to do made {looks} looks")
    return {"cpu": tree.cpu / tree.wall * 3600, "peak_mib": tree.peak_rss}


def _figures(got: dict[str, list[dict[str, Any]]]) -> list[Figure]:
    def of(kind: str, what: str) -> tuple[float, ...]:
        return tuple(round(measured[what], 3) for measured in got[kind])

    def megabytes(kind: str) -> tuple[float, ...]:
        return tuple(round(mib * 1.048576, 1) for mib in of(kind, "peak_mib"))

    name = "unchanged"
    floor = sorted(of("raw", "cpu"))[len(got["raw"]) // 2]
    memory = sorted(megabytes("raw"))[len(got["raw"]) // 2]
    fact = f"{SOURCES} publishers, default mix, lists of 40-60 KB with 4 articles; robots.txt and 1 s a host obeyed"
    cpu: dict[str, Any] = {"unit": "CPU-s / 1000", "floor": floor, "floor_is": "aiohttp"}
    peak: dict[str, Any] = {"unit": "MB", "floor": memory, "floor_is": "aiohttp", "at_most": 200.0}
    return [
        Figure(name, "poll, whole command", of("poll", "cpu"), **cpu, at_most=2.0, note=fact),
        Figure(
            name, "poll, of that for its start", of("start", "cpu"), "CPU-s", note="a poll of one column of the 1000"
        ),
        Figure(name, "poll, peak memory", megabytes("poll"), **peak),
        Figure(name, "poll, wall time", of("poll", "wall"), "s", floor=min(of("raw", "wall")), floor_is="aiohttp"),
        Figure(name, "daemon, one round", of("daemon", "cpu"), **cpu, at_most=2.0, note=f"every = {EVERY:g} s, fixed"),
        Figure(name, "daemon, peak memory", megabytes("daemon"), **peak),
        Figure(name, "daemon at rest", of("rest", "cpu"), "CPU-s / h", note="nothing is due: what waiting costs"),
        Figure(name, "aiohttp loop with lxml", of("lxml", "cpu"), **cpu),
    ]
