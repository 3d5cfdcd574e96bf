"""Columns: configured, claimed by one at a time, and remembered look by look."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from sqlalchemy import select, update

from crawler.items import Due, Link, Outcome, State
from crawler.store import Store, changes, tables
from crawler.store.watch import columns, incidents, links, looks, visits
from tests.store.given import NOW, URL, columns_of, entries, look, source

KEY = "police/tips"
TWO = source({"id": "tips", "url": URL}, {"id": "news", "url": "https://police.example/news/"})


def sync(store: Store, *sources: Any, now: float = NOW) -> None:
    with store.begin() as tx:
        columns.sync(tx, entries(*sources), now)


def claim(store: Store, now: float = NOW + 10, owner: str = "me", limit: int = 100, **more: Any) -> list[Due]:
    with store.begin() as tx:
        return columns.claim(tx, now=now, owner=owner, limit=limit, **more)


def record(store: Store, *made: Any, **more: Any) -> None:
    with store.begin() as tx:
        looks.record(tx, made, every=columns_of(), **more)


def row(store: Store, key: str = KEY) -> columns.ColumnRow:
    with store.read() as tx:
        return next(r for r in columns.rows(tx) if r.key == key)


def events(store: Store) -> list[Any]:
    with store.read() as tx:
        return list(tx.execute(select(tables.events).order_by(tables.events.c.at)))


# ---- configuration


def test_new_columns_are_due_within_seconds_and_owe_a_baseline(store: Store) -> None:
    sync(store, TWO)
    assert {d.column for d in claim(store)} == {KEY, "police/news"}
    assert row(store).state is State.NEW
    assert (row(store).name, row(store).host) == ("某地警方", "police.example")


def test_a_first_look_is_a_baseline_and_the_next_is_not(store: Store) -> None:
    sync(store)
    assert claim(store)[0].baseline
    record(store, look(Outcome.BASELINE))
    assert not claim(store, NOW + 1e4)[0].baseline


def test_reading_the_configuration_again_keeps_what_looks_taught(store: Store) -> None:
    sync(store)
    record(store, look(Outcome.BASELINE, etag='"1"', items=20))
    before = row(store)
    sync(store, now=NOW + 5)
    assert row(store) == before
    assert claim(store, NOW + 1e4)[0].etag == '"1"'


def test_a_changed_address_forgets_what_was_seen_at_the_old_one_and_begins_in_silence(store: Store) -> None:
    sync(store)
    record(store, look(Outcome.BASELINE, etag='"1"', fingerprint="f" * 64, items=20), listed=["a", "b"])
    sync(store, source({"id": "tips", "url": "https://police.example/new/"}), now=NOW + 5)
    due = claim(store, NOW + 9)[0]
    assert (due.url, due.etag, due.fingerprint, due.baseline) == ("https://police.example/new/", None, None, True)
    with store.read() as tx:
        assert looks.listed(tx, KEY) == []


def test_a_shorter_interval_is_kept_from_now_on(store: Store) -> None:
    sync(store)
    record(store, look(Outcome.BASELINE))
    sync(store, source({"id": "tips", "url": URL, "every": "1m"}), now=NOW + 5)
    assert row(store).due <= NOW + 65


@pytest.mark.parametrize("later", [[], [source({"id": "tips", "url": URL, "enabled": False})]])
def test_a_column_that_vanished_or_was_switched_off_is_disabled_and_its_incident_ends(
    store: Store, later: list[Any]
) -> None:
    sync(store)
    record(store, look(Outcome.FAILED))
    with store.begin() as tx:
        columns.sync(tx, entries(*later) if later else [], NOW + 5)
    assert row(store).state is State.DISABLED
    assert claim(store, NOW + 1e6) == []
    assert claim(store, NOW + 1e6, only=[KEY]) == []
    with store.read() as tx:
        assert incidents.recent(tx, 9)[0].closed == NOW + 5


def test_a_column_that_comes_back_is_looked_at_at_once_without_a_new_baseline(store: Store) -> None:
    sync(store)
    record(store, look(Outcome.BASELINE))
    with store.begin() as tx:
        columns.sync(tx, [], NOW + 5)
    sync(store, now=NOW + 10)
    assert [d.baseline for d in claim(store, NOW + 14)] == [False]


# ---- claiming


def test_what_is_claimed_is_nobody_else_s_until_the_lease_ends(store: Store) -> None:
    sync(store)
    assert len(claim(store, owner="a", lease=120)) == 1
    assert claim(store, NOW + 100, owner="b") == []
    assert len(claim(store, NOW + 131, owner="b")) == 1


def test_released_columns_are_free(store: Store) -> None:
    sync(store, TWO)
    claim(store, owner="a", limit=1)
    claim(store, owner="b", limit=1)
    with store.begin() as tx:
        assert columns.release(tx, "a") == 1
    assert len(claim(store)) == 1
    with store.begin() as tx:
        assert columns.release(tx) == 2


def test_those_that_wait_longest_come_first(store: Store) -> None:
    sync(store, TWO)
    with store.begin() as tx:
        tx.execute(update(tables.columns).where(tables.columns.c.key == KEY).values(due=NOW - 99))
    assert [d.column for d in claim(store, limit=1)] == [KEY]


def test_named_columns_are_given_also_when_not_due_but_never_twice(store: Store) -> None:
    sync(store, TWO)
    record(store, look(Outcome.BASELINE))
    assert [d.column for d in claim(store, NOW + 10, only=[KEY], owner="a")] == [KEY]
    assert claim(store, NOW + 11, only=[KEY], owner="b") == []


def test_of_named_columns_those_that_failed_last_come_last(store: Store) -> None:
    sync(store, TWO)
    record(store, look(Outcome.BASELINE), look(Outcome.FAILED, at=NOW + 1))
    with store.begin() as tx:
        looks.record(tx, [look(Outcome.BASELINE, column="police/news")], every=columns_of(TWO))
        tx.execute(update(tables.columns).where(tables.columns.c.key == KEY).values(due=NOW - 99))
    assert [d.column for d in claim(store, only=[KEY, "police/news"])] == ["police/news", KEY]


def test_columns_are_counted_by_state_and_listed_by_urgency_page_by_page(store: Store) -> None:
    lists = [{"id": f"c{n}", "url": f"https://police.example/{n}/"} for n in range(5)]
    sync(store, many := source(*lists))
    made = [look(Outcome.FAILED, column="police/c3"), look(Outcome.UNCHANGED, at=NOW + 1, column="police/c4")]
    with store.begin() as tx:
        looks.record(tx, made, every=columns_of(many))
    with store.read() as tx:
        assert columns.tally(tx) == {State.NEW: 3, State.DEGRADED: 1, State.OK: 1}
        assert looks.newest(tx) == NOW + 1
        pages = [columns.by_urgency(tx, 2, start=start) for start in (0, 2, 4)]
        assert [r.key[-2:] for of in pages for r in of] == ["c3", "c0", "c1", "c2", "c4"]
        assert [r.key[-2:] for r in columns.by_urgency(tx, 9, states=[State.OK])] == ["c4"]
        assert [r.key for r in columns.by_urgency(tx, source="nobody")] == []
        assert columns.row(tx, "police/c3") == pages[0][0]
        assert columns.row(tx, "police/c9") is None


def test_a_clock_set_back_silences_no_column(store: Store) -> None:
    sync(store)
    record(store, look(Outcome.BASELINE, NOW + 10 * 86400))
    claim(store, NOW + 10 * 86400 + 1000)
    assert len(claim(store, NOW)) == 1


def test_two_claimers_never_get_the_same_column(store: Store) -> None:
    many = [source(id=f"s{i}") for i in range(60)]
    sync(store, *many)
    got: dict[str, list[str]] = {"a": [], "b": [], "c": []}

    def work(owner: str) -> None:
        while dues := claim(store, owner=owner, limit=3):
            got[owner] += [d.column for d in dues]

    threads = [threading.Thread(target=work, args=(owner,)) for owner in got]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    taken = [column for mine in got.values() for column in mine]
    assert sorted(taken) == sorted({s.key(s.column[0]) for s in many})


# ---- recording


def test_every_look_is_remembered_newest_first(store: Store) -> None:
    sync(store)
    made = [look(o, NOW + i, status=200, why="一行" * i) for i, o in enumerate(Outcome)]
    record(store, *made)
    with store.read() as tx:
        assert looks.last(tx, KEY, 100) == made[::-1]
        assert looks.last(tx, KEY, 2) == made[:-3:-1]


def test_old_looks_can_be_forgotten(store: Store) -> None:
    sync(store)
    record(store, look(Outcome.BASELINE, NOW), look(Outcome.UNCHANGED, NOW + 10))
    with store.begin() as tx:
        assert looks.forget(tx, NOW + 5) == 1
        assert [x.at for x in looks.last(tx, KEY, 9)] == [NOW + 10]


def test_a_look_frees_the_column_and_sets_the_next_one(store: Store) -> None:
    sync(store)
    claim(store)
    record(store, look(Outcome.BASELINE, NOW + 10))
    assert claim(store, NOW + 11, owner="b") == []
    assert len(claim(store, NOW + 10 + 900, owner="b")) == 1


def test_a_304_keeps_the_validators_that_it_does_not_repeat(store: Store) -> None:
    sync(store)
    seen = {"etag": '"1"', "last_modified": "Tue", "body_hash": "b" * 64, "fingerprint": "f" * 64}
    record(store, look(Outcome.BASELINE, status=200, **seen), look(Outcome.UNCHANGED, NOW + 1, status=304))
    due = claim(store, NOW + 1e4)[0]
    assert {name: getattr(due, name) for name in seen} == seen


def test_a_200_without_validators_forgets_the_old_ones(store: Store) -> None:
    sync(store)
    record(store, look(Outcome.BASELINE, status=200, etag='"1"'), look(Outcome.CHANGED, NOW + 1, status=200))
    assert claim(store, NOW + 1e4)[0].etag is None


def test_a_list_that_was_not_understood_is_compared_with_nothing(store: Store) -> None:
    sync(store)
    good = look(Outcome.BASELINE, status=200, etag='"good"', body_hash="a" * 64, items=20)
    record(store, good, listed=["x", "y"])
    record(store, look(Outcome.EMPTY, NOW + 1, status=200, etag='"empty"', body_hash="b" * 64, items=0))
    due = claim(store, NOW + 1e4)[0]
    assert (due.etag, due.body_hash) == ('"good"', "a" * 64)
    with store.read() as tx:
        assert looks.listed(tx, KEY) == ["x", "y"]


def test_looks_at_columns_that_are_no_longer_configured_are_remembered_and_change_nothing(store: Store) -> None:
    sync(store)
    record(store, look(Outcome.FAILED, column="gone/main"))
    with store.read() as tx:
        assert len(looks.last(tx, "gone/main", 9)) == 1
    assert events(store) == []


def test_a_why_with_line_breaks_and_nul_is_stored_as_one_line(store: Store) -> None:
    sync(store)
    record(store, look(Outcome.FAILED, why="boom\n2024 forged\x00\ud800 line " + "x" * 9999))
    assert row(store).why.startswith("boom 2024 forged line x")
    assert len(row(store).why) == 500


# ---- incidents


def test_a_second_failed_look_sends_broken_once_and_a_good_one_recovered_once(store: Store) -> None:
    sync(store)
    record(store, look(Outcome.BASELINE))
    for i in range(1, 5):
        record(store, look(Outcome.CHALLENGED, NOW + i, why="521: a challenge page"))
    record(store, look(Outcome.UNCHANGED, NOW + 9))
    record(store, look(Outcome.UNCHANGED, NOW + 10))
    assert [(e.type, e.column, e.at) for e in events(store)] == [
        ("source.broken", KEY, NOW + 2),
        ("source.recovered", KEY, NOW + 9),
    ]
    assert events(store)[0].payload == {
        "column": KEY,
        "source": "police",
        "name": "某地警方",
        "state": "challenged",
        "cause": "challenged",
        "why": "521: a challenge page",
        "since": "2023-11-14T22:13:21.000Z",
    }


def test_one_failed_look_is_an_incident_but_calls_nobody(store: Store) -> None:
    sync(store)
    record(store, look(Outcome.FAILED, why="no answer"), look(Outcome.BASELINE, NOW + 60))
    with store.read() as tx:
        seen = incidents.recent(tx, 9)
    assert [(i.opened, i.closed, i.state, i.why, i.announced) for i in seen] == [
        (NOW, NOW + 60, State.DEGRADED, "no answer", False)
    ]
    assert events(store) == []


def test_a_batch_with_a_whole_story_tells_it_as_single_looks_would(store: Store) -> None:
    story = [Outcome.BASELINE, Outcome.FAILED, Outcome.LAYOUT, Outcome.NEW, Outcome.EMPTY]
    sync(store)
    record(store, *(look(o, NOW + i) for i, o in enumerate(story)))
    assert [e.type for e in events(store)] == ["source.broken", "source.recovered"]
    assert row(store).state is State.DEGRADED
    with store.read() as tx:
        assert [i.closed for i in incidents.recent(tx, 9)] == [None, NOW + 3]


def test_an_open_incident_reminds_after_a_day_then_ever_more_rarely_and_is_otherwise_quiet(store: Store) -> None:
    sync(store)
    record(store, look(Outcome.FAILED), look(Outcome.FAILED, NOW + 60))
    with store.begin() as tx:
        changes.done(tx, [number for number, _ in changes.pending(tx)])
    record(store, look(Outcome.FAILED, NOW + 3600, why="other words"))
    with store.read() as tx:
        assert changes.pending(tx) == []
        assert incidents.recent(tx, 1)[0].updated == NOW + 60
    record(store, look(Outcome.FAILED, NOW + 60 + 86400, why="still"))
    with store.read() as tx:
        assert [notice for _, notice in changes.pending(tx)] == [None]
        assert (incidents.recent(tx, 1)[0].updated, incidents.recent(tx, 1)[0].why) == (NOW + 60 + 86400, "still")
    record(store, look(Outcome.FAILED, NOW + 3 * 86400))
    with store.read() as tx:
        assert incidents.recent(tx, 1)[0].updated == NOW + 60 + 86400
    record(store, look(Outcome.FAILED, NOW + 4 * 86400))
    with store.read() as tx:
        assert incidents.recent(tx, 1)[0].updated == NOW + 4 * 86400
    assert [e.type for e in events(store)] == ["source.broken"]


def test_what_is_odd_about_a_list_is_an_incident_that_calls_nobody_and_ends_by_itself(store: Store) -> None:
    sync(store)
    record(store, look(Outcome.BASELINE), look(Outcome.NEW, NOW + 60, why="selectors no longer match, inferred"))
    assert (row(store).state, row(store).why) == (State.DEGRADED, "selectors no longer match, inferred")
    record(store, look(Outcome.NEW, NOW + 120, why="selectors no longer match, inferred"))
    record(store, look(Outcome.UNCHANGED, NOW + 180))
    with store.read() as tx:
        assert [(i.opened, i.closed, i.cause) for i in incidents.recent(tx, 9)] == [(NOW + 60, NOW + 180, "odd")]
    assert events(store) == []


def test_a_second_trouble_is_a_second_incident_with_its_own_events(store: Store) -> None:
    sync(store)
    bad, good = Outcome.FAILED, Outcome.UNCHANGED
    for i, outcome in enumerate([bad, bad, good, bad, bad]):
        record(store, look(outcome, NOW + i))
    assert [e.type for e in events(store)] == ["source.broken", "source.recovered", "source.broken"]
    assert len({e.id for e in events(store)}) == 3


def test_an_article_that_cannot_be_read_is_an_incident_from_the_third_try_until_it_is_read(store: Store) -> None:
    sync(store)
    record(store, look(Outcome.BASELINE))
    link = Link("https://police.example/1.html", "https://police.example/1.html", "通告")
    with store.begin() as tx:
        links.add(tx, KEY, [link], now=NOW, owner="x", baseline=False)
        for _ in range(2):
            visits.retry(tx, link.key, now=NOW, why="shell: no text")
    record(store, look(Outcome.UNCHANGED, NOW + 1))
    assert row(store).state is State.OK
    with store.begin() as tx:
        visits.retry(tx, link.key, now=NOW, why="shell: no text")
    record(store, look(Outcome.UNCHANGED, NOW + 2))
    said = "1 article on the list cannot be read, https://police.example/1.html: shell: no text"
    assert (row(store).state, row(store).why) == (State.DEGRADED, said)
    with store.begin() as tx:
        visits.finish(tx, link.key, now=NOW, state="read", due=None)
    record(store, look(Outcome.UNCHANGED, NOW + 3))
    assert row(store).state is State.OK
    with store.read() as tx:
        (incident,) = incidents.recent(tx, 9)
    assert (incident.opened, incident.closed, incident.why) == (NOW + 2, NOW + 3, said)
    assert events(store) == []


def test_a_list_that_is_back_has_recovered_though_its_articles_cannot_be_read(store: Store) -> None:
    sync(store)
    record(store, look(Outcome.BASELINE), look(Outcome.FAILED, NOW + 1), look(Outcome.FAILED, NOW + 2))
    link = Link("https://police.example/1.html", "https://police.example/1.html", "通告")
    with store.begin() as tx:
        links.add(tx, KEY, [link], now=NOW, owner="x", baseline=False)
        for _ in range(3):
            visits.retry(tx, link.key, now=NOW, why="shell: no text")
    for at in (3, 4):
        record(store, look(Outcome.UNCHANGED, NOW + at))
    assert [e.type for e in events(store)] == ["source.broken", "source.recovered"]
    with store.read() as tx:
        assert [(i.closed, i.state) for i in incidents.recent(tx, 9)] == [(None, State.DEGRADED)]
