"""robots.txt files, named values, and the list of changes that the feeds consume."""

from __future__ import annotations

from crawler.store import Store, changes, meta
from crawler.store.watch import robots
from tests.store.given import NOW


def test_a_robots_file_takes_the_place_of_the_one_before(store: Store) -> None:
    origin = "https://police.example:443"
    with store.begin() as tx:
        assert robots.get(tx, origin) is None
        robots.put(tx, origin, NOW, 200, b"User-agent: *\nDisallow:\n")
        robots.put(tx, origin, NOW + 9, None, b"")
        assert robots.get(tx, origin) == robots.RobotsRow(origin, NOW + 9, None, b"")


def test_a_value_takes_the_place_of_the_one_before(store: Store) -> None:
    with store.begin() as tx:
        assert meta.get(tx, "authority") is None
        meta.put(tx, "authority", "old")
        meta.put(tx, "authority", "new")
        assert meta.get(tx, "authority") == "new"


def test_changes_are_kept_until_they_are_consumed(store: Store) -> None:
    with store.begin() as tx:
        changes.add(tx, None)
        changes.add(tx, "ntc_1")
    with store.begin() as tx:
        seen = changes.pending(tx)
        changes.add(tx, "ntc_2")
        changes.done(tx, [number for number, _ in seen])
        assert [notice for _, notice in seen] == [None, "ntc_1"]
        assert [notice for _, notice in changes.pending(tx)] == ["ntc_2"]
