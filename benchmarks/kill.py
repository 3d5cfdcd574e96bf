"""Thirty kills in a busy minute: nothing published may be lost, no event may get two ids, the database must be sound.

By turns the whole daemon is killed (it, the crawl and its workers), only the parent, or only the crawl.  Meanwhile
warnings are published all along and one webhook in ten is refused.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.delay import signed
from benchmarks.figures import Figure
from benchmarks.world import ROOT, Server, Watch, end, load_meter, wait_for, world

SOURCES = 40
KILLS = 30
CALM = 40.0  # seconds undisturbed after the last kill; a refused webhook is tried again after 5
LIFE = (0.0, 8.0)  # seconds between two kills, at random: some find a daemon still starting, most one at work
PAUSE = 0.4  # seconds between two publications
REFUSED = 0.1  # share of webhooks
_COLUMN = 'every = "3s"\nfixed = true'
Daemon = subprocess.Popen[bytes]


@dataclass
class Storm:
    """What was done, and every process that was ever seen below a daemon of ours."""

    kills: Counter[str] = field(default_factory=Counter)
    seen: set[int] = field(default_factory=set)
    refused: int = 0


def run(folder: Path, rounds: int) -> list[Figure]:
    """One storm, whatever ``rounds`` says: it has its thirty rounds inside."""
    meter, chance, storm = load_meter(), random.Random(), Storm()
    settings = {"per_host_delay": "0s"}
    with world(folder, SOURCES, "--history", "6", hooked=True, crawl=settings, column=_COLUMN) as watch:
        assert watch.hook is not None
        watch.hook.ctl("clear")
        events = len(watch.publishers.ctl("log"))
        process = _start(watch)
        try:
            with _publishing(watch.publishers, watch.hook, chance, storm):
                for n in range(KILLS):
                    time.sleep(chance.uniform(*LIFE))
                    process = _kill(watch, meter, process, ("tree", "parent", "crawl")[n % 3], storm)
            time.sleep(CALM)
            again = _again(watch)
            figures = _figures(watch, storm, watch.publishers.ctl("log", since=events), again)
        finally:
            end(process)
        left = [pid for pid in storm.seen if _ours(pid, watch)]
        for pid in left:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
    return [*figures, Figure("kill", "processes left behind", (len(left),), "", at_most=0.0)]


def _start(watch: Watch) -> Daemon:
    with (watch.folder / "daemon.log").open("ab") as log:
        return subprocess.Popen([*watch.command, "run"], cwd=ROOT, stderr=log, start_new_session=True)


@contextmanager
def _publishing(publishers: Server, hook: Server, chance: random.Random, storm: Storm) -> Iterator[None]:
    """Publish warnings, and refuse webhooks, until the end of the block."""
    ended = threading.Event()

    def go_on() -> None:
        while not ended.wait(PAUSE):
            publishers.ctl("publish", source=chance.randrange(SOURCES), kind="warning")
            if chance.random() < REFUSED:
                hook.ctl("fail", status=503, count=1)
                storm.refused += 1

    thread = threading.Thread(target=go_on)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
        hook.ctl("fail", count=0)


def _kill(
    watch: Watch, meter: Any, process: subprocess.Popen[bytes], what: str, storm: Storm
) -> subprocess.Popen[bytes]:
    """Kill at once, and start again what does not start itself."""
    below = [pid for pid in meter.tree(process.pid) if pid != process.pid]
    storm.seen.update(below)
    victims = {"tree": [process.pid, *below], "parent": [process.pid], "crawl": below[:1]}[what]
    for pid in victims:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    storm.kills[what if victims else "crawl not yet started"] += 1
    if what == "crawl" and process.poll() is None:
        return process
    process.wait()
    return _start(watch)


def _ours(pid: int, watch: Watch) -> bool:
    """Whether ``pid`` is still a process of this benchmark's, not another's that got its number."""
    with suppress(OSError):
        return str(watch.config).encode() in Path(f"/proc/{pid}/cmdline").read_bytes()
    return False


def _again(watch: Watch) -> int:
    """Send anew what was refused twice, since its third try comes only after five minutes; how many."""
    late = [str(n) for (n,) in watch.ask("SELECT id FROM deliveries WHERE state = 'queued' AND attempts > 1")]
    if late:
        subprocess.run([*watch.command, "replay", *late], cwd=ROOT, check=True, capture_output=True, timeout=60)
        wait_for(lambda: not watch.ask("SELECT 1 FROM deliveries WHERE state = 'queued'"), 30)
    return len(late)


def _figures(watch: Watch, storm: Storm, log: list[dict[str, Any]], again: int) -> list[Figure]:
    assert watch.hook is not None
    rows = watch.hook.ctl("log")
    brought = [(json.loads(row["body"]), row) for row in rows]
    arrived = {said["data"]["title"] for said, row in brought if row["answered"] == 200}
    published = [event["title"] for event in log if event["event"] == "publish"]
    ids: dict[tuple[str, str], set[str]] = {}
    for said, row in brought:
        ids.setdefault((said["data"]["id"], said["type"]), set()).add(row["headers"]["webhook-id"])
    lost = [title for title in published if title not in arrived]
    taken = Counter(row["headers"]["webhook-id"] for row in rows if row["answered"] == 200)
    refused, repeated = sum(row["answered"] != 200 for row in rows), sum(n - 1 for n in taken.values())
    said = (
        f"{sum(storm.kills.values())} kills {dict(storm.kills)}, {len(published)} warnings published, "
        f"{len(rows)} webhooks of {len(ids)} events arrived, {refused} were refused, {again} replayed by hand after a "
        f"second refusal, {repeated} taken twice under one id; lost: {_why(watch, lost)}"
    )
    counts: dict[str, Callable[[], int]] = {
        "warnings lost": lambda: len(lost),
        "events with two ids": lambda: sum(len(known) > 1 for known in ids.values()),
        "webhooks without our signature": lambda: sum(not signed(row) for row in rows),
        "database unsound": lambda: watch.ask("PRAGMA integrity_check") != [("ok",)],
        "warnings not asked for": lambda: len(arrived - set(published)),
    }
    return [
        Figure("kill", name, (float(count()),), "", at_most=0.0, note=said if not n else "")
        for n, (name, count) in enumerate(counts.items())
    ]


def _why(watch: Watch, lost: list[str]) -> list[str]:
    """What the store knows of each lost warning."""
    known = []
    for title in lost:
        link = watch.ask("SELECT state, attempts, why, notice_id FROM links WHERE title = ?", title)
        sent = watch.ask(
            "SELECT d.state, d.attempts, d.last_error FROM deliveries d JOIN events e ON e.id = d.event_id"
            " JOIN links l ON l.notice_id = e.notice_id WHERE l.title = ?",
            title,
        )
        known.append(f"{title}: link {link}, delivery {sent}")
    return known
