"""`make interop`, of the screens: what the Nu HTML checker and axe find wrong in them; neither leaves the machine.

Every screen is looked at in both languages, in both schemes, and as wide as a desk and as a telephone.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from itertools import product
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from crawler.rendering.browser import find_browser
from tests.screens.__main__ import LANGUAGES, PATIENCE, SCHEMES, SIZES, reader, screens
from tests.screens.serving import serving
from tests.screens.showcase import build

_SERIOUS = ("serious", "critical")
_RUN = "axe.run(document, {resultTypes: ['violations']}).then(found => found.violations)"


def findings(npm: Path) -> Iterator[str]:
    """One line for each complaint; also for a tool that is not there."""
    chromium, vnu, axe = find_browser(), npm / "vnu-jar/build/dist/vnu.jar", npm / "axe-core/axe.min.js"
    if chromium is None:
        yield "skipped: no browser is installed"
        return
    with tempfile.TemporaryDirectory() as place, sync_playwright() as playwright:
        folder = Path(place)
        house = build(folder, crowd=40)
        with serving(house) as base:
            browser = playwright.chromium.launch(executable_path=str(chromium), args=["--no-sandbox"])
            shown = screens(house.revised)
            for language in LANGUAGES:
                _keep(browser, base, shown, language, folder)
            yield from _seen(browser, base, shown, axe) if axe.is_file() else ["skipped: axe needs axe-core"]
            browser.close()
        yield from _checked(vnu, sorted(folder.glob("*.html")))


def _keep(browser: Browser, base: str, shown: dict[str, str], language: str, folder: Path) -> None:
    """Write each screen as it is sent, for the checker of HTML."""
    context = reader(browser, language, "light", "desk")
    for name, path in shown.items():
        (folder / f"{name}-{language}.html").write_bytes(context.request.get(base + path, timeout=PATIENCE).body())
    context.close()


def _seen(browser: Browser, base: str, shown: dict[str, str], axe: Path) -> Iterator[str]:
    """What axe says of each screen as each reader sees it."""
    for language, scheme, size in product(LANGUAGES, SCHEMES, SIZES):
        page = reader(browser, language, scheme, size, bypass_csp=True).new_page()
        for name, path in shown.items():
            page.goto(base + path, wait_until="domcontentloaded")
            for wrong in _violations(page, axe):
                yield f"axe: {name} ({language}, {scheme}, {size}): {wrong}"
        page.context.close()


def _violations(page: Page, axe: Path) -> Iterator[str]:
    page.add_script_tag(path=str(axe))
    for wrong in page.evaluate(_RUN):
        if wrong["impact"] in _SERIOUS:
            yield f"{wrong['id']}: {wrong['nodes'][0]['html'][:160]}"


def _checked(vnu: Path, files: list[Path]) -> Iterator[str]:
    java = shutil.which("java")
    if java is None or not vnu.is_file():
        yield "skipped: the Nu HTML checker needs java and vnu-jar"
        return
    command = [java, "-Xss4m", "-jar", str(vnu), "--format", "json", "--errors-only", *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    for found in json.loads(done.stderr)["messages"]:
        where = f"{Path(found.get('url', '')).name}:{found.get('lastLine', '')}"
        yield f"vnu: {where}: {found['message']} {found.get('extract', '')[:120]!r}"


if __name__ == "__main__":
    complaints = list(findings(Path(sys.argv[1]) / "npm" / "node_modules"))
    print(*(complaints or ["screens: nothing to complain of"]), sep="\n")
    sys.exit(any(not c.startswith("skipped") for c in complaints))
