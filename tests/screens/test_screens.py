"""The screens in a real browser: what a reader sees, every action, and the keys."""

from __future__ import annotations

import re
from pathlib import Path

import feedparser
import pytest
from playwright.sync_api import Browser, Page, expect

from crawler.items import Change, ChangeType
from crawler.items import Page as Kept
from crawler.store.evidence import captures
from crawler.store.watch import columns
from crawler.store.wire import notices
from crawler.store.wire.notices import Query
from feeds import operations
from tests.feeds.world import make_notice
from tests.publisher import ADVICE, Publisher
from tests.screens.__main__ import screens
from tests.screens.serving import serving
from tests.screens.showcase import NOW, REVISED, House, build
from tests.server import Server, answer

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]


def visit(page: Page, path: str) -> None:
    page.goto(path, wait_until="domcontentloaded")


def test_a_newcomer_finds_the_way(page: Page, base: str, house: House, publisher: Publisher) -> None:
    """See the wire, filter, subscribe, read a revision, see why a source is broken, add one, set a hook, replay."""
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
    expect(page.locator("tr", has_text="harbour-police/alerts")).to_contain_text("a script challenge (Ruishu)")
    page.get_by_role("link", name="Add a source").click()
    page.get_by_label("Address").fill(publisher.url)
    page.get_by_role("button", name="Show what would be read").click()
    expect(page.locator(".preview")).to_contain_text("出境务工前请先核实雇主")
    expect(page.locator(".preview .body")).to_contain_text("12308")
    page.get_by_role("button", name="Watch this source").click()
    expect(page.get_by_role("status")).to_contain_text("Added.")
    assert publisher.url in {c.url for c in house.configuration.catalogue.columns.values()}
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


def test_an_address_that_holds_no_list_comes_back_with_why(page: Page, publisher: Publisher) -> None:
    visit(page, "/add")
    page.get_by_label("Address").fill(f"{publisher.server.url}/nothing-here/")
    with page.expect_response("**/add") as sent:
        page.get_by_role("button", name="Show what would be read").click()
    assert sent.value.status == 400
    expect(page.get_by_role("alert")).to_contain_text("404")
    expect(page.get_by_label("Address")).to_have_value(f"{publisher.server.url}/nothing-here/")


def test_what_happens_stands_on_the_wire_without_a_reload(page: Page, house: House) -> None:
    with page.expect_response(re.compile("/api/v1/stream")):
        visit(page, "/")
    fresh = make_notice(7001, title="刚刚发布：谨防冒充使馆来电", first_seen=NOW - 1)
    change = Change(ChangeType.NEW, fresh, sighting=fresh.sightings[0], event="notice.new")
    with house.store.begin() as tx:
        notices.apply(tx, change, key=fresh.url[8:], now=NOW)
    expect(page.locator(".notices > li.fresh")).to_contain_text("刚刚发布", timeout=20_000)


def test_a_receiver_is_sent_a_test_message(page: Page, house: House) -> None:
    with Server({"/in": answer(b"ok")}) as receiver:
        operations.save_hook(house.configuration, "near", {"url": f"{receiver.url}/in"})
        visit(page, "/hooks")
        page.locator("#near").get_by_role("button", name="Send a test").click()
        expect(page.get_by_role("status")).to_have_text("The receiver took the test message.")
        assert b'"test"' in receiver.requests[0].body
        receiver.answers["/in"] = answer(b"", 503)
        page.locator("#near").get_by_role("button", name="Send a test").click()
        expect(page.get_by_role("status")).to_have_text("The receiver did not take the test message.")
    operations.remove_hook(house.configuration, "near")


def test_a_rule_is_added_changed_and_removed_without_script(page: Page, base: str, house: House) -> None:
    for id in ("east", "west"):
        operations.save_hook(house.configuration, id, {"url": f"https://{id}.example/in"})
    context = page.context.browser.new_context(java_script_enabled=False, locale="en-GB", base_url=base)  # type: ignore[union-attr]
    plain = context.new_page()
    plain.goto("/hooks")
    plain.get_by_role("link", name="Add a rule").click()
    plain.get_by_label("east").check()
    plain.get_by_label("west").check()
    plain.get_by_label("Places").first.fill("mm, KH")
    plain.get_by_text("Never what is").click()
    plain.get_by_label("case", exact=True).last.check()
    plain.get_by_role("button", name="Save").click()
    expect(plain.get_by_role("status")).to_have_text("Saved, and in force.")
    (rule,) = house.configuration.settings.rule
    assert (rule.hooks, rule.when.place, rule.unless.kind) == (("east", "west"), ("MM", "KH"), ("case",))
    plain.get_by_role("link", name="Edit rule 1").click()
    plain.get_by_label("west").uncheck()
    plain.get_by_role("button", name="Save").click()
    assert house.configuration.settings.rule[0].hooks == ("east",)
    plain.get_by_role("link", name="Edit rule 1").click()
    plain.get_by_text("Remove this rule").click()
    plain.get_by_role("button", name="Remove for good").click()
    expect(plain.get_by_role("status")).to_have_text("Removed.")
    assert house.configuration.settings.rule == ()
    context.close()
    for id in ("east", "west"):
        operations.remove_hook(house.configuration, id)


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


