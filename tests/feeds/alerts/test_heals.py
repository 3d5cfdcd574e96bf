"""A receiver that does everything wrong and heals: nothing is lost, doubled or sent after it was accepted."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from crawler.store import Store
from crawler.store.delivery import outbox
from feeds.alerts.schedule import SPAN
from tests.feeds.alerts.given import NOW, OK, SECRET, Clock, deliver, happen, hook, settings
from tests.server import Request, Server, answer

EVENTS = 100
TAKEN_AND_CUT = "taken in, then the connection is cut before the answer"
WRONGS = [
    answer(b"", 500),
    answer(b"", 400),
    answer(b"", 429, Retry_After="90"),
    answer(b"", 503, Retry_After="Tue, 14 Nov 2023 22:43:20 GMT"),
    answer(b"", 301, Location="https://elsewhere.example/"),
    b"HANG",
    b"DRIP",
    b"",
    b"HTTP/1.1 200",
    TAKEN_AND_CUT,
]


class Receiver:
    """Each message meets a few wrongs, then 200; it remembers what it took in and what came after an answer."""

    def __init__(self, seed: int, *, gone_after: int | None = None) -> None:
        self.chance, self.gone_after = random.Random(seed), gone_after
        self.left: dict[str, list[object]] = {}
        self.bodies: dict[str, set[bytes]] = {}
        self.accepted: Counter[str] = Counter()  # 2xx, by id
        self.after: list[str] = []  # came again after a 2xx
        self.requests = 0

    def __call__(self, request: Request) -> bytes:
        id = request.headers["webhook-id"]
        self.requests += 1
        self.bodies.setdefault(id, set()).add(request.body)
        if self.accepted[id]:
            self.after.append(id)
        if self.gone_after is not None and self.requests > self.gone_after:
            return answer(b"", 410)
        wrongs = self.left.setdefault(id, self.chance.choices(WRONGS, k=self.chance.randint(0, 3)))
        if wrongs:
            wrong = wrongs.pop()
            return wrong if isinstance(wrong, bytes) else b""
        self.accepted[id] += 1
        return OK


@pytest.mark.timeout(120)
@pytest.mark.parametrize("seed", [1, 2])
def test_a_hundred_events_arrive_once_whatever_the_receiver_does_until_it_heals(sqlite_store: Store, seed: int) -> None:
    receiver, clock = Receiver(seed), Clock()
    expected = happen(sqlite_store, *(f"{n}" for n in range(EVENTS)))
    with Server({"/": receiver}) as server:
        to = settings(hook(f"{server.url}/", secret=SECRET))
        while (due := next_due(sqlite_store)) is not None:
            clock.now = max(clock.now, due)
            deliver(sqlite_store, to, clock, deadline=0.25)
            assert clock.now < NOW + SPAN
    assert receiver.accepted == Counter(dict.fromkeys(expected, 1))
    assert receiver.after == []
    assert all(len(bodies) == 1 for bodies in receiver.bodies.values())
    with sqlite_store.read() as tx:
        assert outbox.totals(tx) == {("soc", "delivered"): EVENTS}


def test_after_410_everything_is_kept_and_a_replay_sends_what_was_not_accepted(sqlite_store: Store) -> None:
    receiver, clock = Receiver(3, gone_after=20), Clock()
    receiver.left = {}
    expected = happen(sqlite_store, *(f"{n}" for n in range(EVENTS)))
    with Server({"/": receiver}) as server:
        to = settings(hook(f"{server.url}/", secret=SECRET))
        while (due := next_due(sqlite_store)) is not None:
            clock.now = max(clock.now, due)
            deliver(sqlite_store, to, clock, deadline=0.25)
        receiver.gone_after = None
        with sqlite_store.begin() as tx:
            dead = [str(d.id) for d in outbox.deliveries(tx, "dead", limit=1000)]
            outbox.replay(tx, dead, clock.now)
        while (due := next_due(sqlite_store)) is not None:
            clock.now = max(clock.now, due)
            deliver(sqlite_store, to, clock, deadline=0.25)
    assert receiver.accepted == Counter(dict.fromkeys(expected, 1))
    assert receiver.after == []


def next_due(store: Store) -> float | None:
    """When to go on; None when nothing is owed any more."""
    with store.read() as tx:
        return None if not outbox.pending(tx) else outbox.next_due(tx) or NOW
