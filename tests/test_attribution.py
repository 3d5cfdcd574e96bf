"""From a page's bytes to the remembered origin: who is believed, who is linked, who is found out."""

from __future__ import annotations

from crawler.archive import Document, in_lines, read, read_page
from crawler.config.catalogue import Catalogue
from crawler.intake import take_in, understand
from crawler.items import Change, Origin, Page, PageClass, Reason, Source, notice_json
from crawler.judging.judge import alertable
from crawler.store import Store
from crawler.store.wire import notices

TITLE = "安宁部提示：警惕境外高薪招工骗局"
PARAGRAPHS = (
    "近期，有不法分子以境外高薪招工为名，诱骗群众前往缅甸从事电信网络诈骗活动，已有32名群众被解救回国。",
    "被骗人员抵达后即被没收证件、限制人身自由，在武装看押下对国内群众实施诈骗，完不成业绩的遭到殴打。",
    "安宁部提醒：请广大群众切勿轻信境外高薪招工广告，不要偷越国境，如遇险情请及时拨打12308热线求助。",
)
HOMES = {"minsec": ("安宁部", "ministry"), "paper": ("江边日报", "media"), "jiangan": ("江畔安全", "account")}
CATALOGUE = Catalogue.of(
    Source.model_validate(
        {"id": i, "name": n, "authority": a, "aliases": [n + "网站"], "url": f"https://{i}.example/l/"}
    )
    for i, (n, a) in HOMES.items()
)


def page(url: str, *, head: str = "", source: str = "", tail: str = "", charset: str = "utf-8") -> Page:
    text = "".join(f"<p>{p}</p>" for p in PARAGRAPHS)
    facts = f'<div class="info">2026-01-20 09:10 {source}</div>'
    body = f'<h1>{TITLE}</h1>{facts}<div class="TRS_Editor">{text}{tail}</div>'
    html = f'<html><head><meta charset="{charset}"><title>{TITLE}</title>{head}</head><body>{body}</body></html>'
    return Page(url, 200, html.encode(charset), "text/html", fetched_at=1_769_000_000.0)


def origin_of(given: Page) -> tuple[Origin, bool, tuple[Reason, ...]]:
    found = read_page(given, CATALOGUE)
    assert found.article.page_class is PageClass.ARTICLE, found.article.why
    origin, verdict = understand(found.article, found.source, prior=None, catalogue=CATALOGUE)
    return origin, alertable(origin, verdict), tuple(r for r in verdict.reasons if r.field == "origin")


def take(store: Store, given: Page, now: float) -> Change:
    found = read_page(given, CATALOGUE)
    with store.begin() as tx:
        return take_in(
            tx,
            found.article,
            page=given,
            catalogue=CATALOGUE,
            source=found.source,
            column=None,
            key=found.article.key,
            now=now,
            baseline=False,
        )


ORIGINAL = page("https://minsec.example/1.html", source="信息来源：安宁部")
REPRINT = page("https://paper.example/1.html", source="来源：江边日报", tail="<p>（来源：安宁部网站）</p>")
STRANGER = page("https://blog.example/1.html", tail="<p>（来源：安宁部网站）</p>")
PRETENDER = page("https://tips.example/1.html", head='<meta name="SiteName" content="中华人民共和国公安部">')


def test_a_reprint_in_gbk_names_its_origin_and_its_way() -> None:
    given = page(
        "https://paper.example/1.html", source="来源：江边日报", tail="<p>（来源：安宁部网站）</p>", charset="gbk"
    )
    origin, alert, (reason,) = origin_of(given)
    assert origin == Origin("安宁部网站", "minsec", "ministry", True, claimed_only=True, via=("江边日报",))
    assert (alert, reason.because) == (True, "（来源：安宁部网站）")


def test_a_strangers_word_for_an_office_does_not_alert() -> None:
    origin, alert, _ = origin_of(STRANGER)
    assert (origin.name, origin.official, origin.claimed_only, alert) == ("安宁部网站", False, True, False)


