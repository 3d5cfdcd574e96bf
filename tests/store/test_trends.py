"""Counts over time: what came in each week, about what, and how long it took to be passed on."""

from __future__ import annotations

from collections import Counter

import pytest
from sqlalchemy import select, update

from crawler.items import Change, ChangeType, Place
from crawler.store import Store, tables
from crawler.store.delivery import outbox
from crawler.store.wire import corrections, notices, trends
from tests.store.given import NOW, key, notice, sighting, verdict

WEEK = 7 * 86400.0


@pytest.fixture
def told(store: Store) -> Store:
    """One notice before the time that is counted, two in its first week, one in its third; all are delivered."""
    there = verdict(places=(Place("KH", "柬埔寨", "西港"), Place("MM", "缅甸", "妙瓦底")), scam_types=())
    with store.begin() as tx:
        for number, seen in enumerate((NOW - 9, NOW, NOW + 9, NOW + 2 * WEEK + 9), 1):
            said = {"verdict": there} if number == 3 else {}
            made = notice(number, first_seen=seen, updated=seen, text_hash=f"{number:064d}", **said)
            change = Change(ChangeType.NEW, made, sighting=sighting(number, first_seen=seen), event="notice.new")
            notices.apply(tx, change, key=key(number), now=seen)
        outbox.fan_out(tx, lambda *_: ["soc"], NOW + 3 * WEEK)
        tx.execute(update(tables.deliveries).values(state="delivered", created=NOW + 1, finished=NOW + 2))
    return store


def test_notices_are_counted_by_kind_and_week(told: Store) -> None:
    with told.read() as tx:
        assert trends.by_kind(tx, NOW, WEEK) == Counter({("warning", 0): 2, ("warning", 2): 1})


def test_notices_are_counted_by_each_place_and_scam_they_name(told: Store) -> None:
    with told.read() as tx:
        counted = trends.by_tag(tx, NOW, WEEK)
    assert counted["place"] == Counter({("MM", 0): 2, ("KH", 0): 1, ("MM", 2): 1})
    assert counted["scam"] == Counter({("job-lure", 0): 1, ("job-lure", 2): 1})


def test_what_is_part_of_another_notice_is_not_counted(told: Store) -> None:
    with told.begin() as tx:
        corrections.merge(tx, notice(2).id, notice(3).id, now=NOW + 3 * WEEK)
    with told.read() as tx:
        assert trends.by_kind(tx, NOW, WEEK)["warning", 0] == 1
        assert trends.by_tag(tx, NOW, WEEK)["place"]["KH", 0] == 0


def test_passages_are_of_the_notices_of_the_time_that_were_delivered(told: Store) -> None:
    with told.begin() as tx:
        last = select(tables.events.c.id).where(tables.events.c.notice_id == notice(4).id)
        tx.execute(update(tables.deliveries).where(tables.deliveries.c.event_id.in_(last)).values(state="queued"))
    with told.read() as tx:
        passed = trends.passages(tx, NOW)
    assert sorted(p.seen for p in passed) == [NOW, NOW + 9]
    assert {(p.hook, p.queued, p.delivered) for p in passed} == {("soc", NOW + 1, NOW + 2)}
