"""Looks are written down in batches, and none is lost at the end."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from crawler.configuration import Configuration
from crawler.extensions.looklog import BATCH, LookLog
from crawler.items import Look, Outcome
from crawler.job import Job
from crawler.store import Store
from crawler.store.watch import columns, looks
from tests.crawl.conftest import Round
from tests.crawl.loop import in_loop


@pytest.fixture
def job(file: Path, sqlite_store: Store) -> Job:
    configuration = Configuration(file)
    with sqlite_store.begin() as tx:
        columns.sync(tx, configuration.catalogue.enabled(), 1000.0)
    return Job(configuration, sqlite_store)


def look(number: int) -> Look:
    return Look("office/main", 1000.0 + number, Outcome.UNCHANGED, status=304)


def written(store: Store) -> list[float]:
    with store.read() as tx:
        return sorted(found.at for found in looks.last(tx, "office/main", 1000))


@in_loop
async def test_a_full_batch_is_written_at_once(job: Job) -> None:
    looklog = LookLog(job)
    for number in range(BATCH - 1):
        looklog.add(look(number))
    assert written(job.store) == []
    looklog.add(look(BATCH - 1))
    assert len(written(job.store)) == BATCH


@in_loop
async def test_a_few_looks_are_written_soon(job: Job) -> None:
    looklog = LookLog(job)
    looklog.add(look(1))
    looklog.add(look(2))
    async with asyncio.timeout(10):
        while not (found := written(job.store)):
            await asyncio.sleep(0.01)
    assert found == [1001.0, 1002.0]


@in_loop
async def test_what_is_buffered_can_be_written_now_and_is_written_once(job: Job) -> None:
    looklog = LookLog(job)
    looklog.add(look(1))
    assert looklog.columns() == {"office/main"}
    looklog.flush()
    looklog.flush()
    assert written(job.store) == [1001.0]
    assert looklog.columns() == set()
    looklog.add(look(2))  # a buffer that was emptied fills again
    looklog.flush()
    assert written(job.store) == [1001.0, 1002.0]


@in_loop
async def test_everybody_hears_of_a_look_before_it_is_written(job: Job) -> None:
    heard: list[Look] = []
    job.on_look = heard.append
    LookLog(job).add(look(1))
    assert heard == [look(1)]


def test_the_end_of_a_crawl_writes_what_is_buffered(crawl_once: Round) -> None:
    crawl_once()
    (look,) = crawl_once()
    assert look.outcome is Outcome.UNCHANGED
    with crawl_once.store.read() as tx:
        assert [found.outcome for found in looks.last(tx, "office/main", 10)] == ["unchanged", "baseline"]
