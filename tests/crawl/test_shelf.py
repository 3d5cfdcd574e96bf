"""Robots files and the wishes of hosts outlive a process on the store's shelf."""

from __future__ import annotations

import asyncio

import pytest

from crawler.config.settings import CrawlSettings, Settings
from crawler.exceptions import FetchError
from crawler.extensions.shelf import StoreShelf
from crawler.fetch import Fetcher, RobotsFile
from crawler.items import Due
from crawler.store import Store
from crawler.store.tidy import tidy
from tests.server import Server, answer

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


def test_a_hosts_wish_is_known_to_the_other_processes_and_the_next_one(store: Store) -> None:
    StoreShelf(store).hold("a.example", 5000.0)
    other = StoreShelf(store)
    assert (other.held("a.example"), other.held("b.example")) == (5000.0, 0.0)
    other.prepare(URLS)
    assert (other.held("a.example"), other.held("unknown.example")) == (5000.0, 0.0)


def test_a_shorter_wish_does_not_end_a_longer_one(store: Store) -> None:
    for until in (5000.0, 3000.0, 6000.0, 4000.0):
        StoreShelf(store).hold("a.example", until)
    assert StoreShelf(store).held("a.example") == 6000.0


def test_what_another_process_stored_is_seen_when_the_next_looks_are_claimed(store: Store) -> None:
    mine = StoreShelf(store)
    mine.prepare(URLS)
    StoreShelf(store).hold("b.example:8080", 5000.0)
    assert mine.held("b.example:8080") == 0.0
    mine.prepare(URLS)
    assert mine.held("b.example:8080") == 5000.0


def test_a_wish_that_is_over_is_forgotten(store: Store) -> None:
    StoreShelf(store).hold("a.example", 5000.0)
    StoreShelf(store).hold("b.example", 7000.0)
    assert tidy(store, 6000.0) == 1
    assert [StoreShelf(store).held(host) for host in ("a.example", "b.example")] == [0.0, 7000.0]


def test_a_host_that_asked_one_process_to_wait_is_asked_by_no_other(store: Store) -> None:
    settings = Settings(allow_addresses=("127.0.0.1/32",), crawl=CrawlSettings(per_host_delay=0, timeout=2))

    async def look(url: str, path: str) -> int:
        async with Fetcher(settings, StoreShelf(store)) as fetcher:  # each time another process
            return (await fetcher.fetch(Due("a/b", url + path))).status

    with Server({"/": answer(b"slow down", 429, Retry_After="120"), "/b": answer(b"here")}) as site:
        assert asyncio.run(look(site.url, "/")) == 429
        for path in ("/", "/b"):
            with pytest.raises(FetchError, match=r"asked us to wait another 1[12]. s"):
                asyncio.run(look(site.url, path))
    assert site.paths() == ["/robots.txt", "/"]
