"""Screens that read a part of what there is: they say so, and what they tell is what all of it would."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from lxml import html
from starlette.testclient import TestClient

from crawler.store.wire import trends as counted
from feeds.web.app import create_app
from feeds.web.screens import hooks, trends
from feeds.web.status import DaemonStatus
from tests.feeds.world import T0, World, make_notice

Browse = Callable[..., TestClient]
HOOK = '[[hook]]\nid = "soc"\nurl = "https://soc.example/hook"'


def test_a_trial_says_how_much_it_left_out_and_tries_all_on_demand(
    make_world: Callable[..., World], browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = make_world(HOOK)
    for number in range(1, 6):
        world.remember(make_notice(number))
    reader = browse(world)
    reader.headers["Accept-Language"] = "en"
    assert "5 of 5 events would have been sent." in reader.get("/hooks/soc/trial").text
    monkeypatch.setattr(hooks, "_TRIED", 2)
    page = html.fromstring(reader.get("/hooks/soc/trial").text)
    assert "2 of 2 events would have been sent." in page.text_content()
    assert "Only the newest 2 notices were tried; 3 older ones of these days were not." in page.text_content()
    assert [a.text for a in page.xpath("//tbody//a")] == [make_notice(n).title for n in (5, 4)]
    (more,) = page.xpath("//p[contains(@class, 'note')]/a/@href")
    assert "5 of 5 events would have been sent." in reader.get(more).text


def test_weeks_that_are_over_and_this_one_are_counted_as_all_of_them_together(world: World) -> None:
    now, week = trends._monday(T0) + 3 * trends.DAY, trends.WEEK
    for number in range(1, 60):
        world.remember(make_notice(number, first_seen=now - number * 2.9 * trends.DAY))
    remembered: list[str] = []

    def keep(name: str, seconds: float, made: Callable[[], object]) -> object:
        remembered.append(f"{name} {seconds:.0f}")
        return made()

    found = trends._seen(SimpleNamespace(store=world.store, remembered=keep), now)  # type: ignore[arg-type]
    start = trends._monday(now) - 25 * week
    with world.store.read() as tx:
        assert found.kinds == counted.by_kind(tx, start, week)
        assert found.places == counted.by_tag(tx, start, week)["place"]
        assert found.scams == Counter(counted.by_tag(tx, start, week)["scam"])
    assert {number for _, number in found.kinds} >= {24, 25}  # of both
    assert remembered == ["weeks-over 21600", "this-week 600"]


def test_what_the_pictures_show_is_read_before_somebody_asks(world: World) -> None:
    clock = [trends._monday(T0) + 3 * trends.DAY]
    app = create_app(world.configuration, world.store, DaemonStatus(), now=lambda: clock[0])

    def kept(name: str) -> object:
        return app.state.context.remembered(name, trends.WEEK, lambda: None)

    trends.read_ahead(app.state.context)
    first = [kept(name) for name in ("weeks-over", "this-week", "watched")]
    assert None not in first
    clock[0] += trends.AHEAD
    trends.read_ahead(app.state.context)
    again = [kept(name) for name in ("weeks-over", "this-week", "watched")]
    assert [one is other for one, other in zip(first, again, strict=True)] == [True, False, False]


def test_a_source_names_who_carries_the_same_texts(make_world: Callable[..., World], browse: Browse) -> None:
    world = make_world()
    file = world.folder / "sources" / "bsa.toml"
    file.write_text(file.read_text("utf-8") + 'mirrors = ["daily/main"]\n', "utf-8")
    world.configuration.refresh()
    reader = browse(world)
    reader.headers["Accept-Language"] = "en"
    pages = [html.fromstring(reader.get(f"/sources/{id}").text) for id in ("bsa", "daily")]
    said = [[p for p in page.xpath("//p[@class='meta']") if "texts" in p.text_content()] for page in pages]
    assert [[e.text_content() for e in p] for (p,) in said] == [
        ["The same texts are carried by", "daily/main"],
        ["It carries the texts of", "bsa/tips"],
    ]


def test_a_refusal_is_a_page_for_readers_and_a_line_for_programs(
    make_world: Callable[..., World], browse: Browse
) -> None:
    world = make_world('read_token = "corn-flower-seven"\nadmin_token = "iron-kettle-nine"')
    reader = browse(world)
    bearer = {"Authorization": "Bearer corn-flower-seven"}
    page = reader.post("/hooks/soc", headers={**bearer, "Accept": "text/html", "Accept-Language": "zh"})
    line = reader.post("/hooks/soc", headers=bearer)
    assert (page.status_code, line.status_code) == (403, 403)
    assert "此操作需要 admin_token" in html.fromstring(page.text).text_content()
    assert line.text == "this needs the admin_token\n"
