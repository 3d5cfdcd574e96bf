"""Moments as pages tell them: a zone is always named, and the reader's is shown where the browser can."""

from __future__ import annotations

from pathlib import Path

import pytest

import feeds.web
from crawler.items import Published
from crawler.rendering.browser import find_browser
from feeds.web.times import ago, length, machine, told, utc

MODULE = Path(feeds.web.__file__).parent / "static" / "times.js"


@pytest.mark.parametrize(
    ("at", "precision", "text"),
    [
        ("2025-06-15T00:00:00+08:00", "day", "2025-06-15"),
        ("2025-06-15T08:30:00+08:00", "minute", "2025-06-15 08:30 UTC+8"),
        ("2025-06-15T08:30:09-03:30", "second", "2025-06-15 08:30:09 UTC-3:30"),
        ("2025-06-15T08:30:09+00:00", "second", "2025-06-15 08:30:09 UTC"),
        ("2025-06-15T08:30:09Z", "minute", "2025-06-15 08:30 UTC"),
    ],
)
def test_a_publishers_time_is_told_in_its_own_zone_and_no_finer_than_it_is(at: str, precision: str, text: str) -> None:
    assert told(Published(at, precision)) == text  # type: ignore[arg-type]


def test_machines_read_a_day_as_a_day_and_a_moment_with_its_offset() -> None:
    assert machine(Published("2025-06-15T00:00:00+08:00", "day")) == "2025-06-15"
    assert machine(Published("2025-06-15T08:30:00+08:00", "minute")) == "2025-06-15T08:30:00+08:00"


def test_a_moment_of_ours_is_told_in_utc() -> None:
    assert utc(1_750_000_000.4) == "2025-06-15 15:06:40 UTC"


def test_how_long_ago_is_told_in_one_unit() -> None:
    assert [ago(0, 3, language) for language in ("zh", "en")] == ["刚刚", "just now"]
    assert [ago(0, 60, language) for language in ("zh", "en")] == ["1分钟前", "1 minute ago"]
    assert [ago(7200, 0, language) for language in ("zh", "en")] == ["2小时后", "in 2 hours"]
    assert ago(0, 3 * 86400, "en") == "3 days ago"


@pytest.mark.parametrize(
    ("seconds", "zh", "en"),
    [(0, "0秒", "0 sec"), (4.72, "4.7秒", "4.7 sec"), (900, "15分钟", "15 min"), (5200, "1.4小时", "1.4 hr")],
)
def test_a_length_of_time_is_told_in_the_language_of_the_reader(seconds: float, zh: str, en: str) -> None:
    assert (length(seconds, "zh"), length(seconds, "en")) == (zh, en)


@pytest.mark.skipif(find_browser() is None, reason="no browser is installed")
def test_a_browser_tells_times_in_the_zone_of_its_reader() -> None:
    from playwright.sync_api import sync_playwright

    page_text = """<!doctype html><html lang="en"><body>
        <time datetime="2025-06-15">2025-06-15</time>
        <time class="exact" datetime="2025-06-15T08:30:00+08:00">2025-06-15 08:30 UTC+8</time>
        <time datetime="2025-06-15T15:06:40.000Z" title="2025-06-15 15:06:40 UTC">3 hours ago</time>
        <time class="exact" datetime="Tomorrow">someday</time>"""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(find_browser()))
        page = browser.new_page(timezone_id="America/New_York")
        page.set_content(page_text)
        page.evaluate(MODULE.read_text("utf-8").replace("export ", "") + "localise(document)")
        shown = page.eval_on_selector_all("time", "all => all.map(t => [t.textContent, t.title])")
        browser.close()
    assert shown == [
        ["2025-06-15", ""],
        ["2025-06-14 20:30", "2025-06-15 08:30 UTC+8"],
        ["3 hours ago", "2025-06-15 11:06:40 EDT"],
        ["someday", ""],
    ]
