"""The one way out: every page, list and robots.txt is fetched here, politely, guarded, bounded in time and size."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Protocol, Self
from urllib.parse import urljoin, urlsplit

import aiohttp
from yarl import URL

from crawler.config.settings import Settings
from crawler.exceptions import AddressRefused, FetchError
from crawler.fetch.encoding import ACCEPTED, decoded
from crawler.fetch.politeness import Politeness, Turn
from crawler.fetch.response import Response, exchange_of, header_text, headers_of
from crawler.fetch.robots import Robots, RobotsFile, RobotsShelf
from crawler.guard import Guard
from crawler.items import Due, Page
from crawler.reading.address import split
from crawler.rendering.browser import Browser

_REDIRECTS = (301, 302, 303, 307, 308)
_MOST_REDIRECTS = 5
_LONGEST = 300  # characters of an address in an error
_CONNECT = 10.0  # seconds (fault catalogue, budgets)
_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,application/json;q=0.9,*/*;q=0.5",
    "Accept-Language": "zh-CN,zh;q=0.9,en;q=0.6",
    "Accept-Encoding": ACCEPTED,
    "Cache-Control": "max-age=0",
}
_LAST = {"Connection": "close"}  # nothing more is asked on this connection (RFC 9112, 9.6)


class Shelf(RobotsShelf, Protocol):
    """Where robots files, and the wishes of hosts to be left alone, outlive a process."""

    def hold(self, host: str, until: float) -> None:
        """Remember that ``host`` asked to be left alone until then (POSIX seconds)."""

    def held(self, host: str) -> float:
        """Until when ``host`` asked, whomever, to be left alone; 0 where it did not."""


@dataclass
class RobotsInMemory:
    """A shelf for a process that stores nothing (`fenghuo check`)."""

    files: dict[str, RobotsFile] = field(default_factory=dict)

    def get(self, origin: str) -> RobotsFile | None:
        """The file of ``origin``, if it was asked in this process."""
        return self.files.get(origin)

    def put(self, file: RobotsFile) -> None:
        """Remember ``file`` until the process ends."""
        self.files[file.origin] = file

    def hold(self, host: str, until: float) -> None:
        """Nothing: a process that stores nothing has the wish of ``host`` in its politeness."""

    def held(self, host: str) -> float:
        """0: nobody else was asked."""
        return 0.0


class Fetcher:
    """An HTTP client for publishers.  Use as ``async with Fetcher(settings) as fetcher``.

    Each hop of a redirect is a request of its own: scheme, robots.txt, politeness and the address guard apply anew.
    ``keep``: connections are kept for a while.  A single round asks most hosts for one list, and closes behind it: a
    thousand idle connections are 8 MB and a thousand descriptors.
    """

    def __init__(
        self,
        settings: Settings,
        shelf: Shelf | None = None,
        clock: Callable[[], float] = time.time,
        *,
        keep: bool = True,
    ) -> None:
        self._crawl, self._clock, self._keep = settings.crawl, clock, keep
        self._guard = Guard(settings.allow_addresses)
        self.politeness = Politeness(settings.crawl.per_host_delay, settings.crawl.concurrency)
        self._shelf = shelf or RobotsInMemory()
        self._robots = Robots(self._shelf, self._robots_file, clock) if settings.respect_robots else None
        self._session: aiohttp.ClientSession | None = None
        self._browser = Browser(settings, clock)

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def open(self) -> None:
        """Open the client; the system's certificates were read when it was imported, which is not done again."""
        connector = aiohttp.TCPConnector(limit=0, socket_factory=self._guard.socket_factory, keepalive_timeout=30)
        self._session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            response_class=Response,
            timeout=aiohttp.ClientTimeout(total=self._crawl.timeout, connect=_CONNECT),
            headers=_HEADERS | {"User-Agent": self._crawl.user_agent},
            trust_env=False,
        )

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close every connection, and the browser."""
        await self._browser.close()
        if self._session is not None:
            await self._session.close()

    async def fetch(self, due: Due, *, render: bool = False) -> Page:
        """The page at ``due.url``, conditional on its validators (then a 304 has an empty body).

        A cookie is given back on the way only, to the host whose redirect set it (moj.gov.cn sends its reader to the
        same page with one).  ``render``: as a browser shows it.  Raises FetchError (also AddressRefused, RobotsRefused,
        NoBrowser) in one line that names what is wrong.
        """
        if render:
            return await self._rendered(due.url)
        known = {"If-None-Match": due.etag, "If-Modified-Since": due.last_modified}
        validators = {k: v for k, v in known.items() if v}
        headers = validators if self._keep or due.key is not None else validators | _LAST
        url, cookies = due.url, dict[str, str]()
        for _ in range(_MOST_REDIRECTS + 1):
            page = await self._hop(url, headers, cookies)
            if page.status == 304 and not validators:  # taken for an unchanged page, it would never be read
                raise FetchError(f"{shown(url)}: HTTP 304, though nothing was said to be known")
            if page.status not in _REDIRECTS:
                return page
            target = _target(url, page)
            cookies = cookies if urlsplit(target).netloc == urlsplit(url).netloc else {}
            url = target
        raise FetchError(f"{shown(due.url)}: more than {_MOST_REDIRECTS} redirects")

    async def _rendered(self, url: str) -> Page:
        if self._robots is not None:
            await self._robots.check(url)
        async with self._turn(urlsplit(url).netloc):
            return await self._browser.fetch(url)

    async def _hop(self, url: str, headers: Mapping[str, str], cookies: dict[str, str]) -> Page:
        if self._robots is not None:
            await self._robots.check(url)
        return await self._request(url, headers, cookies)

    async def _robots_file(self, url: str) -> Page:
        for _ in range(_MOST_REDIRECTS + 1):  # "at least five" (RFC 9309, 2.3.1.2)
            page = await self._request(url, {}, {})
            if page.status not in _REDIRECTS:
                return page
            url = _target(url, page)
        return page

    async def _request(self, url: str, headers: Mapping[str, str], cookies: dict[str, str]) -> Page:
        host = split(url).netloc
        async with self._turn(host):
            page = await self._attempt(url, headers, cookies)
        if page.status in (429, 503) and (asked := retry_after(page.headers.get("retry-after"), self._clock())):
            self.politeness.hold(host, asked)
            self._shelf.hold(host, self._clock() + self.politeness.held(host))
        return page

    def _turn(self, host: str) -> Turn:
        """A turn at ``host``, which may have asked another process, or the one before this, to be left alone."""
        if (wait := self._shelf.held(host) - self._clock()) > 0:
            self.politeness.hold(host, wait)
        return self.politeness.turn(host)

    async def _attempt(self, url: str, headers: Mapping[str, str], cookies: dict[str, str]) -> Page:
        try:
            return await self._transfer(url, headers, cookies)
        except (AddressRefused, FetchError):
            raise
        except TimeoutError as e:
            raise FetchError(f"{shown(url)}: no whole answer within {self._crawl.timeout:.0f} s") from e
        except aiohttp.ClientError as e:
            raise _named(url, e) from e
        except (ValueError, OSError) as e:
            raise FetchError(f"{shown(url)}: {e}") from e

    async def _transfer(self, url: str, headers: Mapping[str, str], cookies: dict[str, str]) -> Page:
        if self._session is None:
            raise RuntimeError("the fetcher is not open")
        try:
            asked = _address(url)
        except ValueError as e:
            raise AddressRefused(f"{shown(url)}: not a well-formed address") from e
        async with self._session.get(
            asked, headers=headers or None, cookies=cookies or None, allow_redirects=False
        ) as response:
            if "Set-Cookie" in response.headers:
                cookies.update((name, morsel.value) for name, morsel in response.cookies.items())
            raw = await self._read(response)
            encoding = response.headers.get("Content-Encoding", "")
            return Page(
                url=url,
                status=response.status,
                body=decoded(raw, encoding, self._crawl.max_page) if raw and encoding else raw,
                content_type=header_text(response.headers.get("Content-Type", "")),
                headers=headers_of(response),
                fetched_at=self._clock(),
                address=getattr(response, "peer", ""),
                exchange=exchange_of(response, raw) if raw else None,
            )

    async def _read(self, response: aiohttp.ClientResponse) -> bytes:
        limit = self._crawl.max_page
        if (response.content_length or 0) > limit:
            raise FetchError(f"{shown(str(response.url))}: the page is larger than {limit} bytes")
        if response.content_length is not None and "Transfer-Encoding" not in response.headers:
            return await response.read()  # no more than it said
        body = bytearray()
        async for chunk in response.content.iter_any():
            body += chunk
            if len(body) > limit:
                response.close()
                raise FetchError(f"{shown(str(response.url))}: the page is larger than {limit} bytes")
        return bytes(body)


@lru_cache(maxsize=20_000)
def _address(url: str) -> URL:
    """The address as the client wants it; parsing one anew costs a tenth of an unchanged look."""
    return URL(url)


def shown(url: str) -> str:
    """An address as errors, feeds and alerts show it: a query may hold a key, and a server may lead to 8 KB of it."""
    return url.partition("?")[0][:_LONGEST]


def _target(url: str, page: Page) -> str:
    location = page.headers.get("location", "").strip()
    try:
        target = urljoin(url, location)
    except ValueError as e:  # a host that is none
        raise FetchError(f"{shown(url)}: redirects to {location[:100]!r}, not a well-formed address") from e
    if not location or urlsplit(target).scheme not in ("http", "https"):
        raise FetchError(f"{shown(url)}: redirects to {location[:100] or 'nowhere'!r}, which is not an http(s) address")
    return target


def retry_after(value: str | None, now: float) -> float | None:
    """Seconds that a Retry-After header asks for (RFC 9110, 10.2.3: seconds or a date), None if it says nothing."""
    if not value:
        return None
    if value.strip().isdecimal():
        return float(value.strip()[:12])
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - now)
    except (ValueError, OverflowError):  # a year of twenty digits
        return None


def _named(url: str, error: aiohttp.ClientError) -> FetchError:
    """Our one-line error for a client's."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, AddressRefused):
            return AddressRefused(f"{shown(url)}: {cause}")
        cause = getattr(cause, "os_error", None) or cause.__cause__ or cause.__context__
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return FetchError(f"{shown(url)}: the certificate is not valid: {error.certificate_error}")
    if isinstance(error, aiohttp.InvalidURL):
        return AddressRefused(f"{shown(url)}: not a well-formed address")
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return FetchError(f"{shown(url)}: the host name cannot be resolved")
    if isinstance(error, aiohttp.ClientPayloadError):
        return FetchError(f"{shown(url)}: the body was cut short")
    return FetchError(f"{shown(url)}: {type(error).__name__}: {str(error)[:200] or 'the connection broke'}")


async def fetch_page(settings: Settings, url: str, *, render: bool = False) -> Page:
    """Fetch one page for a person (`fenghuo check`), under the same rules as the crawl.  Raises FetchError."""
    if urlsplit(url).scheme not in ("http", "https"):
        raise FetchError(f"{shown(url)}: not an http(s) address")
    async with Fetcher(settings) as fetcher:
        return await fetcher.fetch(Due(column="", url=url), render=render)
