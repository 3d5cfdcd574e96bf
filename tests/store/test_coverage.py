"""The coverage log: what is known of every hour, long after the looks themselves are gone."""

from __future__ import annotations

from crawler.items import Outcome
from crawler.judging.columns.coverage import Watched, hours
from crawler.store import Store, tidy
from crawler.store.watch import columns, coverage, looks
from tests.store.given import columns_of, entries, look, source

HOUR = 3600.0
BEGUN = 480_000  # an hour, and the first of a day
T0 = BEGUN * HOUR
KEY = "police/tips"


def sync(store: Store) -> None:
    with store.begin() as tx:
        columns.sync(tx, entries(), T0)


def made(store: Store, *outcomes: tuple[float, Outcome]) -> None:
    """Looks at hours after the beginning, in batches as the crawl writes them."""
    with store.begin() as tx:
        looks.record(tx, [look(outcome, T0 + at * HOUR) for at, outcome in outcomes], every=columns_of())


def watched(store: Store, start: int, end: int, now: float, **more: object) -> list[Watched]:
    with store.read() as tx:
        return coverage.watched(tx, BEGUN + start, BEGUN + end, T0 + now * HOUR, **more)  # type: ignore[arg-type]


def every_quarter(store: Store, start: float, end: float, outcome: Outcome = Outcome.UNCHANGED) -> None:
    at = start
    while at < end:
        made(store, (at, outcome))
        at += 0.25


def test_every_hour_knows_whether_it_was_looked_in_observed_and_observed_as_promised(store: Store) -> None:
    sync(store)
    every_quarter(store, 0.1, 3)
    every_quarter(store, 3, 5, Outcome.CHALLENGED)
    every_quarter(store, 7, 9)
    (one,) = watched(store, 0, 10, 9)
    assert hours(one.looked, 10) == [True] * 5 + [False] * 2 + [True] * 2 + [False]
    assert hours(one.observed, 10) == [True] * 3 + [False] * 4 + [True] * 2 + [False]
    assert [n for n, kept in enumerate(hours(one.kept, 10)) if kept] == [1, 7]
    assert (one.owed, one.kept_hours) == (7, 2)  # from hour 1 on; hour 8 may still be completed


def test_a_batch_is_worth_its_looks_one_by_one(store: Store) -> None:
    sync(store)
    made(store, *((n / 4, Outcome.UNCHANGED) for n in range(120)))
    assert watched(store, 0, 30, 29.8)[0].kept_hours == 28  # the first is not whole, the last not ended


def test_the_log_outlives_the_looks(store: Store) -> None:
    sync(store)
    every_quarter(store, 0, 3)
    before = watched(store, 0, 24, 24)
    tidy.tidy(store, T0 + 200 * 86400)
    with store.read() as tx:
        assert looks.last(tx, KEY, 9) == []
    assert watched(store, 0, 24, 24) == before


def test_days_without_a_look_are_owed_and_days_before_the_first_look_are_not(store: Store) -> None:
    sync(store)
    made(store, (50.2, Outcome.BASELINE))
    assert watched(store, 0, 48, 60) == []
    (one,) = watched(store, 24, 72, 72)
    assert (one.begun - BEGUN, one.owed) == (51, 21)
    (one,) = watched(store, 72, 96, 200)
    assert (one.owed, one.looked, one.kept_hours) == (24, 0, 0)


def test_a_column_that_is_no_longer_watched_owes_nothing_after_its_last_look(store: Store) -> None:
    sync(store)
    every_quarter(store, 0, 5)
    with store.begin() as tx:
        columns.sync(tx, [], T0 + 5 * HOUR)
    (one,) = watched(store, 0, 24, 100)
    assert (one.owed, one.kept_hours) == (3, 3)


def test_only_the_sources_asked_for_are_told(store: Store) -> None:
    with store.begin() as tx:
        other = source({"id": "tips", "url": "https://b.example/"}, id="bureau")
        columns.sync(tx, entries(source(), other), T0)
    for key in (KEY, "bureau/tips"):
        with store.begin() as tx:
            made = [look(Outcome.BASELINE, T0, column=key)]
            looks.record(tx, made, every={**columns_of(), **columns_of(other)})
    assert [one.column for one in watched(store, 0, 1, 1)] == ["bureau/tips", KEY]
    assert [one.column for one in watched(store, 0, 1, 1, sources=["police"])] == [KEY]
