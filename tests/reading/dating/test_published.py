"""Which of a page's dates is that of publication, with its basis and precision."""

from __future__ import annotations

import time
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.items import Published
from crawler.reading.articles.around import Around
from crawler.reading.articles.article import article_from_text, read_article
from crawler.reading.articles.locate import parse
from crawler.reading.dating.dates import parse_date
from crawler.reading.dating.published import Said, of_archive, publication, settled
from tests.reading.pages import BODY, FETCHED, SOURCE, TITLE, due, html, page, paragraphs

ZONE = "Asia/Shanghai"
PLAIN = "http://a.example/1.html"


def ask(**known: object) -> Published | None:
    facts: dict[str, object] = {
        "zone": ZONE, "fetched_at": FETCHED, "url": PLAIN, "markup": "<html></html>",
        "meta": {}, "around": Around(), "lines": [], "listed": None,
    }  # fmt: skip
    return publication(Said(**(facts | known)))  # type: ignore[arg-type]


def said(**known: object) -> str | None:
    found = ask(**known)
    return found.at[:16] if found else None


def above(*blocks: str) -> Around:
    return Around(blocks)


def test_a_labelled_date_outranks_a_nearer_one_and_an_update() -> None:
    blocks = ("更新时间：2026-01-30", "2026-01-29 栏目", "来源：海城日报 发布时间：2026-01-20 09:05")
    assert said(around=Around(blocks)) == "2026-01-20T09:05"


def test_a_list_of_teasers_a_clock_and_an_event_are_not_the_date() -> None:
    blocks = (
        "现在是 2026-02-02 10:00:00",
        "消息一 2026-01-30 消息二 2026-01-29",
        "活动已于2026年1月28日结束，现将情况公布。",
        "版权所有 2010-2026 海ICP备20260120号",
    )
    assert said(around=Around(blocks)) is None


def test_printed_outranks_meta_and_the_time_of_the_same_day_is_taken() -> None:
    printed = above("2026-01-20 来源：海城日报")
    assert said(around=printed, meta={"pubdate": "2026-01-25 10:00"}) == "2026-01-20T00:00"
    assert said(around=printed, meta={"pubdate": "2026-01-15 10:00"}) == "2026-01-20T00:00"
    assert said(around=printed, meta={"pubdate": "2026-01-20 10:00"}) == "2026-01-20T10:00"


def test_a_bare_date_that_is_the_day_of_the_visit_yields_to_any_earlier_one() -> None:
    clock = above("2026年2月2日")
    assert said(around=clock) == "2026-02-02T00:00"
    assert said(around=clock, meta={"pubdate": "2026-01-20"}) == "2026-01-20T00:00"
    assert said(around=clock, url="http://a.example/202601/t20260120_1.html") == "2026-01-20T00:00"
    assert said(around=above("发布时间：2026年2月2日"), meta={"pubdate": "2026-01-20"}) == "2026-02-02T00:00"


def test_every_source_is_asked_in_the_documented_order() -> None:
    sources: dict[str, dict[str, object]] = {
        "2026-01-02": {"around": Around(("发布时间：2026-01-02",), ("发布时间：2026-01-11",))},
        "2026-01-04": {"meta": {"publishdate": "2026-01-04", "datemodified": "2026-01-17"}},
        "2026-01-05": {"markup": '{"datePublished": "2026-01-05"}'},
        "2026-01-06": {"lines": ["2026-01-06 海城日报", "正文。", "海城市公安局", "2026年1月13日"]},
        "2026-01-07": {"root": parse("<body><p>发布时间：2026-01-07</p></body>")},
        "2026-01-12": {"listed": parse_date("2026-01-12", ZONE)},
        "2026-01-16": {"url": "http://a.example/20260116/1.html"},
    }
    days = list(sources)
    for n, first in enumerate(days):
        known: dict[str, object] = {}
        for later in reversed(days[n:]):
            known |= sources[later]
        assert said(**known) == f"{first}T00:00"


