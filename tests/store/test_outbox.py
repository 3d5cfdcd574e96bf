"""The outbox on both databases: an event is written once, owed to each hook once, and never lost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.exceptions import UnknownNotice
from crawler.store import Store
from crawler.store.delivery import hooks, ledger, outbox
from crawler.store.delivery.hooks import HookState
from crawler.store.delivery.outbox import Attempt, Claimed, Window

NOW = 1_700_000_000.0
DIGEST = Window(900.0, 900.0)
GATHER = Window(5.0, 60.0)


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


def fan_out(store: Store, *hooks: str, now: float = NOW, windows: Mapping[str, Window] | None = None) -> int:
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
        assert hooks.disabled(tx) == {"soc": "410 Gone"}
    (late,) = add(store, "b")
    fan_out(store, "soc", "chat")
    assert states(store) == [("chat", "queued"), ("soc", "dead"), ("soc", "dead")]
    with store.begin() as tx:
        outbox.replay(tx, [late], NOW)
        assert hooks.disabled(tx) == {}
    assert titles(claim(store)) == ["b"]


def test_a_pause_puts_off_everything_queued_for_the_hook_alone(store: Store) -> None:
    add(store, "a", "b")
    fan_out(store, "soc", "chat")
    (first,) = claim(store, limit=1)
    with store.begin() as tx:
        outbox.postpone(tx, "soc", NOW + 30)
        assert outbox.owed(tx, NOW + 29)[1] == ["chat"]
        outbox.put_back(tx, [first.id])
    assert titles(claim(store, now=NOW + 30)) == ["a", "b"]


def test_a_digest_window_ends_for_all_in_it_at_once(store: Store) -> None:
    add(store, "a")
    fan_out(store, "soc", "chat", windows={"chat": DIGEST})
    add(store, "b")
    fan_out(store, "soc", "chat", now=NOW + 600, windows={"chat": DIGEST})
    assert claim(store, "chat", now=NOW + 899) == []
    together = claim(store, "chat", now=NOW + 900)
    assert titles(together) == ["a", "b"]
    for claimed in together:
        record(store, claimed)
    add(store, "c")
    fan_out(store, "chat", now=NOW + 901, windows={"chat": DIGEST})
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


# --------------------------------------------------------------------------------------------------------------------
# Windows, circuits, what is given back


def test_a_window_stays_open_while_more_comes_and_closes_for_all_at_once(store: Store) -> None:
    for n, at in enumerate((0.0, 4.0, 8.0)):
        add(store, f"{n}")
        fan_out(store, "chat", now=NOW + at, windows={"chat": GATHER})
    assert claim(store, "chat", now=NOW + 12.9) == []
    assert titles(claim(store, "chat", now=NOW + 13)) == ["0", "1", "2"]


def test_a_window_is_open_no_longer_than_it_may(store: Store) -> None:
    for n in range(20):
        add(store, f"{n}")
        fan_out(store, "chat", now=NOW + 4 * n, windows={"chat": GATHER})
    assert len(claim(store, "chat", now=NOW + GATHER.most, limit=100)) >= 15


def test_what_is_urgent_waits_for_no_window_and_is_not_put_off(store: Store) -> None:
    add(store, "a", "b")
    with store.begin() as tx:
        urgent = lambda hook, type, payload: payload["title"] == "b"  # noqa: E731
        outbox.fan_out(tx, to_all("chat"), NOW, windows={"chat": DIGEST}, urgent=urgent)
        outbox.postpone(tx, "chat", NOW + 60, urgent=False)
    assert titles(claim(store, "chat")) == ["b"]


def test_when_nothing_more_comes_windows_close_and_digests_do_not(store: Store) -> None:
    add(store, "a")
    fan_out(store, "chat", "mail", windows={"chat": GATHER, "mail": DIGEST})
    with store.begin() as tx:
        outbox.hasten(tx, NOW, GATHER.calm)
        assert outbox.owed(tx, NOW) == (False, ["chat"])


def test_a_few_events_at_a_time_are_fanned_out(store: Store) -> None:
    add(store, "a", "b", "c")
    with store.begin() as tx:
        assert outbox.fan_out(tx, to_all("soc"), NOW, most=2) == 2
        assert outbox.owed(tx, NOW) == (True, ["soc"])


def test_a_receiver_that_is_back_gets_what_failed_and_waited_and_no_digest(store: Store) -> None:
    add(store, "failed", "waits")
    fan_out(store, "soc")
    record(store, claim(store, limit=1)[0], ok=False, due=NOW + 9000)
    add(store, "digest")
    fan_out(store, "soc", windows={"soc": DIGEST})
    with store.begin() as tx:
        outbox.postpone(tx, "soc", NOW + 60)
        outbox.resume(tx, "soc", NOW + 1, NOW + 60)
    assert titles(claim(store, now=NOW + 1)) == ["waits", "failed"]


def test_what_is_put_back_is_free_and_what_is_under_way_stays_leased(store: Store) -> None:
    add(store, "a", "b")
    fan_out(store, "soc")
    _, second = claim(store)
    with store.begin() as tx:
        outbox.put_back(tx, [second.id])
        outbox.postpone(tx, "soc", NOW)
    assert titles(claim(store)) == ["b"]


def test_only_what_has_waited_long_enough_is_buried(store: Store) -> None:
    add(store, "old")
    fan_out(store, "soc")
    add(store, "new", at=NOW + 50)
    fan_out(store, "soc", now=NOW + 100)
    with store.begin() as tx:
        assert outbox.bury(tx, "soc", "refused", NOW + 200, before=NOW + 50) == 1
        assert [d.title for d in outbox.deliveries(tx, "dead")] == ["old"]


def test_hooks_that_are_owed_one_event_share_it(store: Store) -> None:
    add(store, "a", "b")
    fan_out(store, "soc", "chat")
    with store.begin() as tx:
        found = outbox.claim_all(tx, {"soc": 9, "chat": 1, "other": 5}, now=NOW, owner="me")
    assert [titles(found[h]) for h in ("soc", "chat", "other")] == [["a", "b"], ["a"], []]
    assert found["soc"][0].event is found["chat"][0].event


def test_the_state_of_a_hook_is_remembered_until_it_is_enabled(store: Store) -> None:
    state = HookState("soc", failures=5, failing_since=NOW, opened_at=NOW + 300, probe_at=NOW + 360, why="HTTP 500")
    with store.begin() as tx:
        hooks.put(tx, state)
        assert hooks.states(tx) == hooks.states(tx, ["soc", "chat"]) == {"soc": state}
        hooks.enable(tx, "soc")
        assert hooks.states(tx) == {"soc": HookState("soc")}
        hooks.enable(tx, "chat")
        assert "chat" not in hooks.states(tx)


def test_the_ledger_keeps_every_try_and_the_way_of_what_was_delivered(store: Store) -> None:
    with store.begin() as tx:
        payload = {"title": "a", "published": "2023-11-14T22:13:00+00:00", "published_precision": "minute"}
        outbox.add(tx, "notice.new", at=NOW, payload=payload, column="a")
    fan_out(store, "soc", now=NOW + 1)
    record(store, claim(store, now=NOW + 1)[0], at=NOW + 1, ok=False, status=500, error="HTTP 500", due=NOW + 6)
    (claimed,) = claim(store, now=NOW + 6)
    record(store, claimed, at=NOW + 6, seconds=0.5, status=204)
    with store.read() as tx:
        tried = ledger.tries(tx, [claimed.id])[claimed.id]
        assert [(t.at, t.ok, t.status, t.error) for t in tried] == [
            (NOW + 1, False, 500, "HTTP 500"),
            (NOW + 6, True, 204, ""),
        ]
        passages, last = ledger.passages_after(tx, 0)
        said = (payload["published"], "minute", NOW, NOW + 1, NOW + 6.5)
        assert passages == [ledger.Passage("soc", *said)]
        assert ledger.passages_after(tx, last) == ([], last)


def test_a_clock_set_back_is_noticed_by_who_asks_what_is_owed(store: Store) -> None:
    add(store, "a")
    fan_out(store, "soc")
    with store.read() as tx:
        assert outbox.owed(tx, NOW - 10 * 86400) == (False, ["soc"])
        assert outbox.owed(tx, NOW - 3600) == (False, [])
