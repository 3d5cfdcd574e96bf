"""robots.txt as RFC 9309 says: 24 hours of life, 4xx allows all, unreachable forbids all."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from crawler.exceptions import FetchError, RobotsRefused
from crawler.items import Page
from crawler.reading.address import split

LIFE = 86400.0  # seconds (RFC 9309, 2.4)
_REMEMBERED = 2000  # origins whose rules are at hand
_PARSED = 512_000  # bytes; at least 500 KiB must be parsed (RFC 9309, 2.5)
PRODUCT = "Fenghuo"


@dataclass(frozen=True, slots=True)
class RobotsFile:
    """What an origin answered for /robots.txt; ``status`` 0: it could not be reached."""

    origin: str
    fetched_at: float
    status: int
    body: bytes = b""


class RobotsShelf(Protocol):
    """Where robots files outlive a process."""

    def get(self, origin: str) -> RobotsFile | None:
        """The file last stored for ``origin``."""

    def put(self, file: RobotsFile) -> None:
        """Store a file."""


class Robots:
    """Whether an address may be fetched; each origin is asked once a day."""

    def __init__(self, shelf: RobotsShelf, fetch: Callable[[str], Awaitable[Page]], clock: Callable[[], float]) -> None:
        self._shelf, self._fetch, self._clock = shelf, fetch, clock
        self._rules: dict[str, tuple[float, Callable[[str], bool]]] = {}
        self._asking: dict[str, asyncio.Lock] = {}

    async def check(self, url: str) -> None:
        """Return if ``url`` may be fetched.  Raises RobotsRefused, or FetchError when robots.txt is unreachable."""
        parts = split(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        known = self._rules.get(origin)
        if known is None or self._clock() - known[0] > LIFE:
            known = await self._learn(origin)
        if not known[1](url):
            raise RobotsRefused(f"robots.txt of {origin} forbids {parts.path or '/'}")

    async def _learn(self, origin: str) -> tuple[float, Callable[[str], bool]]:
        async with self._asking.setdefault(origin, asyncio.Lock()):
            known = self._rules.get(origin)
            if known is None or self._clock() - known[0] > LIFE:
                file = self._shelf.get(origin)
                if file is None or self._clock() - file.fetched_at > LIFE:
                    file = await self._ask(origin, file)
                known = (file.fetched_at, allowed_by(file))
                if file.status < 500:  # a failing server is asked again at the next look
                    if len(self._rules) >= _REMEMBERED:
                        self._rules.clear()  # the shelf still has them
                    self._rules[origin] = known
        self._asking.pop(origin, None)
        return known

    async def _ask(self, origin: str, cached: RobotsFile | None) -> RobotsFile:
        try:
            page = await self._fetch(f"{origin}/robots.txt")
        except FetchError:
            if cached is not None and cached.status:
                return cached  # "crawlers MAY use a cached copy" (RFC 9309, 2.3.1.4)
            raise
        if page.status >= 500 and cached is not None and cached.status < 500:
            return cached
        file = RobotsFile(origin, self._clock(), page.status, page.body[:_PARSED])
        if page.status < 500:
            self._shelf.put(file)
        return file


def allowed_by(file: RobotsFile) -> Callable[[str], bool]:
    """The rule of a file: 2xx is parsed, 4xx (and a redirect too many) allows all, 5xx forbids all."""
    if file.status >= 500 or file.status == 0:
        return lambda url: False
    if not 200 <= file.status < 300 or b"<html" in file.body[:2000].lower():
        return lambda url: True
    if not file.body.strip():
        return lambda url: True
    from protego import Protego

    rules = Protego.parse(file.body.decode("utf-8", "replace"))
    return lambda url: bool(rules.can_fetch(url, PRODUCT))
