"""Where PostgreSQL gives up one of two transactions that wait for each other, ours is made again."""

from __future__ import annotations

import threading
import time

import pytest
from sqlalchemy import text

from crawler.store import Store
from crawler.store.delivery import outbox
from feeds.alerts.deliver import Delivered
from tests.feeds.alerts.given import NOW, OK, Clock, deliver, happen, hook, ids, script, settings
from tests.server import Request, Server, answer

_WAITING = text("SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'transactionid'")
_TOUCH = text("UPDATE deliveries SET due = due WHERE id = :id")


class InTheWay:
    """A transaction that holds the last delivery, and asks for the first once somebody waits for the last."""

    def __init__(self, store: Store) -> None:
        self.store, self.holds = store, threading.Event()
        self.thread = threading.Thread(target=self._run)

    def __call__(self, _request: Request) -> bytes:
        self.thread.start()
        assert self.holds.wait(10)
        return answer(b"", 429, Retry_After="60")

    def _run(self) -> None:
        with self.store.begin() as tx:
            first, *_, last = [d.id for d in sorted(outbox.deliveries(tx), key=lambda d: d.id)]
            tx.execute(_TOUCH, {"id": last})
            self.holds.set()
            end = time.monotonic() + 10
            while not tx.scalar(_WAITING) and time.monotonic() < end:
                time.sleep(0.01)
            tx.execute(_TOUCH, {"id": first})  # it has waited for longer than we have, and so is the one given up


@pytest.mark.service
def test_a_deadlock_costs_no_delivery_and_doubles_none(store: Store) -> None:
    if store.engine.dialect.name != "postgresql":
        pytest.skip("SQLite has one writer at a time, and so no deadlocks")
    happen(store, "甲", "乙")
    in_the_way = InTheWay(store)
    with Server({"/": script(in_the_way, OK)}) as receiver:
        to = settings(hook(f"{receiver.url}/"))
        assert deliver(store, to, Clock()) == Delivered(failed=1)
        assert deliver(store, to, Clock(NOW + 61)) == Delivered(delivered=2)
    assert len(ids(receiver)) == 3
    in_the_way.thread.join(10)
    with store.read() as tx:
        assert outbox.totals(tx) == {("soc", "delivered"): 2}
