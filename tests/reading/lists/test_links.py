"""Items of a list without a selector, and the fingerprint of what a list links to."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.items import Link
from crawler.reading.lists.fingerprint import anchors_fingerprint
from crawler.reading.lists.links import MAX_ITEMS, infer_links

BASE = "https://www.example.gov.cn/tzgg/"
NOW = datetime(2026, 3, 5, 4, 0, tzinfo=UTC).timestamp()
TITLES = [
    "关于防范冒充快递客服诈骗的提示",
    "警方提醒：境外高薪岗位多为陷阱",
    "本市召开打击跨境犯罪协作会议",
    "三名潜逃海外嫌疑人回国投案",
    "请勿向陌生人出租银行卡和电话卡",
]
NAV = '<div class="nav"><ul class="menu">' + "".join(
    f'<li class="menu-item"><a href="/{n}/index.html">{t}</a></li>'
    for n, t in [
        ("xxgk", "信息公开"),
        ("zcfg", "政策法规"),
        ("bsfw", "办事服务"),
        ("hdjl", "互动交流"),
        ("wzdt", "地图"),
    ]
)
SIDE = '<div class="side"><h3>热点排行</h3><ul class="hot">' + "".join(
    f'<li><a href="/rd/2026/0{n}/1000{n}.html">热门话题之第{n}个大家都在看的故事</a></li>' for n in range(1, 8)
)
FOOT = '<div class="footer"><a href="/gywm.html">关于我们</a><a href="https://www.example.org/">友情链接</a></div>'


def html(items: str) -> str:
    return f"<html><body>{NAV}</ul></div><div class='main'>{items}</div>{SIDE}</ul></div>{FOOT}</body></html>"


def read(items: str, selector: str | None = None, base: str = BASE) -> tuple[Link, ...]:
    return infer_links(html(items), base, selector, "Asia/Shanghai", fetched_at=NOW)


def titles(links: tuple[Link, ...]) -> list[str]:
    return [link.title for link in links]


def day(link: Link) -> str | None:
    return link.published.at[:10] if link.published else None


LAYOUTS = {
    "ul": ("<ul>", '<li><a href="./202602/t20260211_{n}.html">{t}</a><span>{d}</span></li>', "</ul>"),
    "table": ("<table>", '<tr><td><a href="/art/2026/2/11/art_7_{n}.html">{t}</a></td><td>[{d}]</td></tr>', "</table>"),
    "cards": (
        "<div>",
        '<div class="c n{n}"><h3><a href="c/{n}.html">{t}</a></h3><p>一段摘要</p><em>{d}</em></div>',
        "</div>",
    ),
    "definition list": ("<dl>", '<dt><a href="content/post_{n}.html">{t}</a></dt><dd>{d}</dd>', "</dl>"),
    "whole card is the link": (
        "<section>",
        '<a class="k" href="/p/{n}.html"><h4>{t}</h4><time>{d}</time></a>',
        "</section>",
    ),
    "no container": ("", '<p><span>{d}</span> <a href="/x?docid={n}">{t}</a></p>', ""),
    "a highlighted row": (
        "<ul>",
        '<li class="li{n}"><a class="red" href="/n/{n}00001.html"><b>{t}</b></a>（{d}）</li>',
        "</ul>",
    ),
}


@pytest.mark.parametrize("layout", LAYOUTS, ids=str)
def test_exactly_the_items_are_found_whatever_the_markup(layout: str) -> None:
    before, row, after = LAYOUTS[layout]
    rows = (row.format(n=n, t=t, d=f"2026-02-1{n}") for n, t in enumerate(TITLES, 1))
    links = read(before + "".join(rows) + after)
    assert titles(links) == TITLES
    assert [day(link) for link in links] == [f"2026-02-1{n}" for n in range(1, 6)]
    assert all(link.url.startswith("https://www.example.gov.cn/") for link in links)
    assert len({link.key for link in links}) == 5


@pytest.mark.parametrize(
    ("printed", "read_as"),
    [
        ("2026-02-11", "2026-02-11"),
        ("(2026/2/1)", "2026-02-01"),
        ("2026.02.11", "2026-02-11"),
        ("2026年2月11日", "2026-02-11"),
        ("发布时间：2026-02-11 09:30", "2026-02-11"),
        ("[02-11]", "2026-02-11"),
        ("12-30", "2025-12-30"),
        ("3月4日", "2026-03-04"),
        ("11</b><i>2026-02</i><b>", "2026-02-11"),
        ("2031-01-01", None),
        ("0000-00-00", None),
        ("3分钟前", None),
        ("第 1/2 页", None),
        ("", None),
    ],
)
def test_a_date_is_what_the_item_prints_and_a_missing_year_is_the_latest_past_one(
    printed: str, read_as: str | None
) -> None:
    rows = "".join(f'<li><a href="/a/20260{n}.html">{t}</a><b>{printed}</b></li>' for n, t in enumerate(TITLES, 101))
    links = read(f"<ul>{rows}</ul>")
    assert titles(links) == TITLES
    assert [day(link) for link in links] == [read_as] * 5


def test_a_date_in_the_title_is_not_the_date_of_the_item() -> None:
    rows = "".join(f'<li><a href="/a/20260{n}.html">2025年1月17日{t}</a></li>' for n, t in enumerate(TITLES, 101))
    links = read(f"<ul>{rows}</ul>")
    assert titles(links) == [f"2025年1月17日{t}" for t in TITLES]
    assert [day(link) for link in links] == [None] * 5


def test_an_emptied_list_has_no_links_rather_than_navigation() -> None:
    assert read("<ul></ul>") == ()
    assert infer_links("", BASE, None, "Asia/Shanghai") == ()
    assert infer_links("<!-- nothing -->", BASE, None, "Asia/Shanghai") == ()


def test_a_picture_and_a_title_that_lead_to_one_place_are_one_link() -> None:
    rows = "".join(
        f'<li><a href="/a/20260{n}.html"><img alt="图" src="{n}.jpg"></a>'
        f'<a href="/a/20260{n}.html?from=timeline">{t}</a><a href="/a/20260{n}.html">详情&gt;&gt;</a></li>'
        for n, t in enumerate(TITLES, 101)
    )
    assert titles(read(f"<ul>{rows}</ul>")) == TITLES


def test_a_title_that_is_cut_is_taken_from_the_title_attribute() -> None:
    rows = "".join(f'<li><a href="/a/2026{n}.html" title="{t}">{t[:9]}…</a></li>' for n, t in enumerate(TITLES, 1001))
    assert titles(read(f"<ul>{rows}</ul>")) == TITLES


def test_a_hint_in_the_title_attribute_is_no_title() -> None:
    rows = "".join(f'<li><a href="/a/2026{n}.html" title="点击查看">{t}</a></li>' for n, t in enumerate(TITLES, 1001))
    assert titles(read(f"<ul>{rows}</ul>")) == TITLES


def test_a_label_before_a_title_is_not_an_item() -> None:
    rows = "".join(
        f'<li><a href="/lb/">[专题]</a><a href="/a/2026{n}.html">{t}</a></li>' for n, t in enumerate(TITLES, 1001)
    )
    assert titles(read(f"<ul>{rows}</ul>")) == TITLES


def test_addresses_that_cannot_be_fetched_are_left_out() -> None:
    wrong = "".join(
        f'<li><a href="{h}">{TITLES[0]}</a></li>' for h in ("javascript:a(10001)", "data:,10002", "mailto:a@b.c")
    )
    rows = "".join(f'<li><a href="/a/2026{n}.html">{t}</a></li>' for n, t in enumerate(TITLES, 1001))
    assert [link.url for link in read(f"<ul>{wrong}{rows}</ul>")] == [
        f"https://www.example.gov.cn/a/2026{n}.html" for n in range(1001, 1006)
    ]


def test_the_base_of_a_page_is_honoured() -> None:
    rows = "".join(f'<li><a href="./2026{n}.html">{t}</a></li>' for n, t in enumerate(TITLES, 1001))
    links = infer_links(f"<head><base href='/other/'></head><ul>{rows}</ul>", BASE, None, "Asia/Shanghai")
    assert links[0].url == "https://www.example.gov.cn/other/20261001.html"


def test_a_selector_may_name_anchors_or_what_holds_them() -> None:
    rows = "".join(f'<li><i><a href="/z/{n}">{n}</a></i><a href="/y/{n}">题 {n}</a></li>' for n in range(3))
    page = f'<ul class="odd">{rows}</ul>'
    assert titles(read(page, "ul.odd > li > a")) == ["题 0", "题 1", "题 2"]
    assert titles(read(page, "ul.odd li")) == ["题 0", "题 1", "题 2"]
    assert read(page, "ul.even a") == ()


def test_work_is_bounded_on_a_list_of_many_thousand_links() -> None:
    rows = "".join(f'<li><a href="/a/2026{n}.html">{TITLES[0]}第{n}号</a></li>' for n in range(30_000))
    assert len(read(f"<ul>{rows}</ul>")) == MAX_ITEMS


@pytest.mark.parametrize(
    "hostile",
    [
        "<div>" * 100_000,
        "<table><tr><td>" * 10_000,
        "<p " + " ".join(f'a{n}="1"' for n in range(60_000)) + ">",
        "<a href=/20261.html>" * 20_000,
        "<a href='" + "x" * 100_000 + "'>",
        f"<ul><li><a href=/20261.html>{' ' * 50_000}{'2026-' * 5_000}</a></li></ul>",
        "<a href=/20261.html title='\x00\ud800'>\x00",
        "<ul><li><a href='/" + "a-" * 1_000 + "'>" * 500,
        """<div onclick="open('/a/b.html')">""" * 20_000,
        "<a href='javascript:' onclick=\"" + "'/" * 50_000 + '">警方提醒市民注意</a>',
        "<script type='text/xml'>" * 20_000,
        "<record><![CDATA[" * 20_000,
        "<!-- <record " * 20_000,
        "<script>var a = [{" + "= [{" * 20_000,
        "<script>x = " + '[{"a":' * 20_000,
    ],
    ids=[
        "depth",
        "tables",
        "attributes",
        "unclosed",
        "long address",
        "white space",
        "control characters",
        "slugs",
        "clicks",
        "quotes",
        "scripts",
        "records",
        "comments",
        "assignments",
        "deep JSON",
    ],
)
def test_hostile_markup_is_read_or_left_but_never_fails(hostile: str) -> None:
    assert len(infer_links(hostile, BASE, None, "Asia/Shanghai", fetched_at=NOW)) <= MAX_ITEMS


# --------------------------------------------------------------------------------------------------------------------

PAGE = html(
    "<ul>" + "".join(f'<li><a href="/a/{n}.html">{t}</a><i>{n}</i></li>' for n, t in enumerate(TITLES)) + "</ul>"
)


@given(st.text(st.characters(blacklist_characters="<>", blacklist_categories=["Cs"])))
def test_what_stands_outside_links_does_not_change_the_fingerprint(counter: str) -> None:
    changed = PAGE.replace("<i>1</i>", f"<i>{counter}</i>").replace("<body>", f"<body><input value='{counter[:3]!r}'>")
    assert anchors_fingerprint(changed.encode()) == anchors_fingerprint(PAGE.encode())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('href="/a/1.html"', 'href="/a/9.html"'),
        (TITLES[1], TITLES[1] + "（更新）"),
        ("<ul><li>", f'<ul><li><a href="/a/77.html">{TITLES[0]}</a></li><li>'),
    ],
    ids=["address", "title", "item"],
)
@pytest.mark.parametrize("charset", ["utf-8", "gb18030"])
def test_a_new_address_title_or_item_changes_the_fingerprint(old: str, new: str, charset: str) -> None:
    assert PAGE.replace(old, new, 1) != PAGE
    assert anchors_fingerprint(PAGE.replace(old, new, 1).encode(charset)) != anchors_fingerprint(PAGE.encode(charset))


def test_tags_in_capitals_count_as_well() -> None:
    loud = "<HTML><BODY><A HREF='/1.html'>一</A> 读者 {} <A HREF='/2.html'>二</A> 人次 {}</BODY></HTML>"
    assert anchors_fingerprint(loud.format(1, 2).encode()) == anchors_fingerprint(loud.format(3, 4).encode())
    assert anchors_fingerprint(loud.format(1, 2).encode()) != anchors_fingerprint(loud.replace("二", "三").encode())


@pytest.mark.parametrize(
    "page",
    [
        """<html><a href='/'>首页</a><tr onclick="location.href='/d.jsp?id={}'"><td>公告</td></tr><i>{}</i></html>""",
        """<html><a href='/'>首页</a><li data-url='/d/{}.html'>公告</li><i>{}</i></html>""",
        """<html><a href='/'>首页</a><script>var d = [{{"title":"公告","url":"/{}"}}];</script><i>{}</i></html>""",
    ],
    ids=["click", "data attribute", "JSON"],
)
def test_what_a_script_lists_counts_and_a_counter_beside_it_does_not(page: str) -> None:
    assert anchors_fingerprint(page.format(1, 7).encode()) == anchors_fingerprint(page.format(1, 8).encode())
    assert anchors_fingerprint(page.format(1, 7).encode()) != anchors_fingerprint(page.format(2, 7).encode())


def test_a_feed_counts_from_its_first_entry() -> None:
    feed = "<?xml version='1.0'?><rss><lastBuildDate>{}</lastBuildDate><item><title>{}</title></item></rss>"
    assert anchors_fingerprint(feed.format(1, "a").encode()) == anchors_fingerprint(feed.format(2, "a").encode())
    assert anchors_fingerprint(feed.format(1, "a").encode()) != anchors_fingerprint(feed.format(1, "b").encode())


@pytest.mark.parametrize("body", [b'{"list": [%d]}', b"<html><body>%d</body></html>", b"plain %d"])
def test_what_has_no_links_counts_as_a_whole(body: bytes) -> None:
    assert anchors_fingerprint(body % 1) != anchors_fingerprint(body % 2)