def test_below_letter_and_dateline_come_before_the_address_and_an_update_last() -> None:
    url = "http://a.example/20260116/1.html"
    assert said(url=url, around=Around((), ("发布时间：2026-01-11",))) == "2026-01-11T00:00"
    assert said(url=url, lines=["正文。", "海城市公安局", "2026年1月13日"]) == "2026-01-13T00:00"
    assert said(url=url, lines=["新华社云州1月14日电（记者甲）正文。"]) == "2026-01-14T00:00"
    assert said(url=url, around=above("更新时间：2026-01-17 10:00")) == "2026-01-16T00:00"
    assert said(around=above("更新时间：2026-01-17 10:00")) == "2026-01-17T10:00"
    assert said(meta={"article:modified_time": "2026-01-18T10:00:00+08:00"}) == "2026-01-18T10:00"


@pytest.mark.parametrize(
    "name",
    [
        "pubdate",
        "publishdate",
        "firstpublishedtime",
        "article:published_time",
        "og:release_date",
        "datepublished",
        "dc.date.issued",
        "bt:pubdate",
    ],
)
def test_meta_tags_of_many_names_are_read(name: str) -> None:
    assert said(meta={name: "2026-01-20 09:05"}) == "2026-01-20T09:05"


def test_midnight_in_a_machines_field_is_a_day() -> None:
    found = ask(meta={"pubdate": "2026-01-20 00:00:00"})
    assert found
    assert found.precision == "day"


def test_the_future_is_passed_over_for_the_next_date() -> None:
    assert said(around=above("发布时间：2036-01-20"), meta={"pubdate": "2026-01-20"}) == "2026-01-20T00:00"
    assert said(meta={"pubdate": "2036-01-20", "publishdate": "2026-01-20"}) == "2026-01-20T00:00"
    assert said(url="http://a.example/20360120/1.html") is None


def test_impossible_dates_are_passed_over() -> None:
    assert (
        said(meta={"pubdate": "0000-00-00", "publishdate": "2026-02-30"}, url="http://a.example/20260120/1.html")
        == "2026-01-20T00:00"
    )


@pytest.mark.parametrize(
    ("printed", "known", "expected"),
    [
        ("发布时间：01-20 12:00", {"meta": {"dateupdate": "2026-01-25 10:00"}}, "2026-01-20T12:00"),
        ("发布时间：12-30 12:00", {"meta": {"dateupdate": "2026-01-05 10:00"}}, "2025-12-30T12:00"),
        ("发布时间：06-01 12:00", {"meta": {"dateupdate": "2026-01-05 10:00"}}, "2025-06-01T12:00"),
        ("发布时间：01-20 12:00", {"listed": parse_date("2026-01-21", ZONE)}, "2026-01-20T12:00"),
        ("发布时间：01-20 12:00", {"url": "http://a.example/20260121/1.html"}, "2026-01-20T12:00"),
        ("发布时间：12-31 23:59", {"url": "http://a.example/202601/1.html"}, "2025-12-31T23:59"),
        ("发布时间：1月20日 12:00", {"url": "http://a.example/2026/1.html"}, "2026-01-20T12:00"),
        ("发布时间：01-20 12:00", {"meta": {"pubdate": "2026-01-20"}}, "2026-01-20T12:00"),
        ("发布时间：01-20 12:00", {}, None),
        ("01-20 12:00", {}, None),
        ("发布时间：昨天 12:00", {}, None),
        ("发布时间：3小时前", {}, None),
    ],
)
def test_a_missing_year_comes_from_the_page_never_from_the_fetch(
    printed: str, known: dict[str, object], expected: str | None
) -> None:
    assert said(around=above(printed), **known) == expected


def test_yesterday_is_that_of_the_aggregators_snapshot() -> None:
    lines = ["发布时间：昨天 09:30", "正文。", "快照生成时间：2026-01-21 07:45:07"]
    assert said(lines=lines) == "2026-01-20T09:30"


