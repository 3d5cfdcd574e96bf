"""`make screenshots`: every screen in both languages and both schemes, on a desk and on a telephone."""

from __future__ import annotations

import sys
import tempfile
from itertools import product
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, sync_playwright

from crawler.rendering.browser import find_browser
from tests.screens.serving import serving
from tests.screens.showcase import build

LANGUAGES, SCHEMES = ("zh-CN", "en"), ("light", "dark")
PATIENCE = 120_000.0  # milliseconds for a page on a busy machine
SIZES = {"desk": (1280, 900), "phone": (390, 844)}


def screens(revised: str) -> dict[str, str]:
    """Every screen, by name: its address."""
    return {
        "wire": "/",
        "search": "/?q=诈骗&place=MM",
        "nothing": "/?q=没有这样的话",
        "notice": f"/notices/{revised}",
        "sources": "/sources",
        "source": "/sources/harbour-police",
        "trends": "/trends",
        "deliveries": "/deliveries",
        "hooks": "/hooks",
        "hook": "/hooks/soc",
        "trial": "/hooks/soc/trial",
        "rule": "/rules/new",
        "add": "/add",
        "about": "/about",
        "lost": "/nowhere",
    }


def main(folder: str = "build/screens", *only: str) -> int:
    """Write the pictures; 0, or 1 where no browser is installed."""
    if not (chromium := find_browser()):
        print("screenshots: skipped, no browser is installed")
        return 1
    out = Path(folder)
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place, sync_playwright() as playwright:
        house = build(Path(place))
        with serving(house) as base:
            browser = playwright.chromium.launch(executable_path=str(chromium), args=["--no-sandbox"])
            for name, path in screens(house.revised).items():
                if not only or name in only:
                    _shoot(browser, base + path, name, out)
            browser.close()
    return 0


def reader(browser: Browser, language: str, scheme: str, size: str, **more: Any) -> BrowserContext:
    """A reader in China with that language, scheme and size of screen."""
    width, height = SIZES[size]
    context = browser.new_context(
        locale=language,
        color_scheme=scheme,  # type: ignore[arg-type]
        viewport={"width": width, "height": height},
        timezone_id="Asia/Shanghai",
        reduced_motion="reduce",
        **more,
    )
    context.set_default_timeout(PATIENCE)
    return context


def _shoot(browser: Browser, address: str, name: str, out: Path) -> None:
    for language, scheme, size in product(LANGUAGES, SCHEMES, SIZES):
        context = reader(browser, language, scheme, size)
        page = context.new_page()
        page.goto(address, wait_until="domcontentloaded")
        page.wait_for_function("document.documentElement.classList.contains('js')")
        page.screenshot(path=out / f"{name}-{language[:2]}-{scheme}-{size}.png", full_page=True)
        context.close()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
