"""Fifty sources for as long as one likes, a random fault a minute, hooks failing at random: what is lost, what grows.

Time is scaled: a minute of the promise is ``MINUTE`` seconds here, with its fault, its article and its twenty looks a
column, so that growth an hour is growth in sixty faults; what would grow by the clock alone shows thirty times smaller.
``SECONDS`` in the environment says how long (600: five hours).

How growth is reckoned, and what of it counts, stands in `benchmarks.report` and on the report: build/soak.html and,
with Chromium, build/soak.png, with memory (of each part, too) and descriptors from the first second on.
"""

from __future__ import annotations

import json
import os
import random
import sqlite3
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from math import ceil
from pathlib import Path
from typing import Any

from benchmarks.faults import FAULTS
from benchmarks.figures import Figure
from benchmarks.report import PARTS, WARM, Samples, growth, plot, write
from benchmarks.world import Watch, load_meter, wait_for, world

SOURCES = 50
MINUTE = 2.0  # seconds
SECONDS = float(os.environ.get("SECONDS", "600"))
FILLING = 1200  # articles in all while warming up, so that caches are full then: 1,000 entries as they were written
CALM = 180.0  # seconds in which everything must have arrived after the last fault, whatever is to be tried when
REFUSED = 0.2  # chance of a failing hook, a minute
REPORT = Path("build") / "soak.html"
_STATE = "SELECT column, state, attempts, due - unixepoch(), why, notice_id FROM links WHERE title = ?"
_COLUMN = 'every = "3s"\nfixed = true'
_CRAWL = {"per_host_delay": "0s", "timeout": "10s", "revisit": ["7d"]}


@dataclass
class Record:
    """What was done, and how the daemon was, sample by sample."""

    samples: Samples
    faults: Counter[str] = field(default_factory=Counter)
    refused: int = 0
    published: list[str] = field(default_factory=list)


def run(folder: Path, rounds: int) -> list[Figure]:
    """One soak, whatever ``rounds`` says."""
    record = Record(Samples(load_meter()))
    with world(folder, SOURCES, "--history", "6", hooked=True, crawl=_CRAWL, column=_COLUMN) as watch:
        assert watch.hook is not None
        watch.hook.ctl("clear")
        with watch.daemon() as process:
            _soak(watch, process.pid, record)
            _heal(watch)
            wait_for(lambda: not _lost(watch, record) or _hasten(watch), CALM, every=5.0)
        figures = _figures(watch, record)
    samples = record.samples
    plots = {
        "Memory, MB": plot(samples.at, samples.memory),
        "Open descriptors": plot(samples.at, {"all": samples.descriptors}),
    }
    faults = ", ".join(f"{kind} {number}" for kind, number in record.faults.most_common())
    write(REPORT, "Soak", figures, plots, f"Faults: {faults}")
    return figures


def _soak(watch: Watch, pid: int, record: Record) -> None:
    chance, start, before = random.Random(), time.monotonic(), _listed(watch)
    while (passed := time.monotonic() - start) < SECONDS:
        source, kind = chance.randrange(SOURCES), chance.choice([*FAULTS, "none"])
        watch.publishers.ctl(
            "fault", kind=kind, source=source, on=chance.choice(("list", "article")), **FAULTS.get(kind, {})
        )
        record.faults[kind] += 1
        if chance.random() < 0.5:
            watch.publishers.ctl("fault", kind="none", source=chance.randrange(SOURCES))
        for source in chance.sample(range(SOURCES), _articles(passed, len(record.published), _listed(watch) - before)):
            (made,) = watch.publishers.ctl("publish", source=source, kind="warning")
            record.published.append(made["title"])
        if chance.random() < REFUSED:
            assert watch.hook is not None
            watch.hook.ctl("fail", status=chance.choice((500, 503)), count=1)
            record.refused += 1
        record.samples.take(pid, passed)
        time.sleep(max(0.0, MINUTE - (time.monotonic() - start - passed)))


def _articles(passed: float, published: int, seen: int) -> int:
    """How many to publish now: as many as still fill the caches in the first part of the time, then one.

    None while a busy machine has not found the last ones: they would leave the lists before anybody looked.
    """
    if published - seen > SOURCES:
        return 0
    left = WARM * SECONDS - passed
    return min(SOURCES, ceil((FILLING - published) / max(1.0, left / MINUTE))) if left > 0 < FILLING - published else 1


def _listed(watch: Watch) -> int:
    return int(watch.ask("SELECT count(*) FROM links")[0][0])


def _heal(watch: Watch) -> None:
    assert watch.hook is not None
    watch.publishers.ctl("fault", kind="none")
    watch.hook.ctl("fail", count=0)


def _hasten(watch: Watch) -> bool:
    """Let what is to be tried again in minutes or hours, so often had it failed, be tried now; never the end."""
    with closing(sqlite3.connect(watch.database, timeout=30)) as db, db:
        db.execute(
            "UPDATE links SET due = 0 WHERE state = 'pending' AND lease_owner IS NULL AND due > ?", (time.time(),)
        )
        db.execute("UPDATE deliveries SET due = 0 WHERE state = 'queued' AND lease_owner IS NULL")
        db.execute("UPDATE columns SET due = 0 WHERE failures > 0 AND lease_owner IS NULL")  # up to 15 minutes
    return False


def _told(watch: Watch) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    assert watch.hook is not None
    return [(json.loads(row["body"]), row) for row in watch.hook.ctl("log")]


def _lost(watch: Watch, record: Record) -> set[str]:
    """What was published and not received."""
    arrived = {said["data"].get("title") for said, row in _told(watch) if row["answered"] == 200}
    return set(record.published) - arrived


def _figures(watch: Watch, record: Record) -> list[Figure]:
    ids: dict[tuple[str, str], set[str]] = {}
    for said, row in _told(watch):
        if said["type"] == "notice.new":
            ids.setdefault((said["data"]["id"], said["type"]), set()).add(row["headers"]["webhook-id"])
    lost = [f"{title}: {watch.ask(_STATE, title)}" for title in _lost(watch, record)]
    note = (
        f"{SECONDS:.0f} s, {len(record.published)} published, {sum(record.faults.values())} faults, "
        f"{record.refused} refusals"
    )
    samples, hour = record.samples, 60 * MINUTE
    return [
        Figure(
            "soak",
            "published and not received",
            (len(lost),),
            "",
            at_most=0.0,
            note="; ".join(sorted(lost)[:3]) or note,
        ),
        Figure("soak", "notices told under two ids", (sum(len(i) > 1 for i in ids.values()),), "", at_most=0.0),
        Figure(
            "soak",
            "growth of memory",
            (growth(samples.at, samples.memory["all"], hour),),
            "MB/h",
            at_most=1.0,
            note=f"of the whole tree; an hour is {hour:.0f} s here; {_parts(samples, hour)}",
        ),
        Figure("soak", "growth of descriptors", (growth(samples.at, samples.descriptors, hour),), "/h", at_most=1.0),
        Figure("soak", "most memory", (round(max(samples.memory["all"], default=0.0), 1),), "MB"),
    ]


def _parts(samples: Samples, hour: float) -> str:
    """What each part of the tree grows by."""
    return ", ".join(f"{name} {growth(samples.at, samples.memory[name], hour):+.2f}" for name in PARTS)
