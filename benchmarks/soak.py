"""Fifty sources for as long as one likes, a random fault a minute, hooks failing at random: what is lost, what grows.

Time is scaled: a minute of the promise is ``MINUTE`` seconds here, with its fault, its article and its twenty looks a
column, so that growth an hour is growth in sixty faults; what would grow by the clock alone shows thirty times smaller.
``SECONDS`` in the environment says how long (600: five hours).

Growth is that of the second half, since caches fill up to their bounds in the first, and of the lowest of every ten
samples: what is held while a page of 8 MB is read is given back, and is no growth.
The report, with a plot of memory and of descriptors from the first second on, is build/soak.html.
"""

from __future__ import annotations

import json
import os
import random
import sqlite3
import statistics
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

from benchmarks.faults import FAULTS
from benchmarks.figures import Figure
from benchmarks.world import Watch, load_meter, wait_for, world

SOURCES = 50
MINUTE = 2.0  # seconds
SECONDS = float(os.environ.get("SECONDS", "600"))
WARM = 0.5  # share of the time after which growth is growth: caches fill before
WINDOW = 10  # samples of which the lowest counts
FILLING = 4  # articles a minute while warming up, so that caches are full then: 1,000 entries as written, 4,096 texts
CALM = 180.0  # seconds in which everything must have arrived after the last fault, whatever is to be tried when
REFUSED = 0.2  # chance of a failing hook, a minute
REPORT = Path("build") / "soak.html"
_STATE = "SELECT column, state, attempts, due - unixepoch(), why, notice_id FROM links WHERE title = ?"
_COLUMN = 'every = "3s"\nfixed = true'
_CRAWL = {"per_host_delay": "0s", "timeout": "10s", "revisit": ["7d"]}


@dataclass
class Record:
    """What was done, and how the daemon was, sample by sample."""

    at: list[float] = field(default_factory=list)  # seconds since the start
    memory: list[float] = field(default_factory=list)  # megabytes of the whole tree
    descriptors: list[float] = field(default_factory=list)
    faults: Counter[str] = field(default_factory=Counter)
    refused: int = 0
    published: list[str] = field(default_factory=list)


def run(folder: Path, rounds: int) -> list[Figure]:
    """One soak, whatever ``rounds`` says."""
    meter, record = load_meter(), Record()
    with world(folder, SOURCES, "--history", "6", hooked=True, crawl=_CRAWL, column=_COLUMN) as watch:
        assert watch.hook is not None
        watch.hook.ctl("clear")
        with watch.daemon() as process:
            _soak(watch, meter, process.pid, record)
            _heal(watch)
            wait_for(lambda: not _lost(watch, record) or _hasten(watch), CALM, every=5.0)
        figures = _figures(watch, record)
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text(page(figures, record), "utf-8")
    return figures


def _soak(watch: Watch, meter: Any, pid: int, record: Record) -> None:
    chance, start = random.Random(), time.monotonic()
    while (passed := time.monotonic() - start) < SECONDS:
        source, kind = chance.randrange(SOURCES), chance.choice([*FAULTS, "none"])
        watch.publishers.ctl(
            "fault", kind=kind, source=source, on=chance.choice(("list", "article")), **FAULTS.get(kind, {})
        )
        record.faults[kind] += 1
        if chance.random() < 0.5:
            watch.publishers.ctl("fault", kind="none", source=chance.randrange(SOURCES))
        for source in chance.sample(range(SOURCES), FILLING if passed < WARM * SECONDS else 1):
            (made,) = watch.publishers.ctl("publish", source=source, kind="warning")
            record.published.append(made["title"])
        if chance.random() < REFUSED:
            assert watch.hook is not None
            watch.hook.ctl("fail", status=chance.choice((500, 503)), count=1)
            record.refused += 1
        tree = meter.tree(pid)
        record.at.append(passed)
        record.memory.append(meter.memory(pid))
        record.descriptors.append(float(sum(_descriptors(one) for one in tree)))
        time.sleep(max(0.0, MINUTE - (time.monotonic() - start - passed)))


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


def _descriptors(pid: int) -> int:
    try:
        return sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir())
    except OSError:
        return 0


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
            (_slope(record.at, record.memory),),
            "MB/h",
            at_most=1.0,
            note=f"of the whole tree, second half; an hour is {60 * MINUTE:.0f} s here",
        ),
        Figure("soak", "growth of descriptors", (_slope(record.at, record.descriptors),), "/h", at_most=1.0),
        Figure("soak", "most memory", (max(record.memory, default=0.0),), "MB"),
    ]


def _slope(at: Sequence[float], values: Sequence[float]) -> float:
    """Growth an hour of the promise of what is always held, after warming up."""
    first = int(len(at) * WARM)
    starts = range(first, len(at) - WINDOW + 1, WINDOW)
    if len(starts) < 3:
        return 0.0
    lowest = [min(values[n : n + WINDOW]) for n in starts]
    return round(statistics.linear_regression([at[n] for n in starts], lowest).slope * 60 * MINUTE, 2)


# --------------------------------------------------------------------------------------------------------------------
# The report


def page(figures: Sequence[Figure], record: Record) -> str:
    """The report as a page that needs nothing else."""
    rows = "".join(
        f"<tr><td>{escape(f.name)}</td><td>{f.value:g} {escape(f.unit)}</td><td>{escape(f.target)}</td>"
        f"<td>{'' if f.met is None else 'met' if f.met else 'MISSED'}</td><td>{escape(f.note)}</td></tr>"
        for f in figures
    )
    faults = ", ".join(f"{kind} {number}" for kind, number in record.faults.most_common())
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Fenghuo: soak</title>'
        "<style>body{font:16px/1.5 system-ui;max-width:60rem;margin:2rem auto}td{padding:.2rem .8rem .2rem 0}"
        "svg{width:100%;height:auto}polyline{fill:none;stroke:#b33;stroke-width:2}</style></head><body>"
        f"<h1>Soak</h1><table>{rows}</table><p>Faults: {escape(faults)}</p>"
        f"<h2>Memory, MB</h2>{plot(record.at, record.memory)}"
        f"<h2>Open descriptors</h2>{plot(record.at, record.descriptors)}</body></html>\n"
    )


def plot(at: Sequence[float], values: Sequence[float]) -> str:
    """An SVG line of ``values`` over seconds, from zero."""
    if not values:
        return ""
    width, height, top, end = 800, 200, max(values) or 1.0, max(at) or 1.0
    points = " ".join(f"{x / end * width:.1f},{height - y / top * height:.1f}" for x, y in zip(at, values, strict=True))
    return (
        f'<svg viewBox="-60 -20 {width + 80} {height + 50}"><polyline points="{points}"/>'
        f'<text x="-55" y="5">{top:.0f}</text><text x="-55" y="{height}">0</text>'
        f'<text x="{width - 60}" y="{height + 25}">{end:.0f} s</text></svg>'
    )
