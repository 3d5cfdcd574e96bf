"""A receiver that is down is tried by one message a minute; the others wait, and go when it is back."""

from __future__ import annotations

import asyncio
import json

from hypothesis import given
from hypothesis import strategies as st

from crawler.config.settings import Settings
from crawler.store import Store
from crawler.store.delivery import hooks, outbox
from crawler.store.delivery.hooks import HookState
from feeds.alerts.circuit import FAILING, FAILURES, PROBE_EVERY, after, waits_until
from feeds.alerts.deliver import Delivered, Deliverer
from feeds.alerts.schedule import SPAN, Answer
from tests.feeds.alerts.given import NOW, OK, Clock, Everywhere, deliver, happen, hook, script, settings
from tests.server import Request, Server, answer

FAILED = Answer(False, 500, "HTTP 500")
ASKS = ("hook.failing", "hook.disabled", "hook.recovered")
_answers = st.lists(
    st.tuples(st.sampled_from([FAILED, Answer(True), Answer(False, 429, retry_after=9.0)]), st.floats(0, 400))
)


def state(store: Store, id: str = "soc") -> HookState | None:
    with store.read() as tx:
        return hooks.states(tx).get(id)


def failing(failures: int, seconds: float) -> HookState:
    found = HookState("soc")
    for n in range(failures):
        found = after(found, FAILED, NOW + n * seconds / max(1, failures - 1))
    return found


def test_a_circuit_opens_after_failures_in_a_row_over_a_while() -> None:
    assert failing(FAILURES - 1, FAILING).opened_at is None
    assert failing(FAILURES, FAILING - 1).opened_at is None
    opened = failing(FAILURES, FAILING)
    assert (opened.opened_at, opened.probe_at) == (NOW + FAILING, NOW + FAILING + PROBE_EVERY)
    assert opened.why == "HTTP 500"


def test_one_success_closes_it_and_a_pause_that_is_asked_for_is_none() -> None:
    opened = failing(FAILURES, FAILING)
    assert after(opened, Answer(True), NOW) == HookState("soc")
    assert after(opened, Answer(False, 429, retry_after=60.0), NOW) == opened


@given(_answers)
def test_a_circuit_is_open_only_while_nothing_succeeds_and_never_waits_longer_than_a_probe(
    answers: list[tuple[Answer, float]],
) -> None:
    found, now = HookState("soc"), NOW
    for said, wait in answers:
        now += wait
        found = after(found, said, now)
        assert not (said.ok and found.opened_at)
        until = waits_until(found, now)
        assert until is None or now < until <= now + PROBE_EVERY
        assert waits_until(found, now - 1e6) is None or waits_until(found, now - 1e6) <= now - 1e6 + PROBE_EVERY  # type: ignore[operator]


def open_circuit(store: Store, receiver: Server, clock: Clock, events: int = 10) -> None:
    """Let a hook fail until its circuit is open."""
    happen(store, *(f"{n}" for n in range(events)))
    to = settings(hook(f"{receiver.url}/"))
    for wait in (0.0, 5.0, 300.0):
        clock.now += wait
        deliver(store, to, clock)
    found = state(store)
    assert found is not None
    assert found.opened_at is not None


def test_while_it_is_open_one_message_a_minute_is_tried_and_the_others_keep_their_tries(store: Store) -> None:
    clock = Clock()
    with Server({"/": answer(b"", 500)}) as receiver:
        to = settings(hook(f"{receiver.url}/"))
        open_circuit(store, receiver, clock)
        before = len(receiver.requests)
        happen(store, *(f"new {n}" for n in range(20)))
        for _ in range(60):
            clock.now += 10.0
            deliver(store, to, clock)
    assert len(receiver.requests) - before == 10
    with store.read() as tx:
        assert [d.attempts for d in outbox.deliveries(tx) if d.title.startswith("new")].count(0) == 10


def test_when_it_accepts_one_all_others_go_at_once(store: Store) -> None:
    clock = Clock()
    with Server({"/": script(*[answer(b"", 500)] * 40, OK)}) as receiver:
        to = settings(hook(f"{receiver.url}/"))
        open_circuit(store, receiver, clock)
        while deliver(store, to, clock).delivered == 0:
            clock.now += PROBE_EVERY
        assert state(store) == HookState("soc")
        with store.read() as tx:
            assert outbox.pending(tx) == 0


