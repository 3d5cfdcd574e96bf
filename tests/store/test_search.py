"""Searching: every condition holds, newest first, page after page."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import event

from crawler.items import Authority, Change, ChangeType, Kind, Origin, Place, Scope
from crawler.store import Store
from crawler.store.wire import notices
from crawler.store.wire.notices import Query
from tests.store.given import NOW, key, notice, revised, sighting, verdict

PRESS = Origin("某报", None, Authority.MEDIA, False)


@pytest.fixture
def wire(store: Store) -> Store:
    cambodia = verdict(places=(Place("KH", "柬埔寨", "西港"),), scam_types=("romance", "investment"))
    domestic = verdict(kind=Kind.CASE, scope=Scope.DOMESTIC, places=(), scam_types=())
    given = [
        notice(1, title="警惕“高薪”招工", body="妙瓦底园区。\nTelegram 群。"),
        notice(2, title="Beware of 100% returns", body="Dating apps.", verdict=cambodia, text_hash="b" * 64),
        notice(3, verdict=domestic, origin=PRESS, alertable=False, text_hash="c" * 64),
        notice(4, status="withdrawn", text_hash="d" * 64),
    ]
    with store.begin() as tx:
        for number, said in enumerate(given, 1):
            seen = sighting(number, source="daily", column="daily/news") if number == 3 else sighting(number)
            change = Change(
                ChangeType.NEW, _at(said, NOW + number, sightings=(seen,)), sighting=seen, event="notice.new"
            )
            notices.apply(tx, change, key=key(number), now=NOW + number)
        again = sighting(9, source="daily-mirror", column="daily-mirror/a", role="reprint", overlap=0.9)
        first = notices.get(tx, notice(1).id)
        notices.apply(tx, Change(ChangeType.REPRINT, first, sighting=again), key=key(9), now=NOW)
        notices.apply(tx, revised(first, "改。妙瓦底 TELEGRAM", "e" * 64, NOW + 99), key=key(1), now=NOW + 99)
    return store


def _at(said: Any, seen: float, **more: Any) -> Any:
    return replace(said, first_seen=seen, updated=seen, **more)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (Query(), [4, 3, 2, 1]),
        (Query(limit=2), [4, 3]),
        (Query(limit=None), [4, 3, 2, 1]),
        (Query(kind="warning"), [4, 2, 1]),
        (Query(kind=["case", "wanted"]), [3]),
        (Query(scope="domestic"), [3]),
        (Query(place="KH"), [2]),
        (Query(place=("KH", "MM")), [4, 2, 1]),
        (Query(scam="romance", place="KH"), [2]),
        (Query(scam="romance", place="MM"), []),
        (Query(source="daily"), [3]),
        (Query(source="daily-mirror"), [1]),
        (Query(source=["police", "daily"]), [4, 3, 2, 1]),
        (Query(official=False), [3]),
        (Query(alertable=True), [4, 2, 1]),
        (Query(revised=True), [1]),
        (Query(revised=False), [4, 3, 2]),
        (Query(status=("withdrawn", "revised")), [4, 1]),
        (Query(since=NOW + 3), [4, 3]),
        (Query(since=NOW + 50, revised=True), [1]),
        (Query(q="妙瓦底"), [1]),
        (Query(q="telegram 妙瓦底"), [1]),
        (Query(q="telegram 西港"), []),
        (Query(q="100%"), [2]),
        (Query(q="1_0"), []),
        (Query(q="%"), [2]),
        (Query(exclude="beware 改"), [4, 3]),
        (Query(q="telegram", exclude="妙瓦"), []),
        (Query(q="telegram", exclude="西港 NOT %"), [1]),
        (Query(q="妙瓦底 telegram", exclude="wechat 西港"), [1]),
        (Query(q="妙瓦底 telegram", exclude="西港 tele"), []),
        (Query(before=notice(3).id), [2, 1]),
        (Query(before="ntc_unknown"), []),
    ],
    ids=str,
)
def test_a_query_finds_what_it_says(wire: Store, query: Query, found: list[int]) -> None:
    with wire.read() as tx:
        assert [n.id for n in notices.search(tx, query)] == [notice(number).id for number in found]


_BOTH = {"q": "a", "exclude": "妙瓦底"}


@pytest.mark.parametrize("first", [1, 2, 3, 4])
@pytest.mark.parametrize(
    "asked",
    [
        {"place": "MM"},
        {"scam": "romance"},
        {"source": "police"},
        {"q": "妙瓦底"},
        {"exclude": "beware"},
        {"q": "a"},
        _BOTH,
    ],
    ids=str,
)
def test_where_it_looks_first_changes_nothing_that_is_found(wire: Store, asked: dict[str, Any], first: int) -> None:
    with wire.read() as tx:
        for more in ({}, {"limit": 1}, {"limit": 2}, {"before": notice(4).id, "limit": 1}, {"since": NOW + 2}):
            query = replace(Query(**more), **asked)
            assert notices.search(tx, query, first=first) == notices.search(tx, query, first=100)


def test_at_one_moment_nothing_is_found_twice_or_left_out_wherever_it_looks_first(store: Store) -> None:
    with store.begin() as tx:
        for number in range(6):
            made = Change(ChangeType.NEW, notice(number, sightings=(), text_hash=f"{number:064d}"))
            notices.apply(tx, made, key=key(number), now=NOW)
        listed = [n.id for n in notices.search(tx, Query())]
        for first in range(1, 6):
            assert [n.id for n in notices.search(tx, Query(place="MM", limit=4), first=first)] == listed[:4]


def test_what_is_found_is_whole(wire: Store) -> None:
    with wire.read() as tx:
        for said in notices.search(tx, Query()):
            assert said == notices.get(tx, said.id)
        assert notices.count(tx) == 4


def test_pages_follow_each_other_without_gap_also_at_one_moment(store: Store) -> None:
    with store.begin() as tx:
        for number in range(10):
            notices.apply(tx, Change(ChangeType.NEW, notice(number, sightings=())), key=key(number), now=NOW)
    seen: list[str] = []
    with store.read() as tx:
        while page := notices.search(tx, Query(limit=3, before=seen[-1] if seen else None)):
            seen += [said.id for said in page]
        assert [said.id for said in notices.every(tx, batch=4)] == seen[::-1]
        assert [said.id for said in notices.every(tx, batch=4, changed_since=NOW - 60)] == seen[::-1]
        assert list(notices.every(tx, changed_since=NOW + 60)) == []
    assert seen == sorted((notice(number).id for number in range(10)), reverse=True)


def test_a_batch_in_the_middle_reads_no_notice_that_came_before(sqlite_store: Store) -> None:
    asked: list[tuple[str, object]] = []
    event.listen(sqlite_store.engine, "before_cursor_execute", lambda *a: asked.append((a[2], a[3])))
    with sqlite_store.begin() as tx:
        for number in range(3):
            notices.apply(tx, Change(ChangeType.NEW, notice(number, sightings=())), key=key(number), now=NOW)
        for since, index in ((0.0, "notices_first_seen"), (NOW - 60, "notices_updated")):
            asked.clear()
            assert len(list(notices.every(tx, batch=1, changed_since=since))) == 3
            statement, given = [a for a in asked if "ORDER BY notices." in a[0]][1]
            plan = tx.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given).all()
            assert f"USING INDEX {index} " in plan[0].detail


def test_searching_takes_as_many_statements_for_many_notices_as_for_one(wire: Store) -> None:
    statements: list[str] = []
    event.listen(wire.engine, "before_cursor_execute", lambda *a: statements.append(a[2]))
    counts = []
    for limit in (1, 4):
        with wire.read() as tx:
            statements.clear()
            notices.search(tx, Query(limit=limit))
            counts.append(len(statements))
    assert counts[0] == counts[1]
