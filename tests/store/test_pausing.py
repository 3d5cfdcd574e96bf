"""What a person decides of a column holds, whatever is configured."""

from __future__ import annotations

import pytest

from crawler.items import Column, Due, Look, Outcome, Source, State
from crawler.store import Store
from crawler.store.watch import columns, looks, pausing

T0 = 1_750_000_000.0
SOURCE = Source.model_validate(
    {"id": "bsa", "name": "边海安全部", "authority": "ministry", "url": "https://bsa.example/tips/"}
)
(COLUMN,) = SOURCE.column
KEY = "bsa/main"


@pytest.fixture
def watched(store: Store) -> Store:
    sync(store)
    return store


def sync(store: Store, column: Column = COLUMN, *, now: float = T0) -> None:
    with store.begin() as tx:
        columns.sync(tx, [(KEY, SOURCE, column)], now)


def claim(store: Store, now: float) -> list[Due]:
    with store.begin() as tx:
        return columns.claim(tx, now=now, owner="me", limit=9)


def row(store: Store) -> columns.ColumnRow:
    with store.read() as tx:
        (found,) = columns.rows(tx)
    return found


def pause(store: Store, now: float = T0 + 10) -> list[str]:
    with store.begin() as tx:
        return pausing.pause(tx, [KEY], now)


def test_a_paused_column_is_not_looked_at_and_says_so(watched: Store) -> None:
    assert pause(watched) == [KEY]
    assert pause(watched) == []
    assert claim(watched, T0 + 86400) == []
    shown = row(watched)
    assert (shown.state, shown.why, shown.paused_at, shown.since) == (State.DISABLED, pausing.PAUSED, T0 + 10, T0 + 10)
    with watched.read() as tx:
        assert columns.unlooked(tx, T0 + 86400) == 0.0


def test_a_pause_outlives_a_restart_and_an_edit(watched: Store) -> None:
    pause(watched)
    sync(watched, now=T0 + 20)
    sync(watched, COLUMN.model_copy(update={"every": 60.0, "url": "https://bsa.example/new/"}), now=T0 + 30)
    assert claim(watched, T0 + 86400) == []
    assert row(watched).url == "https://bsa.example/new/"


def test_a_look_that_was_under_way_changes_nothing_of_a_pause(watched: Store) -> None:
    claim(watched, T0 + 9)
    pause(watched)
    with watched.begin() as tx:
        looks.record(tx, [Look(KEY, T0 + 11, Outcome.NEW, 200)], every={KEY: COLUMN})
    assert row(watched).state is State.DISABLED


def test_a_resumed_column_is_looked_at_soon(watched: Store) -> None:
    pause(watched)
    with watched.begin() as tx:
        assert pausing.resume(tx, [KEY], T0 + 100) == [KEY]
        assert pausing.resume(tx, [KEY], T0 + 100) == []
    assert (row(watched).state, row(watched).paused_at) == (State.NEW, None)
    assert [due.column for due in claim(watched, T0 + 110)] == [KEY]


def test_a_look_that_is_wanted_now_is_due_now(watched: Store) -> None:
    with watched.begin() as tx:
        looks.record(tx, [Look(KEY, T0 + 5, Outcome.BASELINE, 200)], every={KEY: COLUMN})
    assert claim(watched, T0 + 6) == []
    with watched.begin() as tx:
        assert pausing.hasten(tx, [KEY, "none/main"], T0 + 6) == [KEY]
    assert [due.column for due in claim(watched, T0 + 6)] == [KEY]
    pause(watched)
    with watched.begin() as tx:
        assert pausing.hasten(tx, [KEY], T0 + 20) == []
