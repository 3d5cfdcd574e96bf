"""Several processes deliver from one store: each message once, each hook's in its order, no answer forgotten."""

from __future__ import annotations

import asyncio
import json

import pytest
from sqlalchemy import text

from crawler.store import Store
from crawler.store.delivery import bell
from feeds.alerts.deliver import Deliverer
from tests.feeds.alerts.given import OK, happen, hook, settings
from tests.server import Server

NAMES = [f"{n:02}" for n in range(40)]


@pytest.fixture
def shared(store: Store) -> Store:
    """A store that several processes may share."""
    if not store.shared:
        pytest.skip("only PostgreSQL is shared")
    return store


def test_two_deliverers_send_each_message_once_and_in_order(shared: Store) -> None:
    async def work(receiver: Server) -> None:
        to = settings(hook(f"{receiver.url}/a", "a"), hook(f"{receiver.url}/b", "b"))
        both = [Deliverer(shared, to, owner=owner) for owner in ("first", "second")]
        serving = [asyncio.create_task(one.serve(0.05)) for one in both]
        for some in (NAMES[:20], NAMES[20:]):
            happen(shared, *some)
            for one in both:
                one.wake()
            await asyncio.sleep(0.3)
        while len(receiver.requests) < 2 * len(NAMES):
            await asyncio.sleep(0.05)
        for task in serving:
            task.cancel()
        for one in both:
            await one.close()

    with Server({"/a": OK, "/b": OK}) as receiver:
        asyncio.run(asyncio.wait_for(work(receiver), 40))
    for path in ("/a", "/b"):
        assert [json.loads(r.body)["data"]["title"] for r in receiver.requests if r.path == path] == NAMES


def test_an_answer_that_cannot_be_recorded_now_is_recorded_later_and_not_asked_for_again(shared: Store) -> None:
    """The table of tries is away for a moment, as the database is while it restarts."""

    async def work(receiver: Server) -> None:
        deliverer = Deliverer(shared, settings(hook(f"{receiver.url}/a", "a")), owner="first")
        happen(shared, "甲")
        with shared.engine.connect() as tx:
            tx.execute(text("LOCK TABLE attempts IN ACCESS EXCLUSIVE MODE"))
            serving = asyncio.create_task(deliverer.serve(0.05))
            while not receiver.requests:
                await asyncio.sleep(0.02)
            waiting = (
                "SELECT pid FROM pg_locks JOIN pg_class ON pg_class.oid = relation WHERE relname = 'attempts'"
                " AND NOT granted AND relnamespace = current_schema()::regnamespace"
            )
            while not (stuck := tx.scalars(text(waiting)).all()):
                await asyncio.sleep(0.02)
            tx.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": stuck[0]})
            tx.rollback()
        while not _delivered(shared):
            await asyncio.sleep(0.05)
        serving.cancel()
        await deliverer.close()

    with Server({"/a": OK}) as receiver:
        asyncio.run(asyncio.wait_for(work(receiver), 40))
    assert len(receiver.requests) == 1


def _delivered(store: Store) -> bool:
    with store.read() as tx:
        return tx.scalar(text("SELECT count(*) FROM deliveries WHERE state = 'delivered'")) == 1


def test_the_bell_is_heard_when_an_event_is_stored(shared: Store) -> None:
    async def work() -> None:
        heard = asyncio.Event()
        hearing = asyncio.create_task(bell.hear(shared, heard.set))
        await heard.wait()  # at the beginning, for what came before
        heard.clear()
        happen(shared, "甲")
        await heard.wait()
        hearing.cancel()
        await asyncio.gather(hearing, return_exceptions=True)

    asyncio.run(asyncio.wait_for(work(), 30))
