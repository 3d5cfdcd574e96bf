"""Robots files outlive a process on the store's shelf."""

from __future__ import annotations

from crawler.extensions.shelf import StoreShelf
from crawler.fetch import RobotsFile
from crawler.store import Store

ONE = RobotsFile("https://a.example", 1000.0, 200, b"User-agent: *\nDisallow: /private/\n")
OTHER = RobotsFile("http://b.example:8080", 2000.0, 404, b"")
URLS = ["https://a.example/list/?page=1", "http://b.example:8080/", "https://unknown.example/x"]


def test_what_was_put_is_there_for_the_next_process(store: Store) -> None:
    StoreShelf(store).put(ONE)
    StoreShelf(store).put(OTHER)
    assert StoreShelf(store).get("https://a.example") == ONE
    assert StoreShelf(store).get("http://b.example:8080") == OTHER


def test_what_was_never_put_is_not_there(store: Store) -> None:
    StoreShelf(store).put(ONE)
    assert StoreShelf(store).get("http://a.example") is None


def test_the_later_file_takes_the_place_of_the_earlier(store: Store) -> None:
    shelf = StoreShelf(store)
    shelf.put(ONE)
    later = RobotsFile(ONE.origin, 90_000.0, 200, b"")
    shelf.put(later)
    assert shelf.get(ONE.origin) == StoreShelf(store).get(ONE.origin) == later


def test_what_was_taken_down_for_many_is_the_same(store: Store) -> None:
    for file in (ONE, OTHER):
        StoreShelf(store).put(file)
    shelf = StoreShelf(store)
    shelf.prepare(URLS)
    assert [shelf.get(o) for o in (ONE.origin, OTHER.origin, "https://unknown.example")] == [ONE, OTHER, None]


def test_what_is_put_after_it_was_taken_down_is_what_is_there(store: Store) -> None:
    shelf = StoreShelf(store)
    shelf.prepare(URLS)
    assert shelf.get(ONE.origin) is None
    shelf.put(ONE)
    assert shelf.get(ONE.origin) == ONE
