"""Every place from which this program connects, as a function that tries to reach one address and says how it went."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import urlsplit

from crawler.config.hooks import Hook
from crawler.config.settings import Settings
from crawler.exceptions import FenghuoError
from crawler.fetch import Fetcher, fetch_page
from crawler.guard import Guard
from crawler.items import Due
from crawler.rendering.proxy import GuardedProxy
from feeds.alerts import apprise, mail, webhook
from feeds.alerts.wire import Wire
from tests.feeds.alerts.given import event
from tests.server import Server, answer

REACHED = "reached"
"""What a place says that got an answer."""

Place = Callable[[Settings, str], Awaitable[str]]


async def _page(settings: Settings, url: str) -> str:
    return await _said(fetch_page(settings.model_copy(update={"respect_robots": False}), url))


async def _robots(settings: Settings, url: str) -> str:
    return await _said(fetch_page(settings, url))


async def _redirect(settings: Settings, url: str) -> str:
    return await _by_redirect(settings, "/page", url)


async def _robots_redirect(settings: Settings, url: str) -> str:
    return await _by_redirect(settings, "/robots.txt", url)


async def _by_redirect(settings: Settings, path: str, url: str) -> str:
    """Fetch from a server of ours, which may be connected to, and whose ``path`` leads to ``url``."""
    with Server({"/page": answer(b"x"), path: answer(status=302, Location=url)}, host="127.77.0.1") as site:
        allowed = settings.model_copy(update={"allow_addresses": (*settings.allow_addresses, "127.77.0.1/32")})
        async with Fetcher(allowed) as fetcher:
            return await _said(fetcher.fetch(Due("", f"{site.url}/page")))


async def _said(work: Awaitable[object]) -> str:
    try:
        await work
    except FenghuoError as e:
        return str(e)
    return REACHED


async def _webhook(settings: Settings, url: str) -> str:
    async with Wire(settings, deadline=5.0) as wire:
        answered = await webhook.send(wire, Hook(id="h", url=url), event(), 1.7e9)
    return REACHED if answered.ok else answered.error


async def _hub(settings: Settings, url: str) -> str:
    async with Wire(settings, deadline=5.0) as wire:
        reply = await wire.get(url)
    return reply.error or REACHED


async def _mail(settings: Settings, url: str) -> str:
    hook = Hook(id="h", url=f"mailto://{urlsplit(url).netloc}?from=a@x.example&to=b@y.example")
    async with Wire(settings, deadline=5.0) as wire:
        answered = await mail.send(wire, hook, [event()], "https://fenghuo.example")
    return REACHED if answered.ok else answered.error


async def _apprise(settings: Settings, url: str) -> str:
    async with Wire(settings, deadline=20.0) as wire:
        hook = Hook(id="h", url=f"json://{urlsplit(url).netloc}/")
        answered = await apprise.send(wire, hook, [event()], "https://fenghuo.example")
    return REACHED if answered.ok else answered.error


async def _browser(settings: Settings, url: str) -> str:
    """What a browser is answered that asks the proxy, its only way out, for ``url``."""
    proxy = GuardedProxy(Guard(settings.allow_addresses), 10**6)
    await proxy.start()
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    writer.write(f"GET {url} HTTP/1.1\r\nHost: x\r\n\r\n".encode("utf-8", "replace"))
    async with asyncio.timeout(15):
        got = await reader.read()
    writer.close()
    return REACHED if got else "; ".join(proxy.refused.values()) or "hung up"


PLACES: Mapping[str, Place] = {
    "page": _page,
    "robots.txt": _robots,
    "redirect": _redirect,
    "robots.txt's redirect": _robots_redirect,
    "webhook": _webhook,
    "hub": _hub,
    "mail": _mail,
    "apprise": _apprise,
    "browser": _browser,
}
