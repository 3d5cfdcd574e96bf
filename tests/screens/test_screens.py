"""The screens in a real browser: what a reader sees, every action, and the keys."""

from __future__ import annotations

import re

import feedparser
import pytest
from playwright.sync_api import Page, expect

from crawler.store import columns, notices
from crawler.store.notices import Query
from tests.screens.__main__ import screens
from tests.screens.showcase import REVISED, House

pytestmark = pytest.mark.timeout(240)


def visit(page: Page, path: str) -> None:
    page.goto(path, wait_until="domcontentloaded")


def test_a_newcomer_finds_the_way(page: Page, base: str, house: House) -> None:
    """See the wire, filter, subscribe, read a revision, see why a source is broken, set a hook, replay a delivery."""
    visit(page, "/")
    expect(page.locator(".notices > li")).to_have_count(30)
    expect(page.locator(".health")).to_contain_text("unreadable")
    page.get_by_role("link", name=re.compile("^Myanmar")).click()
    expect(page).to_have_url(re.compile(r"/\?place=MM$"))
    feed = page.locator(".follow a", has_text="Atom").get_attribute("href")
    parsed = feedparser.parse(page.request.get(f"{base}{feed}").body())
    assert parsed.entries
    assert not parsed.bozo
    page.locator(".notices a", has_text=REVISED[:8]).click()
    expect(page.locator(".beside del").first).to_have_text("谨慎前往")
    expect(page.locator(".beside ins").first).to_have_text("暂勿前往")
    page.get_by_role("link", name="Sources", exact=True).click()
    expect(page.locator("tr", has_text="harbour-police/alerts")).to_contain_text("a script checks the browser first")
    page.get_by_role("link", name="Hooks", exact=True).click()
    page.get_by_role("link", name="Add a hook").click()
    page.get_by_label("Name").fill("mine")
    page.get_by_label("Address").fill("https://receiver.example/in")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_have_text("Saved, and in force.")
    assert "mine" in {h.id for h in house.configuration.settings.hook}
    visit(page, "/deliveries?state=dead")
    before = page.locator("tbody tr").count()
    page.get_by_role("button", name="Send again").first.click()
    expect(page.get_by_role("status")).to_contain_text("Queued again")
    visit(page, "/deliveries?state=dead")
    expect(page.locator("tbody tr")).to_have_count(before - 1)


def test_every_screen_is_shown_without_an_error(page: Page, house: House) -> None:
    for name, path in screens(house.revised).items():
        if name != "lost":  # the browser itself complains of a 404
            visit(page, path)
            expect(page.locator("main h1").first).to_be_attached()
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name} is wider than a desk"


def test_nothing_is_wider_than_a_telephone(page: Page, house: House) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    for name, path in screens(house.revised).items():
        if name != "lost":
            visit(page, path)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name


def test_everything_can_be_read_without_script(page: Page, base: str, house: House) -> None:
    context = page.context.browser.new_context(java_script_enabled=False, locale="en-GB", base_url=base)  # type: ignore[union-attr]
    plain = context.new_page()
    plain.goto("/")
    plain.get_by_label("Search the notices").fill("东岸 暂勿前往")
    plain.get_by_role("button", name="Search").click()
    expect(plain.locator("mark").first).to_have_text("东岸")
    plain.locator(".notices a").first.click()
    expect(plain.locator("h1")).to_contain_text("暂勿前往")
    context.close()


def test_the_keys_walk_through_the_wire(page: Page) -> None:
    visit(page, "/")
    page.wait_for_function("document.documentElement.classList.contains('js')")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(page.locator(".notices > li").first).to_have_class(re.compile("chosen"))
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    title = page.locator(".chosen h2").inner_text()
    page.keyboard.press("o")
    expect(page.locator("h1")).to_have_text(title)
    page.keyboard.press("g")
    page.keyboard.press("s")
    expect(page).to_have_url(re.compile("/sources$"))
    visit(page, "/")
    page.wait_for_function("document.documentElement.classList.contains('js')")
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()


def test_times_stand_in_the_zone_of_the_reader(page: Page) -> None:
    visit(page, "/")
    page.wait_for_function("document.documentElement.classList.contains('js')")
    assert "GMT+8" in str(page.locator(".notices time[title]").last.get_attribute("title"))


def test_a_source_is_paused_looked_at_and_resumed(page: Page, house: House) -> None:
    def enabled() -> bool:
        with house.store.read() as tx:
            return next(r.enabled for r in columns.rows(tx) if r.key == "daily/main")

    visit(page, "/sources/daily")
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("status")).to_contain_text("Paused")
    assert not enabled()
    page.get_by_role("button", name="Resume").click()
    expect(page.get_by_role("status")).to_contain_text("Resumed")
    assert enabled()
    page.get_by_role("button", name="Look now").first.click()
    expect(page.get_by_role("status")).to_contain_text("looked at within seconds")


def test_what_was_kept_is_shown_and_can_do_nothing(page: Page, house: House) -> None:
    visit(page, f"/notices/{house.revised}")
    page.locator(".capture summary").first.click()
    frame = page.frame_locator(".capture iframe").first
    expect(frame.locator("h1")).to_contain_text("暂勿前往")


def test_two_notices_are_made_one(page: Page, house: House) -> None:
    with house.store.read() as tx:
        first, second = notices.search(tx, Query(limit=2, kind="enforcement"))
    visit(page, f"/notices/{first.id}")
    page.get_by_label("Another notice is this one:").fill(second.id)
    page.get_by_role("button", name="Merge it into this one").click()
    expect(page.get_by_role("status")).to_contain_text("Merged")
    visit(page, f"/notices/{second.id}")
    expect(page).to_have_url(re.compile(f"/notices/{first.id}$"))


def test_a_hook_is_tried_on_the_archive_and_removed(page: Page, house: House) -> None:
    visit(page, "/hooks/desk/trial?days=365")
    expect(page.locator("main")).to_contain_text("events would have been sent")
    visit(page, "/hooks/desk")
    page.get_by_text("Remove this hook").click()
    page.get_by_role("button", name="Remove for good").click()
    expect(page.get_by_role("status")).to_have_text("Removed.")
    assert "desk" not in {h.id for h in house.configuration.settings.hook}


def test_a_wrong_hook_comes_back_with_what_is_wrong(page: Page, house: House) -> None:
    visit(page, "/hooks/soc")
    page.get_by_label("Quiet hours").fill("always")
    with page.expect_response("**/hooks/soc") as sent:
        page.get_by_role("button", name="Save").click()
    assert sent.value.status == 400
    expect(page.get_by_role("alert")).to_contain_text("quiet")
    expect(page.get_by_label("Quiet hours")).to_have_value("always")