def test_a_page_that_calls_itself_a_ministry_is_found_out_and_its_notice_says_so() -> None:
    origin, alert, (reason,) = origin_of(PRETENDER)
    assert (origin.name, origin.spoofed, origin.official, alert) == ("tips.example", True, False, False)
    assert reason == Reason("origin", "spoofed", "calls itself 中华人民共和国公安部, which is not at tips.example")


def test_a_title_that_ends_in_an_offices_name_is_a_claim_to_be_it() -> None:
    given = page("http://203.0.113.7/1.html", head="</head><head>")
    given = Page(given.url, 200, given.body.replace(b"</title>", "-公安部官网</title>".encode()), "text/html")
    origin, _, _ = origin_of(given)
    assert origin.spoofed


def test_a_public_account_is_known_by_its_name() -> None:
    url = "https://mp.weixin.qq.com/s/abcdefghijklmnopqrstuv"
    text = "".join(f"<p>{p}</p>" for p in PARAGRAPHS)
    script = '<script>var ct = "1768900000"; var nickname = htmlDecode("江畔安全");</script>'
    html = f'<h1 id="activity-name">{TITLE}</h1><div id="js_content">{text}<p>（来源：安宁部网站）</p></div>{script}'
    origin, alert, _ = origin_of(Page(url, 200, html.encode(), "text/html; charset=utf-8", fetched_at=1_769_000_000.0))
    assert (origin.source, origin.official, origin.via, alert) == ("minsec", True, ("江畔安全",), True)


def test_a_claimed_origin_is_linked_when_the_original_is_seen(store: Store) -> None:
    first = take(store, REPRINT, 1.0).notice
    assert (first.origin.claimed_only, first.alertable) == (True, True)
    second = take(store, ORIGINAL, 2.0)
    assert (second.notice.id, second.event) == (first.id, None)
    with store.read() as tx:
        kept = notices.get(tx, first.id)
    assert kept.origin == Origin("安宁部", "minsec", "ministry", True)
    assert kept.url == ORIGINAL.url
    assert {s.url: s.role for s in kept.sightings} == {REPRINT.url: "reprint", ORIGINAL.url: "original"}


def test_what_a_stranger_or_a_pretender_said_first_alerts_when_a_known_carrier_says_it(store: Store) -> None:
    for first in (STRANGER, PRETENDER):
        change = take(store, first, 1.0)
        assert not change.notice.alertable
    change = take(store, REPRINT, 2.0)
    assert (change.event, change.notice.origin.official, change.notice.origin.spoofed) == ("notice.new", True, False)
    assert take(store, ORIGINAL, 3.0).event is None


def test_the_way_and_the_pretence_are_remembered(store: Store) -> None:
    for given in (REPRINT, PRETENDER):
        change = take(store, given, 1.0)
        with store.read() as tx:
            kept = notices.get(tx, change.notice.id)
        assert kept.origin == change.notice.origin
        said = notice_json(kept)["origin"]
        assert (said["via"], said["spoofed"]) == (list(kept.origin.via), kept.origin.spoofed)


def test_a_notice_that_was_believed_is_believed_when_its_export_is_read_again() -> None:
    line = (
        f'{{"url": "https://mp.weixin.qq.com/s/abcdefghijklmnopqrstuv", "title": "{TITLE}", "body": "{PARAGRAPHS[0]}",'
        '"origin": {"name": "公安部网站", "source": null, "official": true, "via": ["江畔月报"]},'
        '"sightings": [{"url": "https://mp.weixin.qq.com/s/abcdefghijklmnopqrstuv", "source": null}]}'
    )
    (document,) = in_lines([line.encode()], "x")
    assert isinstance(document, Document)
    found = read(document, CATALOGUE)
    origin, _ = understand(found.article, found.source, prior=None, catalogue=CATALOGUE)
    assert (origin.name, origin.official, origin.claimed_only, origin.via) == ("公安部网站", True, True, ("江畔月报",))
