"""Turns at shards as procrastinate hands them out: one at a time, none lost to a worker that died."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import text

from crawler.cluster import turns
from crawler.cluster.leader import Leader
from crawler.cluster.member import membership
from crawler.cluster.share import Share
from crawler.cluster.strays import Strays
from crawler.cluster.turns import CRAWL, Queue, make_app, prepare, take_turns
from crawler.items import Column, Source
from crawler.reading.address import shard_of
from crawler.store import Store, processes
from crawler.store.watch import columns
from crawler.store.watch.shards import Held

URL = "http://office.example/list/"


@pytest.fixture
def shared(store: Store) -> Store:
    """A store with procrastinate's tables."""
    if not store.shared:
        pytest.skip("only PostgreSQL is shared")
    for _ in range(2):  # whoever comes second finds them
        prepare(store)
    return store


def run(store: Store, work: Callable[[Queue], Awaitable[None]]) -> None:
    async def opened() -> None:
        app = make_app(store, connections=2)
        async with app.open_async():
            await work(Queue(app))

    asyncio.run(asyncio.wait_for(opened(), 30))


def jobs(store: Store) -> list[tuple[Any, ...]]:
    with store.read() as tx:
        sql = "SELECT (args->>'shard')::int, status::text FROM procrastinate_jobs ORDER BY id"
        return [tuple(row) for row in tx.execute(text(sql))]


def die(store: Store) -> None:
    """Let every worker fall silent."""
    with store.begin() as tx:
        tx.execute(text("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '9 seconds'"))


def watch(store: Store) -> None:
    source = Source(id="office", name="office", authority="police", column=(Column(url=URL),))
    with store.begin() as tx:
        columns.sync(tx, [("office", source, source.column[0])], 0.0)


class Worker:
    """A worker in this process that holds what it gets until the share is closed."""

    def __init__(self, store: Store) -> None:
        self.share = Share(lambda: 0.0)
        self.task = asyncio.create_task(take_turns(store, self.share, [CRAWL]))

    async def has(self, *shards: int) -> None:
        while sorted(self.share.held.shards) != sorted(shards):
            await asyncio.sleep(0.02)

    async def end(self) -> None:
        self.share.close()
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)


def test_a_shard_is_one_workers_at_a_time_and_waits_at_most_once(shared: Store) -> None:
    async def work(queue: Queue) -> None:
        first, second = Worker(shared), Worker(shared)
        await queue.add([(CRAWL, 1)])
        while not (first.share.held.shards or second.share.held.shards):
            await asyncio.sleep(0.02)
        holder, other = (first, second) if first.share.held.shards else (second, first)
        await queue.add([(CRAWL, 1)])
        await queue.add([(CRAWL, 1)])  # refused: one waits already
        assert await queue.known() == {(CRAWL, 1)}
        assert jobs(shared) == [(1, "doing"), (1, "todo")]
        await asyncio.sleep(0.3)
        assert other.share.held.shards == []
        await holder.end()
        await other.has(1)
        await other.end()
        assert jobs(shared) == []

    run(shared, work)


def test_the_turn_of_a_dead_worker_is_ended_also_when_a_newer_one_waits(
    shared: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Trying it again would fail there (procrastinate's issue 1543)."""
    for pause in ("BEAT", "_POLL"):  # who is dead neither says that it lives nor asks for more
        monkeypatch.setattr(turns, pause, 3600.0)

    async def work(queue: Queue) -> None:
        dead = Worker(shared)
        await queue.add([(CRAWL, 1), (CRAWL, 2)])
        await dead.has(1, 2)
        await queue.add([(CRAWL, 1)])

        assert await queue.end_dead() == 0
        die(shared)
        assert await queue.end_dead() == 2
        assert jobs(shared) == [(1, "todo")]
        heir = Worker(shared)
        await heir.has(1)
        await heir.end()

        await dead.end()

    run(shared, work)


def test_a_turn_whose_end_could_not_be_written_does_not_block_its_shard(
    shared: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "_STRAYS", 0.1)

    async def work(queue: Queue) -> None:
        worker = Worker(shared)
        await queue.add([(CRAWL, 1)])
        await worker.has(1)
        with shared.begin() as tx:  # one more that this worker is said to run
            tx.execute(
                text(
                    "INSERT INTO procrastinate_jobs (queue_name, task_name, args, status, lock, worker_id)"
                    " SELECT queue_name, task_name, '{\"shard\": 7}', status, 'shard:7', worker_id"
                    " FROM procrastinate_jobs"
                )
            )
        while (7, "doing") in jobs(shared):
            await asyncio.sleep(0.05)
        assert jobs(shared) == [(1, "doing")]
        await worker.end()

    run(shared, work)


def test_a_lease_that_nobody_knows_of_is_freed_at_the_second_look(shared: Store) -> None:
    watch(shared)
    share = Share(lambda: 0.0)
    with shared.begin() as tx:
        columns.claim(tx, now=100.0, owner="me", limit=9, held=Held([shard_of(URL)]))
    strays = Strays(shared, "me", share)
    assert strays.free({"office"}, 100.0) == set()
    assert strays.free(share.known(), 100.0) == set()
    assert strays.free(share.known(), 100.0) == {"office"}
    with shared.begin() as tx:
        assert columns.claim(tx, now=100.0, owner="you", limit=9, held=Held([shard_of(URL)]))


def test_the_leader_queues_what_is_due_once_and_another_leads_after_it(shared: Store) -> None:
    offices: list[str] = []
    first = Leader(shared, lambda: offices.append("first"))
    second = Leader(shared, lambda: offices.append("second"))

    async def work(queue: Queue) -> None:
        await first.tick()
        watch(shared)
        for _ in range(2):
            await first.tick()
            await second.tick()
        assert (first.leads, second.leads) == (True, False)
        assert await queue.known() == {(CRAWL, shard_of(URL))}
        await first.close()
        while not second.leads:  # the server needs a moment to free the lock of a connection that was closed
            await second.tick()
        await second.close()

    run(shared, work)
    assert offices == ["first", "second"]


def test_a_leader_gives_the_living_time_to_be_heard_before_it_buries_anybody(shared: Store) -> None:
    with shared.begin() as tx:
        processes.join(tx, "was cut off as the leader was", ("crawl",))
        tx.execute(text("UPDATE processes SET beat = beat - 60"))
    leader = Leader(shared, lambda: None)

    async def work(_queue: Queue) -> None:
        await leader.tick()
        with shared.begin() as tx:
            assert processes.beat(tx, "was cut off as the leader was")
        await leader.close()

    run(shared, work)


def test_a_member_that_was_buried_hears_of_it_or_takes_its_place_again(
    shared: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "BEAT", 0.05)

    def members() -> set[str]:
        with shared.read() as tx:
            return {one.owner for one in processes.alive(tx)}

    async def work(_queue: Queue) -> None:
        lost = asyncio.Event()
        async with membership(shared, "crawl", ("crawl",), lost.set), membership(shared, "page", ("web",)):
            assert members() == {"crawl", "page"}
            with shared.begin() as tx:
                processes.leave(tx, ["crawl", "page"])
            await lost.wait()
            while members() != {"page"}:
                await asyncio.sleep(0.02)
        assert members() == set()

    run(shared, work)
