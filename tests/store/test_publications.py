"""What was published, in order and by parts: nothing is added to a closed part, and nothing is left out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from crawler.items import Change, ChangeType
from crawler.store import Store
from crawler.store.tables import publications as rows
from crawler.store.wire import corrections, notices, publications
from crawler.store.wire.publications import PART, following
from crawler.store.wire.search import Query
from tests.feeds.world import T0, make_notice

MONTH = 31 * 86400


def publish(store: Store, *numbers: int, every: float = 1.0) -> None:
    with store.begin() as tx:
        for n in numbers:
            notice = make_notice(n, first_seen=T0 + n * every)
            notices.apply(tx, Change(ChangeType.NEW, notice, sighting=notice.sightings[0]), key=notice.url, now=T0)
        publications.record(tx, [make_notice(n).id for n in numbers])


def parts(store: Store) -> list[str]:
    with store.read() as tx:
        return [row.part for row in tx.execute(select(rows).order_by(rows.c.number))]


def test_a_part_is_a_month_and_a_busy_month_has_several(store: Store) -> None:
    publish(store, *range(1, PART + 3))
    publish(store, PART + 3, every=MONTH / (PART + 3))
    assert parts(store) == ["2025-06"] * PART + ["2025-06-2"] * 2 + ["2025-07"]


def test_a_change_is_noted_once_and_the_next_one_again(store: Store) -> None:
    publish(store, 1)
    publish(store, 1)
    assert parts(store) == ["2025-06"]
    notice = make_notice(1, updated=T0 + MONTH, status="withdrawn")
    with store.begin() as tx:
        notices.apply(tx, Change(ChangeType.WITHDRAWN, notice), key=notice.url, now=T0 + MONTH)
        publications.record(tx, [notice.id])
    assert parts(store) == ["2025-06", "2025-07"]


def test_what_comes_late_stands_in_the_part_that_is_open(store: Store) -> None:
    publish(store, 100, every=MONTH / 10)
    publish(store, 1)
    assert len(set(parts(store))) == 1


def test_the_parts_of_a_query_are_those_in_which_it_finds_something(store: Store) -> None:
    publish(store, 1)
    publish(store, 2, every=MONTH / 2)
    publish(store, 3, every=MONTH)
    first, second, third = parts(store)
    with store.read() as tx:
        assert publications.last(tx, Query()) == third
        assert publications.before(tx, Query(), third) == second
        assert publications.after(tx, Query(), first) == second
        assert publications.after(tx, Query(), third) == ""
        assert publications.last(tx, Query(q="第2号")) == second
        assert publications.before(tx, Query(q="第2号"), second) == ""
        assert not publications.has(tx, Query(q="第2号", part=first))


def test_a_merged_notice_is_gone_from_the_moment_of_the_merge(store: Store) -> None:
    publish(store, 1, 2)
    a, b = make_notice(1).id, make_notice(2).id
    with store.begin() as tx:
        corrections.merge(tx, a, b, now=T0 + 50)
        publications.record(tx, [a, b])
        assert publications.merged(tx, [a]) == [(b, T0 + 50)]
        assert publications.merged(tx, [b]) == []


@given(st.lists(st.tuples(st.floats(0, 4e9), st.booleans()), max_size=30))
def test_parts_only_go_on(changes: list[tuple[float, bool]]) -> None:
    def order(part: str) -> tuple[str, int]:
        return part[:7], int(part[8:] or 1)

    part = ""
    for at, full in changes:
        after = following(part, at, full=full and bool(part))
        assert not part or order(after) >= order(part)
        assert not (full and part) or after != part
        part = after


@pytest.mark.parametrize("at", [1e300, -1e300, float("nan")])
def test_a_moment_that_no_calendar_has_is_put_somewhere(at: float) -> None:
    assert following("2025-06", at, full=False) == "2025-06"
