"""A machine's clock that jumps brings neither silence nor a storm, and changes no date that a publisher gave."""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from pathlib import Path

import pytest
import uvloop

from crawler.config.settings import Settings
from crawler.configuration import Configuration
from crawler.crawl import crawl
from crawler.items import Look, Outcome
from crawler.job import Job
from crawler.store import Store, open_store
from crawler.store.watch import columns
from feeds.alerts.deliver import deliver
from tests.publisher import Publisher, configure
from tests.server import Server, answer

NOW = time.time()
HOUR = 3600.0
JUMPS = {
    "ten days ahead, and back": (240 * HOUR, 241 * HOUR, HOUR),
    "two hours back": (-2 * HOUR, -1 * HOUR, 0.0),
    "1970, and back": (24 * HOUR - NOW, 25 * HOUR - NOW, HOUR),
    "2040, and back": (2.2e9 - NOW, 2.2e9 + HOUR - NOW, HOUR),
}
"""Seconds from the real time at which a round is made, one round after the other; the baseline is made at it."""


NEW_YORK = 1_793_512_800.0  # 2026-11-01T06:00Z: clocks there go back from 2:00 to 1:00
DST = tuple(NEW_YORK - NOW + n * HOUR / 2 for n in range(-3, 4))


class Round:
    """Rounds: looks, readings and deliveries, on a clock of our own."""

    def __init__(self, file: Path) -> None:
        self.configuration = Configuration(file)
        self.settings: Settings = self.configuration.settings
        self.store: Store = open_store(self.settings.database_url)
        self.looks: list[Look] = []

    def at(self, now: float, step: float = 0.0, after: int = 0) -> None:
        """One round at ``now``; ``after`` so many readings the clock is set by ``step`` seconds."""
        readings = itertools.count()

        def clock() -> float:
            return now + step * (next(readings) >= after)

        with self.store.begin() as tx:
            columns.sync(tx, self.configuration.catalogue.enabled(), now)
        job = Job(self.configuration, self.store, once=True, clock=clock, on_look=self.looks.append)
        uvloop.run(asyncio.wait_for(crawl(job), 60))
        uvloop.run(deliver(self.store, self.settings, owner="test", now=clock))


@pytest.mark.slow
@pytest.mark.parametrize("jumps", JUMPS.values(), ids=JUMPS.keys())
def test_a_clock_that_jumps_brings_neither_silence_nor_a_storm(tmp_path: Path, jumps: tuple[float, ...]) -> None:
    with Publisher() as office, Server({"/hook": answer(b"ok")}) as sink:
        office.seed()
        here = Round(configure(tmp_path, {"office": office}, f"{sink.url}/hook"))
        here.at(NOW)
        titles = []
        for n, seconds in enumerate(jumps):
            titles.append(f"警方提示：警惕第{n + 1}号境外高薪招聘陷阱")
            office.publish(titles[-1], (f"编号{n + 100}的团伙在缅甸妙瓦底招聘诱骗{n + 31}人出境，请拨打12308。" * 2,))
            here.at(NOW + seconds)
        here.store.close()
    said = [json.loads(request.body) for request in sink.requests]
    assert [(s["type"], s["data"]["title"]) for s in said] == [("notice.new", title) for title in titles]
    dates = {s["data"]["published"] for s in said}
    assert dates - {None} == {"2026-11-20T09:30:00+08:00"}  # in 1970 it would be far ahead, and is not believed
    assert [look.outcome for look in here.looks] == [Outcome.BASELINE, *[Outcome.NEW] * len(jumps)]


@pytest.mark.slow
@pytest.mark.parametrize("after", [1, 4, 8, 16])
@pytest.mark.parametrize("step", [HOUR, -HOUR, 0.5], ids=["ahead", "back", "a little"])
def test_a_clock_that_is_set_in_the_middle_of_a_round_loses_and_doubles_nothing(
    tmp_path: Path, step: float, after: int
) -> None:
    with Publisher() as office, Server({"/hook": answer(b"ok")}) as sink:
        office.seed()
        here = Round(configure(tmp_path, {"office": office}, f"{sink.url}/hook"))
        here.at(NOW)
        titles = [f"警方提示：警惕第{n}号境外高薪招聘陷阱" for n in range(3)]
        for n, title in enumerate(titles):
            office.publish(title, (f"编号{n + 100}的团伙在缅甸妙瓦底招聘诱骗{n + 31}人出境，请拨打12308。" * 2,))
            here.at(NOW + n, step, after)
        here.at(NOW + 24 * HOUR)
        here.store.close()
    said = [json.loads(request.body) for request in sink.requests]
    assert [(s["type"], s["data"]["title"]) for s in said] == [("notice.new", title) for title in titles]


@pytest.mark.slow
def test_the_hour_that_comes_twice_is_two_hours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    try:
        with Publisher() as office, Server({"/hook": answer(b"ok")}) as sink:
            office.seed()
            here = Round(configure(tmp_path, {"office": office}, f"{sink.url}/hook"))
            here.at(NEW_YORK - 2 * HOUR)
            for n, seconds in enumerate(DST):
                title = f"警方提示：警惕第{n}号境外高薪招聘陷阱"
                office.publish(title, (f"编号{n + 100}的团伙在缅甸妙瓦底招聘诱骗{n + 31}人出境，请拨打12308。" * 2,))
                here.at(NOW + seconds)
            here.store.close()
    finally:
        monkeypatch.undo()
        time.tzset()
    said = [json.loads(request.body)["data"] for request in sink.requests]
    assert len(said) == len(DST)
    assert [data["first_seen"] for data in said] == sorted({data["first_seen"] for data in said})
