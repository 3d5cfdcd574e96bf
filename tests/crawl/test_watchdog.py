"""The watchdog restarts what died, ends what is silent or too large, and leaves nothing behind."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest
import structlog

from crawler.watchdog import _BACKOFF, Watchdog
from tests.crawl.loop import in_loop

MEMORY = 1_000_000

HEAD = """
import json, pathlib, signal, subprocess, sys, time
def say(**said):
    print(json.dumps(said), flush=True)
"""
BEATS = """
    while True:
        say(alive=7, rss=1000)
        time.sleep(0.05)
"""
SILENT = """
    say(alive=0, rss=1000)
    time.sleep(60)
"""
STUBBORN = """
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    subprocess.Popen(["sleep", "60"])
    while True:
        say(alive=0, rss=1000)
        time.sleep(0.05)
"""
POLITE = """
    worker = subprocess.Popen(["sleep", "60"])
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    say(alive=0, rss=1000, worker=worker.pid)
    time.sleep(60)
"""
ENDS = """
    say(alive=0, rss=1000)
"""
GROWS = """
    def end(*_):
        for _ in range(5):  # it takes its time
            say(alive=1, rss=2_000_000)
            time.sleep(0.05)
        sys.exit(0)
    signal.signal(signal.SIGTERM, end)
    large = not pathlib.Path(sys.argv[1]).exists()
    pathlib.Path(sys.argv[1]).touch()
    while True:
        say(alive=1, rss=2_000_000 if large else 1000)
        time.sleep(0.05)
"""
TALKS = """
    print("not JSON", flush=True)
    print("5", flush=True)
    say(event="ntc_1")
    say(alive=3, rss=1000)
    time.sleep(60)
"""


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tenth of the usual waits between restarts."""
    monkeypatch.setattr("crawler.watchdog._BACKOFF", tuple(wait / 10 for wait in _BACKOFF))


class Kennel:
    """A watchdog over a small program in place of the crawl, and what it tells."""

    def __init__(self, program: str, folder: Path, silence: float = 30.0) -> None:
        file = folder / "crawl.py"
        file.write_text(HEAD + textwrap.dedent(program), "utf-8")
        self.events, self.deaths = 0, 0
        self.dog = Watchdog(
            lambda: b"hello\n",
            MEMORY,
            self._event,
            self._death,
            command=(sys.executable, str(file), str(folder / "argument")),
            silence=silence,
        )

    def _event(self) -> None:
        self.events += 1

    def _death(self) -> None:
        self.deaths += 1

    @property
    def pid(self) -> int:
        """Of the process, 0 if there is none."""
        process = self.dog._process
        return process.pid if process is not None and process.returncode is None else 0

    async def until(self, true: Callable[[], bool]) -> None:
        """Watch, as the daemon does but oftener, until something has come true."""
        async with asyncio.timeout(20):
            while not true():
                await self.dog.watch()
                await asyncio.sleep(0.02)

    async def started(self) -> int:
        """The process id of a crawl that was heard of."""
        await self.until(lambda: bool(self.pid))
        await self.until(lambda: self.dog.heartbeat > self.dog._started)  # which counts as a sign of life, too
        return self.pid


def ended(group: int) -> bool:
    """Whether nobody in a process group lives any more; the dead may lie there until somebody buries them."""
    said = subprocess.run(["ps", "-A", "-o", "pgid=,stat="], capture_output=True, text=True, check=True).stdout
    return not [stat for pgid, stat in map(str.split, said.splitlines()) if int(pgid) == group and stat[0] != "Z"]


@in_loop
async def test_a_crawl_that_beats_is_left_alone(tmp_path: Path) -> None:
    kennel = Kennel(BEATS, tmp_path)
    assert not kennel.dog.alive
    pid = await kennel.started()
    for _ in range(10):
        await kennel.dog.watch()
    assert kennel.pid == pid
    assert (kennel.dog.looks, kennel.deaths) == (7, 0)
    await kennel.dog.stop()
    assert ended(pid)
    assert not kennel.dog.alive


@in_loop
async def test_a_crawl_that_was_killed_is_restarted_and_its_leases_freed(tmp_path: Path) -> None:
    kennel = Kennel(BEATS, tmp_path)
    pid = await kennel.started()
    os.kill(pid, signal.SIGKILL)
    await kennel.until(lambda: kennel.deaths == 1)
    assert await kennel.started() != pid
    assert kennel.deaths == 1
    await kennel.dog.stop()


@in_loop
async def test_a_silent_crawl_is_ended_and_another_started(tmp_path: Path) -> None:
    kennel = Kennel(SILENT, tmp_path, silence=0.3)
    await kennel.until(lambda: bool(kennel.pid))
    pid = kennel.pid
    await kennel.until(lambda: kennel.deaths == 1)
    assert ended(pid)
    await kennel.until(lambda: bool(kennel.pid))
    assert kennel.pid != pid
    await kennel.dog.stop()


@in_loop
async def test_a_crawl_that_grows_too_large_is_ended_politely_and_only_once(tmp_path: Path) -> None:
    kennel = Kennel(GROWS, tmp_path)
    large = await kennel.started()
    await kennel.until(lambda: kennel.pid not in (large, 0))
    assert ended(large)
    fresh = await kennel.started()
    for _ in range(5):
        await kennel.started()
    assert kennel.pid == fresh
    assert kennel.deaths == 1  # what the large one held is free
    await kennel.dog.stop()


@in_loop
async def test_a_crawl_that_ends_at_once_is_started_more_and_more_rarely(tmp_path: Path) -> None:
    with structlog.testing.capture_logs() as logs:
        kennel = Kennel(ENDS, tmp_path)
        await kennel.until(lambda: kennel.deaths == 2)
        await kennel.dog.stop()
    waits = [line["in_seconds"] for line in logs if line["event"] == "crawl restarts"]
    assert waits[0] < waits[1]
    assert [line["why"] for line in logs] == ["ended with status 0"] * 2


@in_loop
async def test_an_event_is_passed_on_and_what_is_not_understood_is_not(tmp_path: Path) -> None:
    kennel = Kennel(TALKS, tmp_path)
    await kennel.until(lambda: kennel.dog.looks == 3)
    assert kennel.events == 1
    await kennel.dog.stop()


@in_loop
async def test_stopping_ends_a_crawl_that_will_not_end_and_all_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crawler.watchdog._GRACE", 0.2)
    kennel = Kennel(STUBBORN, tmp_path)
    group = await kennel.started()
    await kennel.dog.stop()
    assert ended(group)
    assert kennel.deaths == 0  # nobody died; it was ended


@pytest.mark.parametrize("killed", [False, True])
@in_loop
async def test_stopping_ends_what_a_crawl_leaves_behind(tmp_path: Path, killed: bool) -> None:
    kennel = Kennel(POLITE, tmp_path)
    group = await kennel.started()
    if killed:
        os.kill(group, signal.SIGKILL)  # and nobody has watched since
    await kennel.dog.stop()
    assert ended(group)


@in_loop
async def test_a_watchdog_without_a_crawl_has_nothing_to_stop(tmp_path: Path) -> None:
    kennel = Kennel(BEATS, tmp_path)
    await kennel.dog.stop()
    assert kennel.deaths == 0
