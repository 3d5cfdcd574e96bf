"""Hostile notices in a real browser: none of their words becomes a script, with a policy and without."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Route

from crawler.items import Page, Reason
from crawler.store.evidence import captures
from feeds.web.app import create_app
from feeds.web.status import DaemonStatus
from tests.feeds.web.test_pages import VECTORS
from tests.feeds.world import T0, make_notice
from tests.screens.serving import serving
from tests.screens.showcase import NOW, House, build

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]
_OPEN = """async () => {
    for (const details of document.querySelectorAll('details')) details.open = true;
    const frames = [...document.querySelectorAll('iframe')];
    await Promise.all(frames.map(f => new Promise(shown => { f.onload = shown; f.loading = 'eager'; f.src = f.src; })));
}"""
"""Unfold everything, and wait until each preview is shown."""
_ARMED = [vector.replace("alert(1)", "window.top.ran=1") for vector in VECTORS]


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> House:
    house = build(tmp_path_factory.mktemp("hostile"), crowd=4)
    from crawler.items import Change, ChangeType
    from crawler.store.wire import notices

    with house.store.begin() as tx:
        for number, vector in enumerate(_ARMED, 1):
            plain = make_notice(number + 5000, title=vector, body=f"{vector}\n{vector}", first_seen=NOW - number)
            verdict = replace(plain.verdict, reasons=(Reason("kind", vector, vector),), contacts=(vector,))
            said = replace(plain, origin=replace(plain.origin, name=vector, source=None), verdict=verdict)
            key = said.url[8:]
            notices.apply(tx, Change(ChangeType.NEW, said, sighting=said.sightings[0]), key=key, now=T0)
            page = Page(said.url, 200, f"<h1>x</h1>{vector}".encode(), "text/html; charset=utf-8", {}, NOW, "")
            captures.add(tx, page, key)
    return house


@pytest.mark.parametrize("policy", [True, False], ids=["with its policy", "without a policy"])
def test_no_script_of_a_notice_runs(browser: Browser, hostile: House, policy: bool) -> None:
    status = DaemonStatus(
        clock=lambda: 1000.0,
        started=990.0,
        crawl_alive=True,
        crawl_heartbeat=1000.0,
        delivered=1000.0,
        published=1000.0,
        stored=1000.0,
    )
    app = create_app(hostile.configuration, hostile.store, status, now=lambda: NOW)
    with serving(hostile, app if policy else _bare(app)) as base:
        context = browser.new_context(locale="en-GB", base_url=base)
        context.set_default_timeout(20_000)
        called = leaving(context, base)
        page = context.new_page()
        page.on("dialog", lambda d: d.dismiss())
        paths = ["/", "/?q=alert", "/trends", "/sources"]
        paths += [f"/notices/{make_notice(n + 5000).id}" for n in range(1, len(_ARMED) + 1)]
        for path in paths:
            page.goto(path, wait_until="domcontentloaded")
            page.evaluate(_OPEN)
            assert page.evaluate("[window.ran, window.top.ran].some(Boolean)") is False, path
        assert called == []
        context.close()


def leaving(context: BrowserContext, base: str) -> list[str]:
    """What is asked of anybody but us, as it happens; what a policy stops in the browser is asked of nobody."""
    called: list[str] = []

    def stop(route: Route) -> None:
        called.append(route.request.url)
        route.abort()

    context.route(lambda url: not url.startswith((base, "data:")), stop)
    return called


def _bare(app: Any) -> Any:
    """The site as it would be if nobody sent a Content-Security-Policy, but for what locks evidence in."""

    async def served(scope: Any, receive: Any, send: Any) -> None:
        async def bare(message: Any) -> None:
            if message["type"] == "http.response.start" and not re.match(r"/captures/", scope.get("path", "")):
                kept = [h for h in message["headers"] if h[0] != b"content-security-policy"]
                message["headers"] = kept
            await send(message)

        await app(scope, receive, bare)

    return served


def test_what_was_kept_cannot_run_or_lead_away_even_when_it_is_opened_by_itself(
    browser: Browser, hostile: House
) -> None:
    refresh = next(n for n, vector in enumerate(_ARMED, 1) if "refresh" in vector)
    with hostile.store.read() as tx:
        (kept,) = captures.of_link(tx, make_notice(refresh + 5000).url[8:])
    with serving(hostile) as base:
        context = browser.new_context(base_url=base)
        called, page = leaving(context, base), context.new_page()
        answer = page.goto(f"/captures/{kept}", wait_until="networkidle")
        assert answer is not None
        assert "sandbox" in answer.headers["content-security-policy"]
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert (called, page.url) == ([], f"{base}/captures/{kept}")
        assert page.locator("h1").inner_text() == "x"
        context.close()
