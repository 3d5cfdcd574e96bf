"""What is refused before a page is fetched, and what every platform has in common."""

from __future__ import annotations

import pickle
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler import platforms
from crawler.exceptions import ConfigError
from crawler.items import Column, Due, Page, PageClass, Source
from crawler.reading.address import url_key
from tests.platforms.conftest import NOW, URL


@pytest.mark.parametrize(
    ("column", "said"),
    [
        (
            {"platform": "telegraph"},
            "example/main: platform: unknown 'telegraph'; there are c_channel, easysite, feed, ",
        ),
        ({"options": {"colour": 1}}, "example/main: html.colour: unknown key"),
        ({"platform": "feed", "options": {"article": "book"}}, "example/main: feed.article"),
        ({"platform": "feed", "options": {"key": "title"}}, "example/main: feed.key"),
        ({"platform": "json"}, "example/main: json.url: Field required"),
        (
            {"platform": "json", "options": {"url": "{id}", "items": "data.["}},
            "example/main: json.items: 'data.[' is not a JMESPath",
        ),
        (
            {"platform": "json", "options": {"url": "https://x/{a b}"}},
            "example/main: json.url: 'a b' is not a JMESPath",
        ),
        (
            {"platform": "json", "options": {"url": "u", "article": {}}},
            "example/main: json.article.body: Field required",
        ),
        ({"links": "ul >> a["}, "example/main: links: 'ul >> a[' is not a CSS selector"),
        ({"body": "//div"}, "example/main: body: '//div' is not a CSS selector"),
    ],
)
def test_a_column_that_no_page_could_make_right_is_refused_by_name(
    source: Source, column: dict[str, Any], said: str
) -> None:
    with pytest.raises(ConfigError) as refused:
        platforms.check(source, Column.model_validate({"url": URL, **column}))
    assert str(refused.value).startswith(said)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("name", sorted(platforms.PLATFORMS))
@pytest.mark.parametrize("status", [404, 429, 503])
def test_an_error_answer_is_never_a_list(source: Source, name: str, status: int) -> None:
    column = Column(url=URL, platform=name, options={"url": "u"} if name == "json" else {})
    listing = platforms.read_list(Page(URL, status, b"<h1>Sorry</h1>", "text/html"), source, column)
    assert listing.page_class not in (PageClass.LIST, PageClass.FEED, PageClass.UNKNOWN)
    assert listing.why
    assert listing.links == ()


@pytest.mark.parametrize("name", sorted(platforms.PLATFORMS))
def test_a_challenge_in_place_of_a_list_is_called_one(source: Source, name: str) -> None:
    body = b"<html><script>document.cookie='k='+Date.now();location.reload()</script></html>"
    column = Column(url=URL, platform=name, options={"url": "u"} if name == "json" else {})
    listing = platforms.read_list(Page(URL, 521, body, "text/html"), source, column)
    assert listing.page_class is PageClass.CHALLENGE
    assert pickle.loads(pickle.dumps(listing)) == listing


def test_an_article_that_the_list_carried_is_read_without_a_page(source: Source) -> None:
    due = Due(
        "example/main",
        "https://news.example.org/1.html",
        "news.example.org/1.html",
        "留学生防骗指南",
        text="<p>接到自称大使馆的电话，先挂断，再按官网号码打回去。</p><p>不要把护照页拍给陌生人。</p>",
        published="2026-03-01T08:00:00+08:00",
        published_precision="minute",
    )
    article = platforms.read_article(Page(due.url, 200, b"", fetched_at=NOW), source, Column(url=URL), due)
    assert article.page_class is PageClass.ARTICLE
    assert article.key == due.key
    assert article.title == "留学生防骗指南"
    assert article.body.splitlines() == [
        "接到自称大使馆的电话，先挂断，再按官网号码打回去。",
        "不要把护照页拍给陌生人。",
    ]
    assert article.published
    assert (article.published.at, article.published.precision) == (due.published, "minute")


def test_a_document_under_two_addresses_is_listed_once(source: Source) -> None:
    rows = [("2026/tzgg/202602/t20260227_123456.html", "关于防范境外招工骗局的提醒")]
    rows += [("xw/t20260227_123457.html", "另一则提醒")]
    rows += [("2026/zxdt/202602/t20260227_123456.html", "关于防范境外招工骗局的提醒")]
    rows += [("old/t20120101_123457.html", "别的系统里编号相同的一篇")]
    items = ", ".join(f'{{"url": "/{url}", "title": "{title}"}}' for url, title in rows)
    column = Column(url=URL, platform="json", options={"url": "url", "title": "title"})
    links = platforms.read_list(Page(URL, 200, f"[{items}]".encode()), source, column).links
    assert [link.url.partition(".org/")[2] for link in links] == [rows[0][0], rows[1][0], rows[3][0]]
    assert links[0].key == url_key(links[0].url)  # as ever: a notice's id rests on it
    assert links[0].aliases == ("doc:news.example.org/trs/123456",)


def test_entries_that_share_an_address_stay_apart(source: Source) -> None:
    items = "".join(
        f"<item><guid isPermaLink='false'>change-{n}</guid><link>https://a.example/t20260227_123456.html</link>"
        f"<title>旅行提醒</title></item>"
        for n in range(3)
    )
    page = Page(URL, 200, f"<rss><channel>{items}</channel></rss>".encode())
    assert len(platforms.read_list(page, source, Column(url=URL, platform="feed")).links) == 3


PIECES = st.sampled_from(
    [
        *("<datastore>", "<nextgroup>", "<record>", "<![CDATA[", "]]>", "maxPageNum1=9", "datasource:abcdef01"),
        *("createPageHTML(2,0,'i','html')", "<script parseType=buildstatic querydata=\"{'a':'b'}\">"),
        *('<meta name="channelid" content="x">', '<a tagname="/x">下一页', '<link rel="next" href="?"/>', "<feed>"),
        *('{"data":', '{"next_url":', "[", "]", "}", '"', "\x00"),
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(platforms.PLATFORMS)), st.lists(PIECES | st.text(max_size=10), max_size=20))
def test_no_page_breaks_a_platform(name: str, pieces: list[str]) -> None:
    source = Source.model_validate({"id": "x", "name": "x", "authority": "media", "url": URL})
    column = Column(url=URL, platform=name, options={"url": "u"} if name == "json" else {})
    page = Page(f"{URL}index_1.html?page=1", 200, "".join(pieces).encode("utf-8", "replace"), fetched_at=NOW)
    listing = platforms.read_list(page, source, column)
    assert listing.links or listing.why
    for there in (platforms.next_page(page, column), platforms.entrance(page, column)):
        assert there is None or there.startswith("http")
