"""Web pages as lists."""

from __future__ import annotations

from crawler import platforms
from crawler.items import Column, Page, PageClass, Source
from tests.platforms.conftest import NOW, URL, Read

ROWS = "".join(
    f'<li><a href="2026{n}.html">边境城市反诈宣传周第{n}场活动</a><i>2026-02-0{n}</i></li>' for n in range(1, 6)
)


def test_links_are_inferred_and_the_page_may_be_gbk_without_saying_so(read: Read) -> None:
    listing = read("html", f"<ul>{ROWS}</ul>".encode("gb18030"))
    assert listing.page_class is PageClass.LIST
    assert [link.title for link in listing.links] == [f"边境城市反诈宣传周第{n}场活动" for n in range(1, 6)]
    assert listing.why == ""


def test_a_list_without_items_says_why(read: Read) -> None:
    listing = read("html", "<ul><li><a href='/'>首页</a></li></ul>" + "<p>本栏目暂无内容，请稍后再来。</p>" * 30)
    assert (listing.page_class, listing.links) == (PageClass.LIST, ())
    assert "no group of links" in listing.why


def test_a_selector_that_matches_nothing_says_what_inference_would_find(source: Source) -> None:
    column = Column(url=URL, links="div.gone a")
    listing = platforms.read_list(Page(URL, 200, f"<ul>{ROWS}</ul>".encode(), fetched_at=NOW), source, column)
    assert listing.links == ()
    assert listing.why == "links = 'div.gone a' matches nothing; without it 5 items would be inferred"


def test_a_feed_at_the_address_of_a_page_is_read_as_one(read: Read) -> None:
    listing = read("html", "<rss><channel><item><title>一</title><link>/1.html</link></item></channel></rss>")
    assert listing.page_class is PageClass.FEED
    assert [link.url for link in listing.links] == ["https://news.example.org/1.html"]
