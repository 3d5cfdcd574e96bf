"""The one way out: bounded, guarded, polite, and every failure named."""

from __future__ import annotations

import asyncio
import gzip
import socket
from contextlib import suppress
from typing import Any

import pytest

from crawler.config.settings import CrawlSettings, Settings
from crawler.exceptions import AddressRefused, FetchError, RobotsRefused
from crawler.fetch import Fetcher, fetch_page, retry_after
from crawler.items import Due, Page
from tests.server import Request, Server, answer


def settings(**crawl: Any) -> Settings:
    crawl = {"per_host_delay": 0, "timeout": 2} | crawl
    return Settings(allow_addresses=("127.0.0.1/32",), crawl=CrawlSettings(**crawl))


def get(site: Server, path: str = "/", due: Due | None = None, **crawl: Any) -> Page:
    async def run() -> Page:
        async with Fetcher(settings(**crawl)) as fetcher:
            return await fetcher.fetch(due or Due("a/b", site.url + path))

    return asyncio.run(run())


def test_a_page_is_fetched_with_its_evidence() -> None:
    with Server({"/": answer("警示".encode(), ETag='"1"')}) as site:
        page = get(site)
    assert (page.status, page.body.decode(), page.headers["etag"], page.address) == (200, "警示", '"1"', "127.0.0.1")
    assert site.paths() == ["/robots.txt", "/"]
    assert site.requests[-1].headers["User-Agent"].startswith("Fenghuo/")


def test_validators_are_sent_and_a_304_comes_back() -> None:
    def reply(request: Request) -> bytes:
        assert request.headers["If-None-Match"] == '"1"'
        assert request.headers["If-Modified-Since"] == "yesterday"
        assert "max-age=0" in request.headers["Cache-Control"]
        return b"HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n"

    with Server({"/": reply}) as site:
        page = get(site, due=Due("a/b", site.url + "/", etag='"1"', last_modified="yesterday"))
    assert (page.status, page.body) == (304, b"")


def test_a_redirect_is_followed_and_each_hop_asks_robots() -> None:
    rules = b"User-agent: *\nDisallow: /closed"
    with Server({"/robots.txt": answer(rules), "/to": answer(b"here")}) as site:
        site.answers["/"] = answer(status=302, Location="/to")
        assert get(site).url == f"{site.url}/to"
        site.answers["/"] = answer(status=301, Location="/closed/1")
        with pytest.raises(RobotsRefused):
            get(site)


@pytest.mark.parametrize(
    "location", ["file:///etc/passwd", "ftp://x/", "data:text/html,x", "javascript:alert(1)", "gopher://x", ""]
)
def test_a_redirect_to_anything_but_http_is_refused(location: str) -> None:
    with Server({"/": answer(status=302, Location=location)}) as site, pytest.raises(FetchError, match="redirects to"):
        get(site)


@pytest.mark.parametrize(
    "inside",
    ["127.0.0.2", "2130706434", "0177.0.0.2", "0x7f000002", "127.2", "0.0.0.0", "10.0.0.1",
     "169.254.169.254", "100.64.0.1", "[::1]", "[::ffff:127.0.0.2]", "１２７.0.0.2"],
)  # fmt: skip
def test_a_redirect_to_the_inside_is_refused_at_the_connection(inside: str) -> None:
    with Server() as site:
        site.answers["/"] = answer(status=302, Location=f"http://{inside}:9/")
        with pytest.raises(FetchError) as caught:
            get(site)
    assert isinstance(caught.value, AddressRefused)
    assert site.paths() == ["/robots.txt", "/"]


def test_nothing_inside_is_fetched_by_default() -> None:
    with Server({"/": answer(b"secret")}) as site, pytest.raises(AddressRefused):
        asyncio.run(fetch_page(Settings(), site.url))
    assert site.requests == []


