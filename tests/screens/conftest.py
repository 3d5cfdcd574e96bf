"""A house on a port for a whole module, and one browser for all of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from crawler.rendering.browser import find_browser
from tests.publisher import Publisher
from tests.screens.serving import serving
from tests.screens.showcase import House, build


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    made = build(tmp_path_factory.mktemp("house"), crowd=40)
    yield made
    made.store.close()


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    """A publisher that nobody watches yet."""
    with Publisher() as made:
        made.seed()
        made.publish("出境务工前请先核实雇主")
        yield made


@pytest.fixture(scope="module")
def base(house: House) -> Iterator[str]:
    with serving(house) as address:
        yield address


@pytest.fixture(scope="package")  # not the session: its event loop would be in the way of other tests
def browser() -> Iterator[Browser]:
    chromium: Path | None = find_browser()
    if chromium is None:
        pytest.skip("no browser is installed")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=str(chromium), args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def page(browser: Browser, base: str) -> Iterator[Page]:
    """A reader in English, who hears of every error that the page makes."""
    context = browser.new_context(locale="en-GB", base_url=base, timezone_id="Asia/Shanghai")
    context.set_default_timeout(20_000)
    shown = context.new_page()
    wrong: list[str] = []
    shown.on("pageerror", lambda error: wrong.append(str(error)))
    shown.on("console", lambda said: wrong.append(said.text) if _is_wrong(said.type, said.text) else None)
    yield shown
    context.close()
    assert wrong == []


def _is_wrong(type: str, text: str) -> bool:
    """Whether the console tells of a fault; that a form came back with what is wrong in it is none."""
    return type == "error" and "status of 400" not in text
