"""The outbox on both databases: an event is written once, owed to each hook once, and never lost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.exceptions import UnknownNotice
from crawler.store import Store, outbox
from crawler.store.outbox import Attempt, Claimed

NOW = 1_700_000_000.0


def to_all(*hooks: str) -> outbox.Choose:
    def choose(type: str, payload: Mapping[str, Any]) -> list[str]:
        return list(hooks)

    return choose


def add(store: Store, *titles: str, at: float = NOW) -> list[str]:
    with store.begin() as tx:
        return [
            outbox.add(tx, "source.broken", at=at + n, payload={"title": title}, column=title)
            for n, title in enumerate(titles)
        ]


def fan_out(store: Store, *hooks: str, now: float = NOW, windows: Mapping[str, float] | None = None) -> int:
    with store.begin() as tx:
        return outbox.fan_out(tx, to_all(*hooks), now, windows=windows)


def claim(store: Store, hook: str = "soc", now: float = NOW, owner: str = "me", limit: int = 10) -> list[Claimed]:
    with store.begin() as tx:
        return outbox.claim(tx, hook, now=now, owner=owner, limit=limit, lease=60.0)


def record(store: Store, claimed: Claimed, **attempt: Any) -> None:
    with store.begin() as tx:
        attempted = Attempt(**({"at": NOW, "seconds": 0.1, "ok": True} | attempt))
        outbox.record_attempts(tx, [(claimed.id, attempted)])


def states(store: Store) -> list[tuple[str, str]]:
    with store.read() as tx:
        return sorted((d.hook, d.state) for d in outbox.deliveries(tx))


def titles(claimed: list[Claimed]) -> list[str]:
    return [str(c.event.payload["title"]) for c in claimed]


def test_an_event_written_twice_is_one_event(store: Store) -> None:
    first, second = add(store, "a"), add(store, "a")
    assert first == second
    assert fan_out(store, "soc") == 1


@given(st.lists(st.tuples(st.text(max_size=8), st.sampled_from(["notice.new", "notice.revised"]), st.integers(0, 9))))
def test_different_events_have_different_ids(happened: list[tuple[str, str, int]]) -> None:
    ids = {outbox.event_id(*h) for h in happened}
    assert len(ids) == len(set(happened))
    assert all(i.startswith("evt_") and "." not in i for i in ids)


def test_two_incidents_of_one_column_are_two_events(store: Store) -> None:
    assert add(store, "a", at=NOW) != add(store, "a", at=NOW + 9)


def test_fanning_out_again_owes_nothing_twice(store: Store) -> None:
    add(store, "a", "b")
    assert fan_out(store, "soc", "chat") == 4
    assert fan_out(store, "soc", "chat") == 0
    assert len(states(store)) == 4


def test_an_event_that_no_hook_wants_is_not_asked_about_again(store: Store) -> None:
    add(store, "a")
    assert fan_out(store) == 0
    assert fan_out(store, "added-later") == 0
    with store.read() as tx:
        assert outbox.owed(tx, NOW) == (False, [])


def test_what_is_owed_is_events_to_fan_out_and_hooks_with_something_due(store: Store) -> None:
    add(store, "a")
    with store.read() as tx:
        assert outbox.owed(tx, NOW) == (True, [])
    fan_out(store, "soc", "chat")
    with store.read() as tx:
        assert outbox.owed(tx, NOW) == (False, ["chat", "soc"])
    claim(store)
    with store.read() as tx:
        assert outbox.owed(tx, NOW) == (False, ["chat"])


def test_claims_come_in_the_order_of_events(store: Store) -> None:
    add(store, "a", "b", "c")
    fan_out(store, "soc")
    assert titles(claim(store)) == ["a", "b", "c"]


def test_a_claimed_delivery_is_nobody_elses_until_the_lease_runs_out(store: Store) -> None:
    add(store, "a")
    fan_out(store, "soc")
    (mine,) = claim(store)
    assert claim(store, owner="other") == []
    (again,) = claim(store, owner="other", now=NOW + 61)
    assert again.event.id == mine.event.id


def test_released_leases_are_free_at_once(store: Store) -> None:
    add(store, "a", "b")
    fan_out(store, "soc")
    assert len(claim(store)) == 2
    with store.begin() as tx:
        assert outbox.release(tx, "somebody else") == 0
        assert outbox.release(tx, "me") == 2
    assert len(claim(store)) == 2


def test_a_failing_message_holds_up_none_behind_it(store: Store) -> None:
    add(store, "poison", "b", "c")
    fan_out(store, "soc")
    record(store, claim(store, limit=1)[0], ok=False, status=500, due=NOW + 5)
    assert titles(claim(store, now=NOW + 6)) == ["b", "c", "poison"]


def test_a_delivered_message_is_finished(store: Store) -> None:
    add(store, "a")
    fan_out(store, "soc")
    (claimed,) = claim(store)
    record(store, claimed, status=204)
    with store.read() as tx:
        (row,) = outbox.deliveries(tx, "delivered")
        assert (row.attempts, row.last_status, row.finished, row.title) == (1, 204, NOW + 0.1, "a")
        assert (outbox.pending(tx), outbox.dead(tx)) == (0, 0)
        assert outbox.latencies(tx, NOW) == [("soc", pytest.approx(0.1, abs=1e-6))]
    assert claim(store, now=NOW + 1e5) == []


def test_a_late_failure_takes_back_no_delivery(store: Store) -> None:
    add(store, "a")
    fan_out(store, "soc")
    (first,) = claim(store)
    (second,) = claim(store, owner="other", now=NOW + 61)
    record(store, second)
    record(store, first, ok=False, error="no answer within 20 s")
    assert states(store) == [("soc", "delivered")]


def test_without_another_try_a_failure_is_a_dead_letter(store: Store) -> None:
    add(store, "a")
    fan_out(store, "soc")
    record(store, claim(store)[0], ok=False, error="HTTP 500")
    with store.read() as tx:
        assert outbox.dead(tx) == 1
        assert outbox.deliveries(tx, "dead")[0].last_error == "HTTP 500"


def test_a_dead_letter_is_replayed_under_its_first_id(store: Store) -> None:
    (id,) = add(store, "a")
    fan_out(store, "soc")
    record(store, claim(store)[0], ok=False)
    with store.begin() as tx:
        assert outbox.replay(tx, [id], NOW + 100) == 1
    (again,) = claim(store, now=NOW + 100)
    assert (again.event.id, again.attempts) == (id, 0)


def test_one_delivery_is_replayed_by_its_number_and_no_other(store: Store) -> None:
    add(store, "a")
    fan_out(store, "soc", "chat")
    record(store, claim(store)[0])
    record(store, claim(store, "chat")[0])
    with store.begin() as tx:
        number = next(d.id for d in outbox.deliveries(tx) if d.hook == "chat")
        assert outbox.replay(tx, [str(number)], NOW) == 1
    assert states(store) == [("chat", "queued"), ("soc", "delivered")]


@pytest.mark.parametrize("id", ["evt_unknown", "4711", "9" * 40, "x; --"])
def test_replaying_what_is_unknown_is_an_error(store: Store, id: str) -> None:
    with store.begin() as tx, pytest.raises(UnknownNotice):
        outbox.replay(tx, [id], NOW)


def test_a_disabled_hook_gets_dead_letters_until_it_is_enabled(store: Store) -> None:
    add(store, "a")
    fan_out(store, "soc")
    with store.begin() as tx:
        outbox.disable_hook(tx, "soc", "410 Gone", NOW)
        outbox.disable_hook(tx, "soc", "410 Gone", NOW + 1)
        assert outbox.disabled(tx) == {"soc": "410 Gone"}
    (late,) = add(store, "b")
    fan_out(store, "soc", "chat")
    assert states(store) == [("chat", "queued"), ("soc", "dead"), ("soc", "dead")]
    with store.begin() as tx:
        outbox.replay(tx, [late], NOW)
        assert outbox.disabled(tx) == {}
    assert titles(claim(store)) == ["b"]


def test_a_pause_puts_off_everything_queued_for_the_hook_alone(store: Store) -> None:
    add(store, "a", "b")
    fan_out(store, "soc", "chat")
    claim(store, limit=1)
    with store.begin() as tx:
        outbox.postpone(tx, "soc", NOW + 30)
        assert outbox.owed(tx, NOW + 29)[1] == ["chat"]
    assert titles(claim(store, now=NOW + 30)) == ["a", "b"]


def test_a_digest_window_ends_for_all_in_it_at_once(store: Store) -> None:
    add(store, "a")
    fan_out(store, "soc", "chat", windows={"chat": 900.0})
    add(store, "b")
    fan_out(store, "soc", "chat", now=NOW + 600, windows={"chat": 900.0})
    assert claim(store, "chat", now=NOW + 899) == []
    together = claim(store, "chat", now=NOW + 900)
    assert titles(together) == ["a", "b"]
    for claimed in together:
        record(store, claimed)
    add(store, "c")
    fan_out(store, "chat", now=NOW + 901, windows={"chat": 900.0})
    assert claim(store, "chat", now=NOW + 1700) == []


def test_a_clock_set_back_silences_no_hook(store: Store) -> None:
    add(store, "a")
    fan_out(store, "soc")
    record(store, claim(store)[0], ok=False, due=NOW + 300)
    assert titles(claim(store, now=NOW - 10 * 86400)) == ["a"]


def test_the_ledger_tells_what_waits_and_how_late_it_is(store: Store) -> None:
    add(store, "a", "b", at=NOW - 10)
    with store.read() as tx:
        assert (outbox.pending(tx), outbox.oldest_age(tx, NOW), outbox.next_due(tx)) == (2, 10.0, None)
    fan_out(store, "soc", now=NOW - 7)
    record(store, claim(store)[0], ok=False, due=NOW + 300)
    with store.read() as tx:
        assert (outbox.pending(tx), outbox.oldest_age(tx, NOW)) == (2, 7.0)
        assert outbox.totals(tx) == {("soc", "queued"): 2}
        assert outbox.next_due(tx) == NOW + 60  # the lease of the one that is still under way
