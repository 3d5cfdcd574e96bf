"""The pages for people."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import replace

from lxml import html
from sqlalchemy import update
from starlette.testclient import TestClient

from crawler.exceptions import ConfigError
from crawler.items import Kind, Outcome, Reason
from crawler.store.delivery import outbox
from crawler.store.evidence import verified
from crawler.store.evidence.verified import Verified
from crawler.store.tables import chain
from crawler.store.watch import columns
from feeds.web.status import DaemonStatus
from tests.feeds.world import T0, World, make_notice

Browse = Callable[..., TestClient]
VECTORS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><animate onbegin=alert(1) attributeName=x></svg>",
    '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='java\tscript:alert(1)'>x</a>",
    "<details open ontoggle=alert(1)>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<button formaction=javascript:alert(1)>x</button>",
    "<object data=javascript:alert(1)>",
    "<embed src=javascript:alert(1)>",
    "<base href=//evil.example/>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<style>@import '//evil.example'</style>",
    "<video><source onerror=alert(1)></video>",
    "<template><script>alert(1)</script></template>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<input autofocus onfocus=alert(1)>",
    '"><script>alert(1)</script>',
    "' onmouseover='alert(1)",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<img srcset='x, //evil.example/a 1x'>",
    "</title></textarea></style><body background=//evil.example style='background:url(//evil.example)'>",
]


_OURS = (
    "//script[@type='module' and starts-with(@src, '/static/') and not(text())]"
    " | //form[starts-with(@action, '/') or @method='dialog']"
    " | //iframe[@sandbox='' and starts-with(@src, '/captures/')] | //svg[@class='spark' or @class='chart']"
)


def active(page: str) -> list[str]:
    """What in a page could act or call out."""
    tree = html.fromstring(page)
    for ours in tree.xpath(_OURS):
        ours.drop_tree()
    elements = ("script", "iframe", "object", "embed", "base", "style", "svg", "math", "form", "template", "video")
    found = [e.tag for e in tree.iter() if e.tag in elements]
    found += [a for e in tree.iter() for a in e.attrib if a.startswith("on") or a in ("style", "srcset", "srcdoc")]
    addresses = [v for e in tree.iter() for a, v in e.attrib.items() if a in ("href", "src", "action", "formaction")]
    return found + [v for v in addresses if re.match(r"[\s\x00-\x1f]*(javascript|data|vbscript):|//", v, re.I)]


def test_active_content_is_inert_wherever_it_stands(world: World, browse: Browse) -> None:
    for number, vector in enumerate(VECTORS, 1):
        plain = make_notice(number, title=vector, body=vector)
        verdict = replace(plain.verdict, reasons=(Reason("kind", vector, vector),), contacts=(vector,))
        notice = replace(plain, origin=replace(plain.origin, name=vector, source=None), verdict=verdict)
        world.remember(notice)
        world.revise(notice, at=T0 + 10, body=vector + "。", title=vector)
        world.look("bsa/tips", Outcome.FAILED, at=T0 + number, why=vector)
    client = browse(world)
    for path in ("/", "/sources", *(f"/notices/{make_notice(n).id}" for n in range(1, len(VECTORS) + 1))):
        answer = client.get(path)
        assert (path, answer.status_code, active(answer.text)) == (path, 200, [])


def test_an_address_that_is_none_is_no_link(world: World, browse: Browse) -> None:
    world.remember(make_notice(1, url="javascript:alert(1)"))
    assert 'href="javascript' not in browse(world).get(f"/notices/{make_notice(1).id}").text


def test_the_overview_shows_what_is_new_and_how_sure_that_is(world: World, browse: Browse) -> None:
    notice = world.remember(make_notice(1))
    world.reprint(notice, "https://daily.example/fraud/9.html", at=T0 + 5)
    page = browse(world).get("/?lang=zh").text
    for words in (notice.title, "边海安全部", "✓ 官方", "警示", "跨境", "缅甸", "2025-06-15", "1 处转载", "首见"):
        assert words in page
    assert "00:00" not in html.fromstring(page).text_content()  # a day is all that is known


def test_the_sources_say_why_one_cannot_be_read(world: World, browse: Browse) -> None:
    world.look("bsa/tips", Outcome.FAILED, at=T0, why="HTTP 521 from a firewall")
    page = browse(world).get("/sources?lang=en").text
    assert "HTTP 521 from a firewall" in page
    assert "degraded" in page


def test_what_needs_attention_stands_first(world: World, browse: Browse) -> None:
    world.look("bsa/tips", Outcome.UNCHANGED, at=T0)
    world.look("daily/main", Outcome.CHALLENGED, at=T0)
    page = browse(world).get("/sources").text
    assert page.index("daily/main") < page.index("bsa/tips")


def test_many_columns_are_shown_on_pages_that_lead_on(world: World, browse: Browse) -> None:
    lists = "".join(f'[[column]]\nid = "c{n}"\nurl = "https://many.example/{n}/"\n' for n in range(250))
    text = f'id = "many"\nname = "众栏目"\nauthority = "police"\n{lists}'
    (world.folder / "sources" / "many.toml").write_text(text, "utf-8")
    world.configuration.refresh()
    with world.store.begin() as tx:
        columns.sync(tx, world.configuration.catalogue.enabled(), T0)
    client = browse(world)
    first = html.fromstring(client.get("/sources").text)
    second = html.fromstring(client.get(first.xpath("//a[@rel='next']/@href")[0]).text)
    shown = [row for page in (first, second) for row in page.xpath("//tr[@id]/@id")]
    assert len(shown) == len(set(shown)) > 250
    assert not second.xpath("//a[@rel='next']")


def test_an_empty_house_says_what_to_do(world: World, browse: Browse) -> None:
    page = browse(world).get("/?lang=en").text
    assert "fenghuo poll" in page
    assert "[[hook]]" in page


def test_a_sick_daemon_is_told_on_the_overview(world: World, browse: Browse, status: object) -> None:
    status.crawl_alive = False  # type: ignore[attr-defined]
    assert "the crawl is not running" in browse(world).get("/?lang=en").text


def test_a_bad_edit_of_the_configuration_is_told_on_the_overview(world: World, browse: Browse) -> None:
    world.configuration.error = ConfigError("fenghuo.toml:3: crawl.workers: wrong")
    assert "fenghuo.toml:3: crawl.workers: wrong" in browse(world).get("/?lang=en").text


def test_a_notice_page_tells_everything_known(world: World, browse: Browse) -> None:
    notice = world.remember(make_notice(1))
    world.reprint(notice, "https://daily.example/fraud/9.html", at=T0 + 5)
    revised = world.revise(notice, at=T0 + 10, body="现为763人。")
    with world.store.begin() as tx:
        outbox.fan_out(tx, lambda *_: ["soc"], T0 + 11)
    page = browse(world).get(f"/notices/{notice.id}?lang=zh").text
    for words in (
        "现为763人",
        "人数 92 → 763",
        "<del>",
        "<ins>",
        "港口日报",
        "转载",
        "12308",
        "soc",
        notice.url,
    ):
        assert words in page
    assert revised.verdict.reasons[0].because in page


def test_a_withdrawn_notice_keeps_its_text_and_says_so(world: World, browse: Browse) -> None:
    notice = world.remember(make_notice(1))
    world.withdraw(notice, at=T0 + 10)
    page = browse(world).get(f"/notices/{notice.id}?lang=zh").text
    assert "发布者已撤回原文" in page
    assert "证件一旦被收走" in page


def test_a_dead_letter_can_be_sent_again(world: World, browse: Browse) -> None:
    world.remember(make_notice(1))
    with world.store.begin() as tx:
        outbox.fan_out(tx, lambda *_: ["soc"], T0)
        (claimed,) = outbox.claim(tx, "soc", now=T0, owner="t", limit=1)
        outbox.record_attempts(tx, [(claimed.id, outbox.Attempt(T0, 0.1, False, 410, "410 Gone"))])
    page = browse(world).get("/deliveries?state=dead&lang=en").text
    assert f'action="/deliveries/{claimed.id}/replay"' in page
    assert "410 Gone" in page


def test_an_unknown_notice_is_a_page_that_says_so(world: World, browse: Browse) -> None:
    answer = browse(world).get("/notices/ntc_none?lang=en")
    assert answer.status_code == 404
    assert "There is no such page" in answer.text


def test_feeds_are_found_by_a_reader_that_is_given_the_page(world: World, browse: Browse) -> None:
    tree = html.fromstring(browse(world).get("/").text)
    links = tree.xpath("//link[@rel='alternate' and @type='application/atom+xml']/@href")
    assert "/feeds/alerts.atom" in links
    assert {browse(world).get(path).status_code for path in links} == {200}


def test_a_chosen_language_is_remembered(world: World, browse: Browse) -> None:
    client = browse(world)
    assert 'lang="en"' in client.get("/?lang=en", headers={"Accept-Language": "zh"}).text
    assert "Search the notices" in client.get("/", headers={"Accept-Language": "zh"}).text


def test_kinds_all_have_a_name(world: World, browse: Browse) -> None:
    for number, kind in enumerate(Kind, 1):
        notice = make_notice(number)
        world.remember(replace(notice, verdict=replace(notice.verdict, kind=kind)))
    page = browse(world).get("/?lang=zh").text
    assert all(name in page for name in ("警示", "打击成果", "政策", "通缉", "案例", "报道"))


def test_the_headline_says_well_only_while_every_column_can_be_read(world: World, browse: Browse) -> None:
    def headline() -> str:
        pages = [html.fromstring(browse(world).get(f"{path}?lang=en").text) for path in ("/", "/about")]
        wire, about = (str(said.text) for page in pages for said in page.cssselect(".health .state b"))
        assert wire == about
        return wire

    assert headline().startswith("Not yet on watch everywhere")
    first, *others = world.configuration.catalogue.columns
    for key in others:
        world.look(key, Outcome.UNCHANGED, at=T0)
    assert headline().startswith("Not yet on watch everywhere (1 never looked at)")
    world.look(first, Outcome.UNCHANGED, at=T0)
    assert headline() == "All is well, on watch"
    world.look("bsa/tips", Outcome.CHALLENGED, at=T0 + 60)
    assert headline().startswith("On watch, but not everywhere (1 unreadable)")


def test_a_source_that_was_only_just_added_has_its_page(world: World, browse: Browse) -> None:
    text = 'id = "new"\nname = "新来源"\nauthority = "police"\nurl = "https://new.example/list/"\n'
    (world.folder / "sources" / "new.toml").write_text(text, "utf-8")
    world.configuration.refresh()
    answer = browse(world).get("/sources/new")
    assert answer.status_code == 200
    assert "新来源" in answer.text


def test_about_tells_of_the_chain_and_where_it_is_broken(world: World, browse: Browse) -> None:
    world.remember(make_notice(1))
    world.remember(make_notice(2))
    assert "unbroken" in browse(world).get("/about?lang=en").text
    with world.store.begin() as tx:
        tx.execute(update(chain).where(chain.c.number == 2).values(hash="0" * 64))
    assert "The chain is broken at link 2" in browse(world).get("/about?lang=en").text


def test_about_tells_what_the_last_verification_found(world: World, browse: Browse) -> None:
    world.remember(make_notice(1))
    assert "never read again" in browse(world).get("/about?lang=en").text
    with world.store.begin() as tx:
        verified.note(tx, Verified(T0 - 86400, links=2, flaws=0))
    assert "to link 2: everything is as it was written" in browse(world).get("/about?lang=en").text
    with world.store.begin() as tx:
        verified.note(tx, Verified(T0 - 3600, links=2, flaws=3))
    said = html.fromstring(browse(world).get("/about?lang=en").text)
    assert "3 flaws were found" in said.xpath("string(//*[@role='alert'])")


def test_about_examines_the_database_and_the_daemon_in_the_language_of_the_reader(world: World, browse: Browse) -> None:
    english, chinese = (browse(world).get(f"/about?lang={language}").text for language in ("en", "zh"))
    assert f"running, process {os.getpid()}" in english
    assert "schema current" in english
    assert f"正在运行，进程 {os.getpid()}" in chinese
    assert "库结构为最新" in chinese
    assert "schema current" not in chinese


def test_about_says_that_the_database_takes_no_write(world: World, browse: Browse, status: DaemonStatus) -> None:
    status.stored = None
    assert "the database cannot be written" in browse(world).get("/about?lang=en").text


def test_before_anything_was_seen_the_pictures_say_what_will_make_them(world: World, browse: Browse) -> None:
    page = html.fromstring(browse(world).get("/trends?lang=en").text)
    assert "Nothing to draw yet" in page.xpath("string(//*[@class='empty'])")
    assert page.xpath("//*[@id='kinds']") == []
    world.remember(make_notice(1))
    assert html.fromstring(browse(world).get("/trends").text).xpath("//*[@id='kinds']//*[local-name()='svg']")
