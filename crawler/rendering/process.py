"""The browser's process: a Scrapy project of one spider over scrapy-playwright.

The command line holds its orders (`Orders`) as JSON.  A JSON object a line comes on standard input, {"id", "url"}, and
goes out on standard output: {"id", "url", "status", "headers", "body" (base64), "address"}, {"id", "refused"} where the
address guard forbids it, or {"id", "error"}.  The end of standard input ends it.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import os
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import Error, Page, Route, TimeoutError
from playwright.async_api import Request as BrowserRequest
from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response

from crawler.guard import Guard
from crawler.rendering.proxy import GuardedProxy

_UNSEEN = frozenset({"image", "media", "font"})  # what is not text costs the publisher bandwidth and us time
_ARRIVES = 15_000.0  # ms for the markup
_SETTLES = 5000.0  # ms after the markup is there in which scripts may fetch what they show
_PAGES = 4  # answers of one connection may be this many times the largest page: scripts are larger than texts


@dataclass(frozen=True, slots=True)
class Orders:
    """What the crawl's side says at the start: times in seconds, sizes in bytes."""

    executable: str
    user_agent: str
    timeout: float
    most: int
    allow: tuple[str, ...]


class RenderSpider(Spider):
    """Opens each address in a browser context of its own, and says what stands there when it has settled."""

    name = "render"

    def __init__(self, orders: Orders, proxy: GuardedProxy, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._orders, self._proxy = orders, proxy

    async def start(self) -> AsyncIterator[Request]:
        """A request for every line on standard input."""
        await self._proxy.start()
        reader = asyncio.StreamReader()
        await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        async for line in reader:
            asked = json.loads(line)
            yield Request(asked["url"], errback=self.failed, dont_filter=True, meta=self._meta(asked["id"]))

    def _meta(self, id: int) -> dict[str, Any]:
        return {
            "id": id,
            "handle_httpstatus_all": True,
            "playwright": True,
            "playwright_include_page": True,
            "playwright_context": f"page {id}",
            "playwright_context_kwargs": {
                "user_agent": self._orders.user_agent,
                "locale": "zh-CN",
                "accept_downloads": False,
                "service_workers": "block",
            },
            "playwright_page_goto_kwargs": {"wait_until": "commit"},
            "playwright_page_init_callback": keep_to_the_text,
        }

    async def parse(self, response: Response, **_: Any) -> None:
        """Say what was rendered."""
        page: Page = response.meta["playwright_page"]
        try:
            body = await settled(page) if response.status == 200 else response.body
        except Error as e:
            self._say(response.meta["id"], error=e.message.partition("\n")[0][:300])
            return
        finally:
            await _close(page)
        self._say(
            response.meta["id"],
            url=response.url,
            status=response.status,
            headers={k.decode().lower(): v[-1].decode("latin-1") for k, v in response.headers.items() if v},
            body=base64.b64encode(body[: self._orders.most + 1]).decode(),
            address=self._proxy.peers.get(urlsplit(response.url).hostname or "", ""),
        )

    async def failed(self, failure: Any) -> None:
        """Say why nothing was."""
        request = failure.request
        if page := request.meta.get("playwright_page"):
            await _close(page)
        if why := self._proxy.refused.get(urlsplit(request.url).hostname or ""):
            self._say(request.meta["id"], refused=why)
        else:
            self._say(request.meta["id"], error=str(failure.value).partition("\n")[0][:300])

    def _say(self, id: int, **said: Any) -> None:
        sys.stdout.write(json.dumps({"id": id, **said}) + "\n")
        sys.stdout.flush()


async def settled(page: Page) -> bytes:
    """The markup once scripts have fetched what they show; a page that never rests is taken as it is.  Raises Error."""
    with contextlib.suppress(TimeoutError):
        await page.wait_for_load_state("domcontentloaded", timeout=_ARRIVES)
        await page.wait_for_load_state("networkidle", timeout=_SETTLES)
    return (await page.content()).encode("utf-8", "replace")


async def _close(page: Page) -> None:
    with contextlib.suppress(Error):  # the browser is gone, and its contexts with it
        await page.context.close()


async def keep_to_the_text(page: Page, _: Request) -> None:
    """Make no request for what is not text, and let the page not leave by itself.

    A page that sends its visitor on by script is not followed: what it leads to is not what was asked for, and a
    challenge page stays one.
    """
    opened = False

    async def judge(route: Route, asked: BrowserRequest) -> None:
        nonlocal opened
        leaves = opened and asked.is_navigation_request() and not asked.frame.parent_frame and not asked.redirected_from
        opened = True  # the first request of a page is the page itself
        if leaves or asked.resource_type in _UNSEEN:
            await route.abort("aborted")  # as if stopped by hand: what is there stays
        else:
            await route.fallback()

    await page.route("**/*", judge)


def settings_of(orders: Orders, proxy_port: int) -> dict[str, Any]:
    """Scrapy's settings: robots.txt, politeness and redirects are the crawl's, which asks for single pages."""
    handler = "scrapy_playwright.handler.ScrapyPlaywrightDownloadHandler"
    return {
        "TWISTED_REACTOR": "twisted.internet.asyncioreactor.AsyncioSelectorReactor",
        "DOWNLOAD_HANDLERS": {"http": handler, "https": handler, "data": None, "file": None, "ftp": None, "s3": None},
        "PLAYWRIGHT_LAUNCH_OPTIONS": {
            "executable_path": orders.executable,
            "proxy": {"server": f"http://127.0.0.1:{proxy_port}"},
            "chromium_sandbox": os.geteuid() != 0,  # Chromium's own refuses to run as root
            "args": ["--force-webrtc-ip-handling-policy=disable_non_proxied_udp", "--disable-quic"],
        },
        "PLAYWRIGHT_PROCESS_REQUEST_HEADERS": None,  # the browser's own
        "PLAYWRIGHT_DEFAULT_NAVIGATION_TIMEOUT": orders.timeout * 1000,
        "DOWNLOADER_MIDDLEWARES_BASE": {},
        "SPIDER_MIDDLEWARES_BASE": {},
        "EXTENSIONS_BASE": {},
        "CONCURRENT_REQUESTS": 8,
        "DOWNLOAD_DELAY": 0,
        "ROBOTSTXT_OBEY": False,
        "LOG_ENABLED": False,
    }


def main(given: str) -> None:
    """Render until standard input ends."""
    data = json.loads(given)
    orders = Orders(**{**data, "allow": tuple(data["allow"])})
    proxy = GuardedProxy(Guard(orders.allow), _PAGES * orders.most)
    process = AsyncCrawlerProcess(settings_of(orders, proxy.port))
    process.crawl(RenderSpider, orders=orders, proxy=proxy)
    process.start()


if __name__ == "__main__":
    main(sys.argv[1])
