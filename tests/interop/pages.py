"""`make interop`, of the screens: what the Nu HTML checker and axe find wrong in them; neither leaves the machine."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import sync_playwright

from crawler.rendering.browser import find_browser
from tests.screens.__main__ import screens
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
            for scheme in ("light", "dark"):
                page = browser.new_context(locale="en", color_scheme=scheme, bypass_csp=True).new_page()  # type: ignore[arg-type]
                for name, path in screens(house.revised).items():
                    answer = page.goto(base + path, wait_until="domcontentloaded")
                    if answer and scheme == "light":
                        (folder / f"{name}.html").write_bytes(answer.body())
                    if axe.is_file():
                        page.add_script_tag(path=str(axe))
                        for wrong in page.evaluate(_RUN):
                            if wrong["impact"] in _SERIOUS:
                                yield f"axe: {name} ({scheme}): {wrong['id']}: {wrong['nodes'][0]['html'][:160]}"
            browser.close()
        yield from _checked(vnu, sorted(folder.glob("*.html")))


def _checked(vnu: Path, files: list[Path]) -> Iterator[str]:
    java = shutil.which("java")
    if java is None or not vnu.is_file():
        yield "skipped: the Nu HTML checker needs java and vnu-jar"
        return
    command = [java, "-Xss4m", "-jar", str(vnu), "--format", "json", "--errors-only", *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)
    for found in json.loads(done.stderr)["messages"]:
        where = f"{Path(found.get('url', '')).name}:{found.get('lastLine', '')}"
        yield f"vnu: {where}: {found['message']} {found.get('extract', '')[:120]!r}"


if __name__ == "__main__":
    complaints = list(findings(Path(sys.argv[1]) / "npm" / "node_modules"))
    print(*(complaints or ["screens: nothing to complain of"]), sep="\n")
    sys.exit(any(not c.startswith("skipped") for c in complaints))
