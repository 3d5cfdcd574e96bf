"""What columns are learnt to do is remembered, and decides when they are looked at next."""

from __future__ import annotations

from typing import Any

import pytest

from crawler.items import Column, Outcome, Source
from crawler.store import Store
from crawler.store.watch import columns, links, looks, rhythms
from crawler.store.wire import notices
from tests.store.given import NOW, columns_of, entries, key, link, look, new, sighting, source

DAY = 86400.0
BUSY, CALM, FIXED = "police/busy", "police/calm", "police/fixed"


def publisher(**hosts: str) -> Source:
    common: dict[str, Any] = {"every": "2h"}
    return source(
        {"id": "busy", "url": f"https://{hosts.get('busy', 'a')}.example/busy/", **common},
        {"id": "calm", "url": f"https://{hosts.get('calm', 'b')}.example/calm/", **common},
        {"id": "fixed", "url": "https://c.example/fixed/", "fixed": True, **common},
    )


def begin(store: Store, said: Source) -> dict[str, Column]:
    with store.begin() as tx:
        columns.sync(tx, entries(said), NOW)
        looks.record(tx, [_first(BUSY, 0.1), _first(CALM, 5.0), _first(FIXED, 0.1)], every=columns_of(said))
    return columns_of(said)


def _first(column: str, days: float) -> Any:
    return look(Outcome.BASELINE, NOW, column, dates=tuple(NOW - n * days * DAY for n in range(20)))


def spend(store: Store, looks: float = 48.0, host: float = 1e9) -> None:
    with store.begin() as tx:
        rhythms.spend(tx, NOW, looks_a_day=looks, host_looks_a_day=host)


def after(store: Store, said: Source, at: float = NOW + 60, **more: Any) -> dict[str, columns.ColumnRow]:
    made = [look(Outcome.UNCHANGED, at, column, **more) for column in (BUSY, CALM, FIXED)]
    with store.begin() as tx:
        looks.record(tx, made, every=columns_of(said))
    return shown(store)


def shown(store: Store) -> dict[str, columns.ColumnRow]:
    with store.read() as tx:
        return {row.key: row for row in columns.rows(tx)}


def test_what_the_first_list_taught_brings_a_busy_column_closer(store: Store) -> None:
    said = publisher()
    begin(store, said)
    spend(store)
    rows = after(store, said)
    assert rows[BUSY].due < rows[CALM].due <= NOW + 60 + 7200
    assert rows[BUSY].daily > 5 > rows[CALM].daily
    assert rows[BUSY].basis == "rhythm"


def test_a_fixed_column_is_looked_at_exactly_when_it_says(store: Store) -> None:
    said = publisher()
    begin(store, said)
    spend(store)
    row = after(store, said)[FIXED]
    assert (row.due, row.basis) == (NOW + 60 + 7200, "fixed")


def test_before_anything_may_be_spent_looks_come_as_promised(store: Store) -> None:
    said = publisher()
    begin(store, said)
    rows = after(store, said)
    assert {rows[BUSY].basis, rows[CALM].basis} == {"every"}
    assert NOW + 60 + 0.9 * 7200 <= rows[BUSY].due <= NOW + 60 + 7200


def test_a_host_is_asked_no_more_than_it_bears(store: Store) -> None:
    said = publisher(busy="one", calm="one")
    begin(store, said)
    spend(store)
    free = after(store, said)[BUSY]
    spend(store, host=13.0)
    bound = after(store, said)[BUSY]
    assert bound.due > free.due
    spend(store, host=40.0)
    assert after(store, said)[BUSY].basis == "host"


def test_a_failed_look_is_tried_again_and_says_so(store: Store) -> None:
    said = publisher()
    begin(store, said)
    with store.begin() as tx:
        looks.record(tx, [look(Outcome.FAILED, NOW + 60, BUSY)], every=columns_of(said))
    assert shown(store)[BUSY].basis == "retry"
    assert shown(store)[BUSY].due <= NOW + 60 + 60


def test_news_teaches_and_survives(store: Store) -> None:
    said = publisher()
    begin(store, said)
    before = shown(store)[CALM].daily
    for day in (1, 2, 3):
        made = look(Outcome.NEW, NOW + day * DAY, CALM, new=6)
        with store.begin() as tx:
            looks.record(tx, [made], every=columns_of(said))
    assert shown(store)[CALM].daily > 1.5 * before


def test_a_new_address_begins_with_nothing_learnt(store: Store) -> None:
    begin(store, publisher())
    with store.begin() as tx:
        columns.sync(tx, entries(publisher(busy="elsewhere")), NOW + 5)
    assert shown(store)[BUSY].daily == pytest.approx(1.0)
    assert shown(store)[BUSY].basis == "first"


def test_a_notice_elsewhere_calls_those_who_carried_such_notices_before(store: Store) -> None:
    said = publisher()
    begin(store, said)
    with store.begin() as tx:
        for number, column in ((1, BUSY), (2, CALM)):
            links.add(tx, column, [link(number)], now=NOW, owner="me", baseline=False)
        notices.apply(tx, new(1), key=key(1), now=NOW)
        notices.apply(tx, new(1, sightings=(sighting(1), sighting(2))), key=key(2), now=NOW)
    later = NOW + 600
    with store.begin() as tx:
        called = rhythms.stir(tx, BUSY, [FIXED], later)
    rows = shown(store)
    assert called == 1  # not the fixed one, whoever names it
    assert (rows[CALM].due, rows[CALM].basis) == (later, "stirred")
    assert rows[FIXED].due == NOW + 7200
    assert rows[BUSY].due > later