def test_a_wide_picture_opens_at_its_newest_with_its_names_in_sight_on_a_telephone(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    visit(page, "/trends")
    page.wait_for_function("document.documentElement.classList.contains('js')")
    for name in ("places", "scams", "health"):
        wide = page.locator(f"#{name} .picture > .scroll")
        left, most = wide.evaluate("e => [e.scrollLeft, e.scrollWidth - e.clientWidth]")
        assert most > 0
        assert left == pytest.approx(most, abs=2)
        named, frame = wide.locator(".name").first.bounding_box(), wide.bounding_box()
        assert named is not None
        assert frame is not None
        assert named["x"] >= frame["x"], name
        assert named["x"] + named["width"] <= frame["x"] + frame["width"], name


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


def test_the_language_is_switched_and_stays(page: Page) -> None:
    visit(page, "/sources")
    expect(page.locator("h1")).to_have_text("Sources")
    page.get_by_role("link", name="中文").click()
    expect(page.locator("h1")).to_have_text("来源")
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    visit(page, "/trends")
    expect(page.locator("h1")).to_have_text("趋势")


def test_a_page_is_printed_light_whatever_the_screen_and_without_its_controls(page: Page, house: House) -> None:
    page.emulate_media(color_scheme="dark")
    visit(page, f"/notices/{house.revised}")
    ground = "getComputedStyle(document.documentElement).backgroundColor"
    dark = page.evaluate(ground)
    page.emulate_media(color_scheme="dark", media="print")
    assert page.evaluate(ground) != dark
    expect(page.locator("h1")).to_be_visible()
    expect(page.locator(".beside ins").first).to_be_visible()
    assert [b for b in page.locator("button").all() if b.is_visible()] == []


def test_chips_narrow_widen_and_are_what_a_feed_follows(page: Page, base: str) -> None:
    visit(page, "/")
    page.get_by_role("link", name=re.compile("^Myanmar")).click()
    page.get_by_role("link", name=re.compile("^warning")).click()
    expect(page).to_have_url(re.compile(r"\?place=MM&kind=warning$"))
    shown = page.locator(".notices > li").count()
    told = page.locator("head link[title*='just this selection'][type='application/feed+json']").get_attribute("href")
    assert [page.request.get(f"{base}{told}").json()["items"].__len__(), shown > 0] == [shown, True]
    page.get_by_role("link", name=re.compile("^Myanmar")).click()
    expect(page).to_have_url(re.compile(r"\?kind=warning$"))


def test_an_operator_logs_in_is_shown_what_can_be_done_and_logs_out(
    browser: Browser, tmp_path: Path, house: House
) -> None:
    locked = build(tmp_path, crowd=2)
    file = tmp_path / "fenghuo.toml"
    file.write_text('read_token = "corn-flower-seven"\nadmin_token = "iron-kettle-nine"\n' + file.read_text("utf-8"))
    locked.configuration.refresh()
    with serving(locked) as base:
        context = browser.new_context(locale="en-GB", base_url=base)
        page = context.new_page()
        page.goto("/sources/daily")
        page.get_by_label("Token").fill("guessed")
        page.get_by_role("button", name="Log in").click()
        expect(page.get_by_role("alert")).to_be_visible()
        page.get_by_label("Token").fill("corn-flower-seven")
        page.get_by_role("button", name="Log in").click()
        expect(page.locator("h1")).to_have_text("Harbour Daily")
        expect(page.get_by_role("button", name="Pause")).to_have_count(0)
        page.get_by_role("button", name="Log out").click()
        expect(page.get_by_label("Token")).to_be_visible()
        page.goto("/sources/daily")
        page.get_by_label("Token").fill("iron-kettle-nine")
        page.get_by_role("button", name="Log in").click()
        expect(page.get_by_role("button", name="Pause")).to_be_visible()
        context.close()
    locked.store.close()


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


def test_a_reprint_is_made_a_notice_of_its_own(page: Page, house: House) -> None:
    url = "https://daily.example/main/77.html"
    html = f"<!doctype html><title>x</title><h1>使馆提醒赴东岸人员</h1>{''.join(f'<p>{line}</p>' for line in ADVICE)}"
    kept = Kept(url, 200, html.encode(), "text/html; charset=utf-8", {}, NOW - 60, "192.0.2.9")
    with house.store.begin() as tx:
        captures.add(tx, kept, url[8:])
    visit(page, f"/notices/{house.revised}")
    page.locator("li", has_text="使馆：").get_by_role("button", name="This is another notice").click()
    expect(page.get_by_role("status")).to_contain_text("Split", timeout=20_000)
    expect(page).not_to_have_url(re.compile(house.revised))
    expect(page.locator("main")).to_contain_text("偷越国境")