def test_a_hooks_trouble_and_its_end_are_told_through_another_hook(sqlite_store: Store) -> None:
    clock = Clock()
    with Server({"/": script(*[answer(b"", 500)] * 40, OK), "/ops": OK}) as receiver:
        soc, ops = hook(f"{receiver.url}/"), hook(f"{receiver.url}/ops", "ops", events=ASKS)
        happen(sqlite_store, *(f"{n}" for n in range(10)))
        for wait in (0.0, 5.0, 300.0, *[3600.0] * 40):
            clock.now += wait
            deliver(sqlite_store, settings(soc, ops), clock)
        told = [json.loads(r.body) for r in receiver.requests if r.path == "/ops"]
    assert [m["type"] for m in told] == ["hook.failing", "hook.recovered"]
    first = told[0]["data"]
    assert (first["hook"], first["state"], first["why"]) == ("soc", "failing", "HTTP 500 Internal Server Error")
    assert first["waiting"] == 10  # none of them is lost
    assert first["to"] == receiver.url


def test_410_is_told_once_and_what_is_given_up_too(sqlite_store: Store) -> None:
    with Server({"/": answer(b"", 410), "/ops": OK}) as receiver:
        soc, ops = hook(f"{receiver.url}/"), hook(f"{receiver.url}/ops", "ops", events=ASKS)
        happen(sqlite_store, "甲", "乙", "丙")
        deliver(sqlite_store, settings(soc, ops), Clock())
        deliver(sqlite_store, settings(soc, ops), Clock(NOW + 9))
        told = [json.loads(r.body) for r in receiver.requests if r.path == "/ops"]
    assert [(m["type"], m["data"]["state"]) for m in told] == [("hook.disabled", "disabled")]


def test_what_a_dead_receiver_never_accepted_for_75_hours_is_given_up(sqlite_store: Store) -> None:
    clock = Clock()
    with Server({"/": answer(b"", 500)}) as receiver:
        to = settings(hook(f"{receiver.url}/"))
        open_circuit(sqlite_store, receiver, clock)
        clock.now = NOW + SPAN + 2 * FAILING + 10
        while deliver(sqlite_store, to, clock) != Delivered():
            clock.now += PROBE_EVERY
        happen(sqlite_store, "late")
        deliver(sqlite_store, to, clock)
        with sqlite_store.read() as tx:
            assert (outbox.dead(tx), outbox.pending(tx)) == (10, 1)


def test_a_robot_that_takes_twenty_a_minute_gets_no_more_and_the_rest_a_minute_later(sqlite_store: Store) -> None:
    clock = Clock()

    async def run(to: Settings, receiver: Server) -> list[int]:
        deliverer, sent = Deliverer(sqlite_store, to, owner="me", now=clock, chance=lambda: 0.0), []
        for wait in (0.0,) * 6 + (59.0, 1.0):
            clock.now += wait
            if not wait:  # five at a time are single messages
                happen(sqlite_store, *(f"{len(sent)}-{m}" for m in range(5)))
            await deliverer.run(last=True)
            sent.append(len(receiver.requests))
        await deliverer.close()
        return sent

    with Server(Everywhere(answer(b'{"code":0}'))) as receiver:
        to = settings(hook(f"feishu://token?base={receiver.url}"))
        assert asyncio.run(run(to, receiver)) == [5, 10, 15, 20, 20, 20, 20, 21]
    with sqlite_store.read() as tx:
        assert outbox.pending(tx) == 0


def test_a_poisoned_message_in_a_group_takes_no_other_with_it(sqlite_store: Store) -> None:
    def receive(request: Request) -> bytes:
        is_bad = "违禁" in json.dumps(json.loads(request.body), ensure_ascii=False)
        return answer(b'{"code":19024,"msg":"Key Words Not Found"}' if is_bad else b'{"code":0}')

    clock = Clock()
    with Server(Everywhere(receive)) as receiver:
        to = settings(hook(f"feishu://token?base={receiver.url}"))
        happen(sqlite_store, *(f"甲{n}" for n in range(7)), "违禁")
        assert deliver(sqlite_store, to, clock, last=True) == Delivered(failed=8)
        clock.now += 5
        assert deliver(sqlite_store, to, clock) == Delivered(delivered=7, failed=1)
    with sqlite_store.read() as tx:
        assert [d.title for d in outbox.deliveries(tx, "queued")] == ["违禁"]