def test_redirects_without_end_are_given_up() -> None:
    with Server() as site:
        site.answers["/"] = answer(status=302, Location="/")
        with pytest.raises(FetchError, match="more than 5 redirects"):
            get(site)


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", "cut short"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhalf", "cut short"),
        (answer(gzip.compress(b"x" * 999)[:-9], Content_Encoding="gzip"), "cut short"),
        (answer(b"plain", Content_Encoding="gzip"), "is not"),
        (answer(b"x" * 5001), "larger than"),
        (answer(gzip.compress(b"x" * 5001), Content_Encoding="gzip"), "larger than"),
        (b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + b"x" * 9999, "larger than"),
        (b"no http at all\r\n\r\n", "Error"),
        (b"HTTP/1.1 200 OK\r\nX-Bomb: " + b"x" * 100_000 + b"\r\n\r\n", "Error"),
        (b"\x16\x03\x01\x02\x00\x01", "Error|broke"),
        (b"", "Disconnected|broke"),
        (b"HTTP/1.1 304 Not Modified\r\n\r\n", "HTTP 304, though"),
    ],
)
def test_every_bad_answer_is_named(raw: bytes, said: str) -> None:
    with Server({"/": raw}) as site, pytest.raises(FetchError, match=said) as caught:
        get(site, max_page=5000)
    assert "\n" not in str(caught.value)


def test_a_server_that_hangs_is_left_after_the_deadline() -> None:
    with Server({"/": b"HANG"}) as site, pytest.raises(FetchError, match="no whole answer"):
        get(site, timeout=0.2)


def test_a_port_that_nobody_listens_on_is_named() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/"
    with pytest.raises(FetchError, match=r"ClientConnector|refused|Connect"):
        asyncio.run(fetch_page(settings(), url))


def test_a_name_that_does_not_exist_is_named() -> None:
    with pytest.raises(FetchError, match="cannot be resolved"):
        asyncio.run(fetch_page(settings(), "http://nowhere.invalid/"))


def test_a_host_that_says_retry_after_is_left_alone() -> None:
    with Server({"/": answer(b"slow down", 429, Retry_After="120")}) as site:

        async def run() -> None:
            async with Fetcher(settings()) as fetcher:
                assert (await fetcher.fetch(Due("a/b", site.url))).status == 429
                with pytest.raises(FetchError, match="asked us to wait"):
                    await fetcher.fetch(Due("a/b", site.url))

        asyncio.run(run())
    assert site.paths() == ["/robots.txt", "/"]


async def connections(keep: bool, *dues: str) -> list[int]:
    """How many requests came over each connection to a server that would keep them all; articles end in html."""
    seen: list[int] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        number = len(seen)
        seen.append(0)
        with suppress(asyncio.IncompleteReadError):
            while await reader.readuntil(b"\r\n\r\n"):
                seen[number] += 1
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    origin = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server, Fetcher(settings(), keep=keep) as fetcher:
        for path in dues:
            url = origin + path
            await fetcher.fetch(Due("a/b", url, key=url if path.endswith("html") else None))
    return seen


def test_a_round_closes_the_connection_behind_a_list_and_keeps_it_for_articles() -> None:
    asked = ("/", "/1.html", "/2.html", "/")
    assert asyncio.run(connections(False, *asked)) == [2, 3]  # robots.txt and the list; the rest until the next list
    assert asyncio.run(connections(True, *asked)) == [5]


def test_a_cookie_that_a_redirect_sets_is_given_back_to_its_host_on_the_way() -> None:
    def reply(request: Request) -> bytes:
        if request.headers.get("Cookie") == "seen=1":
            return answer(b"here")
        return answer(status=302, Location="/", Set_Cookie="seen=1; Path=/")

    with Server({"/": reply}) as site:
        assert get(site).body == b"here"


def test_a_cookie_stays_with_its_host() -> None:
    with Server({"/": answer(b"here")}) as other, Server() as site:
        site.answers["/"] = answer(status=302, Location=f"{other.url}/", Set_Cookie="id=1")
        assert get(site).url == f"{other.url}/"
    assert "Cookie" not in other.requests[-1].headers


def test_cookies_are_neither_kept_nor_shown() -> None:
    with Server({"/": answer(b"x", Set_Cookie="id=1")}) as site:

        async def run() -> Page:
            async with Fetcher(settings()) as fetcher:
                await fetcher.fetch(Due("a/b", site.url))
                return await fetcher.fetch(Due("a/b", site.url))

        page = asyncio.run(run())
    assert "Cookie" not in site.requests[-1].headers
    assert "set-cookie" not in page.headers


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("5", 5.0),
        ("99999999999999999", 999999999999.0),
        ("Thu, 01 Jan 1970 00:01:40 GMT", 40.0),
        ("soon", None),
        (None, None),
    ],
)
def test_retry_after_is_seconds_or_a_date(value: str | None, seconds: float | None) -> None:
    assert retry_after(value, now=60.0) == seconds
