"""robots.txt by RFC 9309."""

from __future__ import annotations

import asyncio

import pytest

from crawler.exceptions import FetchError, RobotsRefused
from crawler.fetch.fetcher import RobotsInMemory
from crawler.fetch.robots import LIFE, Robots, RobotsFile, allowed_by
from crawler.items import Page

ORIGIN = "http://gov.example"


class World:
    """A standing clock and one origin's robots.txt."""

    def __init__(self, status: int = 200, body: bytes = b"", shelf: RobotsInMemory | None = None) -> None:
        self.now, self.status, self.body, self.asked = 1000.0, status, body, 0
        self.robots = Robots(shelf or RobotsInMemory(), self.fetch, lambda: self.now)

    async def fetch(self, url: str) -> Page:
        assert url == f"{ORIGIN}/robots.txt"
        self.asked += 1
        if self.status == 0:
            raise FetchError("cannot connect")
        return Page(url, self.status, self.body)

    def check(self, path: str = "/list/") -> None:
        asyncio.run(self.robots.check(ORIGIN + path))


def test_a_rule_forbids_and_the_longest_match_wins() -> None:
    world = World(body=b"User-agent: *\nDisallow: /private/\nAllow: /private/open/\n")
    world.check("/list/")
    world.check("/private/open/1.html")
    with pytest.raises(RobotsRefused, match=r"/private/2\.html"):
        world.check("/private/2.html")


def test_our_product_token_is_matched_in_any_case() -> None:
    world = World(body=b"User-agent: FENGHUO\nDisallow: /\n\nUser-agent: *\nAllow: /\n")
    with pytest.raises(RobotsRefused):
        world.check()


@pytest.mark.parametrize("status", [301, 400, 401, 403, 404, 410])
def test_no_file_allows_all(status: int) -> None:
    World(status=status, body=b"User-agent: *\nDisallow: /").check()


def test_a_web_page_in_place_of_the_file_allows_all() -> None:
    World(body=b"<!DOCTYPE html><html>Disallow: /</html>").check()


def test_a_failing_server_forbids_all_and_is_asked_again_at_the_next_look() -> None:
    world = World(status=503)
    for _ in range(2):
        with pytest.raises(RobotsRefused):
            world.check()
    assert world.asked == 2


def test_an_unreachable_server_is_an_error_of_its_own() -> None:
    with pytest.raises(FetchError, match="cannot connect"):
        World(status=0).check()


def test_an_origin_is_asked_once_a_day_also_over_restarts() -> None:
    shelf = RobotsInMemory()
    world = World(body=b"", shelf=shelf)
    world.check()
    world.check("/other")
    assert world.asked == 1
    again = World(body=b"", shelf=shelf)
    again.check()
    assert again.asked == 0
    again.now += LIFE + 1
    again.check()
    assert again.asked == 1


@pytest.mark.parametrize("status", [0, 500])
def test_an_old_copy_serves_while_the_server_is_down(status: int) -> None:
    shelf = RobotsInMemory()
    shelf.put(RobotsFile(ORIGIN, 1000.0 - LIFE - 5, 200, b"User-agent: *\nDisallow: /no/"))
    world = World(status=status, shelf=shelf)
    world.check("/yes/")
    with pytest.raises(RobotsRefused):
        world.check("/no/")


def test_many_looks_at_once_ask_once() -> None:
    world = World()

    async def run() -> None:
        await asyncio.gather(*(world.robots.check(f"{ORIGIN}/{n}") for n in range(20)))

    asyncio.run(run())
    assert world.asked == 1


def test_bytes_that_are_not_text_do_no_harm() -> None:
    assert allowed_by(RobotsFile(ORIGIN, 0, 200, b"\xff\xfe\x00User-agent: *\nDisallow: /x"))(f"{ORIGIN}/y")