def test_an_address_alone_says_that_it_is_the_addresss() -> None:
    found = ask(url="http://a.example/202601/t20260120_1.html")
    assert found
    assert (found.basis, found.precision) == ("url", "day")


def test_a_migrated_sites_address_does_not_date_the_text() -> None:
    assert (
        said(url="http://a.example/202601/t20260131_1.html", around=above("发布时间：2025-03-26 10:00"))
        == "2025-03-26T10:00"
    )


def test_a_page_that_says_nothing_has_no_date() -> None:
    assert said(markup="<html><body><p>没有日期</p></body></html>") is None
    assert said(lines=["2026年1月11日，二百四十四名嫌疑人被押解回国。", "案件正在侦办。"]) is None


# --------------------------------------------------------------------------------------------------------------------
# Whose date it is

ISSUE = parse_date("2023-11-19", ZONE)
CARRIED = parse_date("2023-11-22 09:05", ZONE)


def test_the_date_of_a_text_of_others_is_the_carriers() -> None:
    found = settled(CARRIED, None, ["2023-11-22 09:05 来源：公安部网站"], "公安部网站", ZONE)
    assert found
    assert (found.at[:16], found.basis) == ("2023-11-22T09:05", "carrier")


def test_the_named_newspapers_issue_is_the_origins() -> None:
    found = settled(CARRIED, ISSUE, [], "海城日报", ZONE)
    assert found
    assert (found.at[:10], found.precision, found.basis) == ("2023-11-19", "day", "origin")


@pytest.mark.parametrize(
    "line", ["2023-11-20 公安部网站", "转自：公安部网站 2023年11月20日", "来源：公安部网站 2023-11-20"]
)
def test_a_line_of_name_and_day_is_the_origins(line: str) -> None:
    for carried in (CARRIED, None):
        found = settled(carried, None, [line], "公安部网站", ZONE)
        assert found
        assert (found.at[:10], found.basis) == ("2023-11-20", "origin")


def test_an_origin_cannot_follow_its_carrier() -> None:
    early = parse_date("2023-11-01", ZONE)
    found = settled(early, None, ["2023-11-20 公安部网站"], "公安部网站", ZONE)
    assert found
    assert (found.at[:10], found.basis) == ("2023-11-01", "carrier")


def test_the_address_stays_the_addresss() -> None:
    url = Published("2023-11-22T00:00:00+08:00", "day", "url")
    assert settled(url, None, [], "公安部网站", ZONE) == url
    assert settled(None, None, [], "公安部网站", ZONE) is None


# --------------------------------------------------------------------------------------------------------------------
# Texts of archives, and whole pages


def test_an_archives_own_date_yields_to_an_earlier_one_that_the_text_prints() -> None:
    kept = parse_date("2026-01-22", ZONE)
    printed = of_archive(["标题", "发布时间 : 2026-01-20"], kept, ZONE)
    assert printed
    assert printed.at[:10] == "2026-01-20"
    assert of_archive(["发布时间：2026-01-30"], kept, ZONE) == kept
    assert of_archive(["2026年1月11日，警方通报。"], kept, ZONE) == kept
    finer = of_archive(["发布时间：2026-01-22 09:05"], kept, ZONE)
    assert finer
    assert finer.at[11:16] == "09:05"
    assert of_archive([], None, ZONE) is None


def test_a_text_without_any_date_is_not_dated_by_its_fetch() -> None:
    article = article_from_text(f"{TITLE}\n\n{BODY}\n\n今天下午，警方发布提醒。", fetched_at=FETCHED)
    assert article.published is None


