"""A real browser: it shows what scripts make, stays where it was sent, and its death costs one page."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from crawler.config.settings import CrawlSettings, Settings
from crawler.exceptions import AddressRefused, FetchError, NoBrowser
from crawler.items import Page
from crawler.rendering.browser import Browser, find_browser
from tests.server import Server, answer

SCRIPTED = """<html><body><ul id="list"></ul><img src="/picture.png"><script>
fetch("/rows").then(r => r.text()).then(rows => { document.getElementById("list").innerHTML = rows })
</script></body></html>"""
LEAVES = "<html><body>a challenge<script>setTimeout(() => { location.href = '/inside' }, 50)</script></body></html>"
PRIES = "<p>pries</p><script>fetch('http://127.0.0.2:%d/').catch(() => document.body.append(' refused'))</script>"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(find_browser() is None, reason="no browser is installed"),
    pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks for processes in /proc"),
    pytest.mark.timeout(180),
]


def settings(**crawl: Any) -> Settings:
    return Settings(allow_addresses=("127.0.0.1/32",), crawl=CrawlSettings(**crawl))


def with_browser(to: Settings, work: Callable[[Browser], Awaitable[None]]) -> None:
    async def run() -> None:
        browser = Browser(to)
        try:
            await work(browser)
        finally:
            await browser.close()

    asyncio.run(run())


def processes() -> dict[int, str]:
    """Every process below this one, by id: its command."""
    found: dict[int, tuple[int, str]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            stat = (folder / "stat").read_text("utf-8", "replace")
        except OSError:
            continue
        name, _, rest = stat.partition("(")[2].rpartition(")")
        if rest.split()[0] != "Z":
            found[int(folder.name)] = (int(rest.split()[1]), name)
    below, grown = {os.getpid()}, True
    while grown:
        more = {pid for pid, (parent, _) in found.items() if parent in below} - below
        below, grown = below | more, bool(more)
    return {pid: found[pid][1] for pid in below - {os.getpid()}}


def chromium() -> list[int]:
    return [pid for pid, name in processes().items() if "chrom" in name]


def test_what_scripts_make_is_there_and_what_is_no_text_is_not_asked_for() -> None:
    async def work(browser: Browser) -> None:
        page = await browser.fetch(site.url + "/")
        assert '<a href="/1.html">通知一</a>' in page.body.decode()
        assert (page.status, page.url, page.address) == (200, f"{site.url}/", "127.0.0.1")

    rows = answer('<li><a href="/1.html">通知一</a></li>'.encode())
    with Server({"/": answer(SCRIPTED.encode()), "/rows": rows}) as site:
        with_browser(settings(), work)
    assert "/picture.png" not in site.paths()
    assert site.requests[0].headers["User-Agent"].startswith("Fenghuo/")


def test_a_page_does_not_lead_its_visitor_elsewhere_nor_inside() -> None:
    async def work(browser: Browser) -> None:
        assert b"a challenge" in (await browser.fetch(site.url + "/leaves")).body
        assert b" refused" in (await browser.fetch(site.url + "/pries")).body
        with pytest.raises(AddressRefused, match="loopback"):
            await browser.fetch(f"http://127.0.0.2:{site.port}/")
        with pytest.raises(AddressRefused, match="loopback"):
            await browser.fetch(f"http://127.0.0.2:{site.port}/inside")

    with Server() as site:
        site.answers["/leaves"] = answer(LEAVES.encode())
        site.answers["/pries"] = answer((PRIES % site.port).encode())
        with_browser(settings(), work)
    assert "/inside" not in site.paths()


def test_the_status_of_the_page_is_the_servers() -> None:
    async def work(browser: Browser) -> None:
        page = await browser.fetch(site.url + "/")
        assert page.status == 521

    with Server({"/": answer(b"<script>document.cookie = 'a=b'; location.reload()</script>", 521)}) as site:
        with_browser(settings(), work)
    assert site.paths().count("/") == 1  # a challenge is reported, not solved


def test_a_browser_that_is_killed_costs_one_page_at_most_and_nothing_of_it_remains() -> None:
    async def read(browser: Browser) -> Page | None:
        try:
            return await browser.fetch(site.url + "/")
        except FetchError:
            return None

    async def work(browser: Browser) -> None:
        assert await read(browser)
        for _ in range(3):
            for pid in chromium():
                with suppress(ProcessLookupError):  # its parent has ended it meanwhile
                    os.kill(pid, signal.SIGKILL)
            assert await read(browser) or await read(browser)

    with Server({"/": answer(b"<p>here</p>")}) as site:
        with_browser(settings(timeout=10.0), work)
    assert processes() == {}


def test_a_process_that_hangs_is_ended_at_the_deadline_and_the_next_page_is_read() -> None:
    async def work(browser: Browser) -> None:
        await browser.fetch(site.url + "/")
        for pid, name in processes().items():
            if "python" in name:
                os.kill(pid, signal.SIGSTOP)
        with pytest.raises(FetchError, match="no page from the browser within 3 s"):
            await browser.fetch(site.url + "/")
        assert (await browser.fetch(site.url + "/")).status == 200

    with Server({"/": answer(b"<p>here</p>")}) as site:
        with_browser(settings(timeout=3.0), work)
    assert processes() == {}


def test_without_a_browser_one_line_says_how_to_get_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    async def work(browser: Browser) -> None:
        with pytest.raises(NoBrowser, match="apt install chromium"):
            await browser.fetch("https://police.example/")

    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path))
    with_browser(settings(), work)
