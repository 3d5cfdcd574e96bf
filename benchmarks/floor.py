"""The barest program that does the same work, to hold the figures against: `python -m benchmarks.floor lists|wire …`.

A plain aiohttp loop: no robots.txt, no politeness, no store, no errors foreseen, nothing remembered.
"""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import urljoin

import aiohttp
import uvloop

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

_ARTICLE = re.compile(rb'href="([^"]+\d+\.html)"')
_AT_ONCE = 16  # as many as Fenghuo's `crawl.concurrency`


async def lists(urls: Iterable[str], parse: bool) -> None:
    """Get every list once, sixteen at a time; with ``parse`` read the links off each by lxml."""
    gate = asyncio.Semaphore(_AT_ONCE)
    async with aiohttp.ClientSession() as session:

        async def look(url: str) -> None:
            async with gate, session.get(url) as answer:
                body = await answer.read()
            if parse:
                read(body)

        await asyncio.gather(*(look(url) for url in urls))


def read(body: bytes) -> list[tuple[str, str]]:
    """The anchors of a page."""
    from lxml import html

    return [(a.get("href"), a.text_content()) for a in html.fromstring(body).iter("a")]


async def wire(urls: Iterable[str], hook: str) -> None:
    """List, newest article, text, webhook: one source after the other."""
    from lxml import html

    async with aiohttp.ClientSession() as session:
        for url in urls:
            async with session.get(url) as answer:
                found = _ARTICLE.search(await answer.read())
            assert found is not None
            async with session.get(urljoin(url, found[1].decode())) as answer:
                page = html.fromstring(await answer.read())
            said = {"type": "notice.new", "data": {"title": page.findtext(".//h1"), "body": page.text_content()[:6000]}}
            async with session.post(hook, json=said) as answer:
                await answer.read()


async def web(port: int, body: bytes) -> None:
    """Serve ``body`` under one strong ETag by a bare ASGI function."""
    import uvicorn

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        asked = dict(scope["headers"]).get(b"if-none-match") == b'"1"'
        await send({"type": "http.response.start", "status": 304 if asked else 200, "headers": [(b"etag", b'"1"')]})
        await send({"type": "http.response.body", "body": b"" if asked else body})

    await uvicorn.Server(uvicorn.Config(app, port=port, lifespan="off", log_level="error", access_log=False)).serve()


def main(what: str, *given: str) -> None:
    """``lists raw|lxml URLS-FILE``, ``wire HOOK URLS-FILE`` or ``web PORT FILE``."""
    if what == "web":
        with open(given[1], "rb") as file:
            body = file.read()
        uvloop.run(web(int(given[0]), body))
        return
    with open(given[1], encoding="utf-8") as file:
        urls = file.read().split()
    uvloop.run(lists(urls, given[0] == "lxml") if what == "lists" else wire(urls, given[0]))


if __name__ == "__main__":
    main(*sys.argv[1:])
