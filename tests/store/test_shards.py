"""Shards, processes, lanes: what many processes share of the store, and what becomes of a dead one's part."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from crawler.items import Column, Link, Source
from crawler.reading.address import shard_of
from crawler.store import Store, changes, leases, processes
from crawler.store.delivery import lanes
from crawler.store.leadership import PUSH, SCHEDULE, Leadership
from crawler.store.tables import lanes as lane_rows
from crawler.store.watch import columns, links, shards, visits
from crawler.store.watch.shards import Held

NOW = 1_800_000_000.0
HERE, THERE = "http://office.example/list/", "http://other.example/list/"


@pytest.fixture
def shared(store: Store) -> Store:
    """A store that several processes may share."""
    if not store.shared:
        pytest.skip("only PostgreSQL is shared")
    return store


def watch(store: Store, **more: Any) -> None:
    entries = []
    for id, url in (("here", HERE), ("there", THERE)):
        source = Source(id=id, name=id, authority="police", column=(Column(url=url, **more),))  # type: ignore[arg-type]
        entries.append((id, source, source.column[0]))
    with store.begin() as tx:
        columns.sync(tx, entries, NOW - 100)


def claim(store: Store, held: Held, owner: str = "a") -> list[str]:
    with store.begin() as tx:
        found = visits.claim(tx, now=NOW, owner=owner, limit=9, held=held)
        return [due.url for due in found + columns.claim(tx, now=NOW, owner=owner, limit=9, held=held)]


def due(store: Store, *, rendered: bool = False) -> list[int]:
    with store.read() as tx:
        return shards.due(tx, NOW, rendered=rendered)


def link(url: str) -> Link:
    return Link(url=url, key=url.partition("//")[2], title="a warning")


def test_only_columns_of_the_held_shards_are_claimed_and_then_no_longer_due(store: Store) -> None:
    watch(store)
    assert due(store) == sorted({shard_of(HERE), shard_of(THERE)})
    assert claim(store, Held([shard_of(HERE)])) == [HERE]
    assert due(store) == [shard_of(THERE)]
    assert claim(store, Held([shard_of(HERE)], rendered=False)) == []


def test_columns_that_need_a_browser_are_due_and_claimed_apart(store: Store) -> None:
    watch(store, render=True)
    assert due(store) == []
    assert len(due(store, rendered=True)) == 2
    both = [shard_of(HERE), shard_of(THERE)]
    assert claim(store, Held(both, rendered=False)) == []
    with store.begin() as tx:
        links.add(tx, "here", [link("http://office.example/1.html")], now=NOW, owner="x", baseline=False, held=Held([]))
    assert claim(store, Held(both, rendered=False)) == []
    assert set(claim(store, Held(both, rendered=True))) == {"http://office.example/1.html", HERE, THERE}
    with store.read() as tx:
        assert columns.any_rendered(tx)


def test_a_link_to_a_host_of_another_shard_is_left_due_for_whoever_holds_it(store: Store) -> None:
    watch(store)
    mine, others = link("http://office.example/1.html"), link("http://other.example/2.html")
    held = Held([shard_of(HERE)])
    with store.begin() as tx:
        visits = links.add(tx, "here", [mine, others], now=NOW, owner="a", baseline=False, held=held)
    assert [visit.url for visit in visits] == [mine.url]
    assert others.url in claim(store, Held([shard_of(THERE)]), "b")


def test_a_link_that_vanished_from_a_list_is_made_due_in_another_shard(store: Store) -> None:
    watch(store)
    others = link("http://other.example/2.html")
    with store.begin() as tx:
        links.add(tx, "here", [others], now=NOW, owner="a", baseline=False)
        visits.finish(tx, others.key, now=NOW, state="read", due=NOW + 9999)
        assert visits.lease(tx, [others.key], now=NOW, owner="a", held=Held([shard_of(HERE)])) == []
    assert claim(store, Held([shard_of(THERE)]), "b") == [others.url, THERE]


def test_a_clock_set_back_is_mended(store: Store) -> None:
    watch(store)
    with store.begin() as tx:
        tx.execute(text("UPDATE columns SET last_look = :ahead, due = :ahead"), {"ahead": NOW + 3600})
        columns.mend(tx, NOW)
    assert len(due(store)) == 2


def test_what_a_dead_process_had_leased_is_due_again_and_a_living_one_keeps_its_own(shared: Store) -> None:
    watch(shared)
    with shared.begin() as tx:
        processes.join(tx, "dead", ("crawl",))
        processes.join(tx, "alive", ("crawl", "browser"))
    claim(shared, Held([shard_of(HERE)]), "dead")
    claim(shared, Held([shard_of(THERE)]), "alive")
    with shared.begin() as tx:
        assert processes.bury(tx) == []
        tx.execute(text("UPDATE processes SET beat = beat - 9"))
        assert processes.beat(tx, "alive")
        assert processes.bury(tx) == ["dead"]
        assert not processes.beat(tx, "dead")
        assert [p.roles for p in processes.alive(tx)] == [("crawl", "browser")]
    assert due(shared) == [shard_of(HERE)]


def test_a_lane_stays_with_its_process_until_it_lets_go_or_was_silent_for_a_lease(shared: Store) -> None:
    with shared.begin() as tx:
        assert lanes.take(tx, ["soc", "bank"], now=NOW, owner="a", lease=60) == {"soc", "bank"}
        assert lanes.take(tx, ["soc", "press"], now=NOW, owner="b", lease=60) == {"press"}
        assert lanes.take(tx, ["soc"], now=NOW + 50, owner="a", lease=60) == {"soc"}
        assert lanes.take(tx, ["soc", "bank"], now=NOW + 70, owner="b", lease=60) == {"bank"}
        leases.release(tx, lane_rows, "a")
        assert lanes.take(tx, ["soc"], now=NOW + 71, owner="b", lease=60) == {"soc"}


def test_with_sqlite_every_lane_is_free(sqlite_store: Store) -> None:
    with sqlite_store.begin() as tx:
        for owner in "ab":
            assert lanes.take(tx, ["soc"], now=NOW, owner=owner, lease=60) == {"soc"}
        lanes.one_at_a_time(tx, lanes.FAN_OUT)
    assert Leadership(sqlite_store, SCHEDULE).held()


def test_one_leads_until_its_connection_breaks_and_then_another(shared: Store) -> None:
    first, second, other = Leadership(shared, SCHEDULE), Leadership(shared, SCHEDULE), Leadership(shared, PUSH)
    assert first.held()
    assert first.held()
    assert not second.held()
    assert other.held()
    with shared.begin() as tx:
        space = 0x46480000 + SCHEDULE
        tx.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
                " AND classid::bigint = :space AND objid::bigint = hashtext(current_schema())::bigint & 4294967295"
            ),
            {"space": space},
        )
    assert not first.held()
    assert second.held()
    assert not first.held()
    for one in (first, second, other):
        one.give_up()
    assert first.held()
    first.give_up()


def test_changes_that_others_may_still_want_are_forgotten_an_hour_later(store: Store) -> None:
    with store.begin() as tx:
        changes.add(tx, "ntc_1")
        assert changes.forget(tx) == 0
        changes.add(tx, "ntc_2")
        assert [notice for _, notice in changes.pending(tx)] == ["ntc_1", "ntc_2"]
        assert changes.forget(tx) == 1
        assert [notice for _, notice in changes.pending(tx)] == ["ntc_2"]