@pytest.mark.parametrize(
    ("info", "head", "expected"),
    [
        ("发布时间：2026-01-20 09:05", "", "2026-01-20T09:05 minute"),
        ("<span>2026</span> <span>01/20</span> <span>09:05:07</span>", "", "2026-01-20T09:05 second"),
        (
            "<b>发布时间：</b><i>01-20</i> <i>09:05</i>",
            '<meta itemprop="dateUpdate" content="2026-01-21 10:00:57">',
            "2026-01-20T09:05 minute",
        ),
        ("发布时间：26-01-20 <i>09:05</i>", "", "2026-01-20T09:05 minute"),
        ("来源：海城市公安局", '<meta name="PubDate" content="2026-01-20 09:05">', "2026-01-20T09:05 minute"),
        ("来源：海城市公安局", '<meta name="PUBDATE" content="2026-01-20">', "2026-01-20T00:00 day"),
        ("发布时间：二〇二六年一月二十日", "", "2026-01-20T00:00 day"),
        ("發布日期：民國115年1月20日", "", "2026-01-20T00:00 day"),
        ("更新时间：2026-01-25 10:00", '<meta name="PubDate" content="2026-01-20 09:05">', "2026-01-20T09:05 minute"),
        ("<time datetime='2026-01-20T01:05:07Z'>今天</time>", "", "2026-01-20T01:05 second"),
        (
            "来源：海城市公安局",
            '<script type="application/ld+json">{"datePublished":"2026-01-20T09:05:07"}</script>',
            "2026-01-20T09:05 second",
        ),
        (
            "来源：海城市公安局",
            "<script>window.__STATE__={'publishTime':1768871107000}</script>",
            "2026-01-20T09:05 second",
        ),
        ("来源：海城市公安局", "", "2026-01-20T00:00 day"),
    ],
)
def test_whole_pages_are_dated_in_every_layout(info: str, head: str, expected: str) -> None:
    markup = html(f'<div class="TRS_Editor">{paragraphs()}</div>', info=info, head=head)
    article = read_article(page(markup), SOURCE, SOURCE.column[0], due())
    assert article.published
    assert f"{article.published.at[:16]} {article.published.precision}" == expected


def test_a_wires_text_is_dated_by_the_page_that_prints_its_own_date() -> None:
    body = paragraphs("新华社云州1月19日电（记者甲）" + BODY.splitlines()[0], *BODY.splitlines()[1:])
    article = read_article(page(html(f'<div class="TRS_Editor">{body}</div>')), SOURCE, SOURCE.column[0], due())
    assert article.published
    assert article.published.at[:16] == "2026-01-20T09:05"


@given(
    st.lists(st.text(alphabet="发布时间更新：2026年1月20日3-/. 昨天前新华社电局。0:", max_size=60), max_size=8),
    st.dictionaries(st.sampled_from(["pubdate", "datemodified", "date"]), st.text(alphabet="20361-: TZ+", max_size=25)),
    st.text(alphabet="/20361-_t.html", max_size=40),
)
def test_whatever_a_page_says_its_date_is_never_in_the_future(
    lines: list[str], meta: dict[str, str], path: str
) -> None:
    found = ask(
        around=Around(tuple(lines[:4]), tuple(lines[4:])), lines=lines, meta=meta, url=f"http://a.example/{path}"
    )
    assert found is None or datetime.fromisoformat(found.at).timestamp() <= FETCHED + 86_400


@pytest.mark.parametrize(
    "markup",
    [
        "<p>" + "发布时间：" * 50_000 + "</p>",
        "<div>发布时间：" * 3_000 + "2026",
        "<p>" + "2026-01-2 " * 50_000 + "</p>",
        '<script>"publishTime":"' * 20_000,
        "<time>1</time>" * 20_000,
    ],
    ids=["labels", "nested", "dates", "keys", "times"],
)
def test_a_hostile_page_is_dated_in_time(markup: str) -> None:
    before = time.process_time()
    lines = [markup[:200_000]] * 3
    ask(root=parse(f"<html><body>{markup}</body></html>"), markup=markup, lines=lines, title="发布时间：发布时间：")
    assert time.process_time() - before < 5
