"""Feeds of every kind, also broken and hostile ones."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler import platforms
from crawler.items import Column, Due, Link, Page, PageClass, Source
from tests.platforms.conftest import NOW, URL, Read

RSS = '<?xml version="1.0" encoding="{e}"?><rss version="2.0"><channel><title>例</title>{items}</channel></rss>'
ATOM = '<feed xmlns="http://www.w3.org/2005/Atom">{items}</feed>'
RDF = (
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="x"/>{items}</rdf:RDF>'
)


def rss(items: str, encoding: str = "utf-8") -> str:
    return RSS.format(e=encoding, items=items)


def item(link: str = "/1.html", title: str = "提醒", more: str = "") -> str:
    return f"<item><title>{title}</title><link>{link}</link>{more}</item>"


def only(listing_links: tuple[Link, ...]) -> Link:
    assert len(listing_links) == 1
    return listing_links[0]


FEEDS = {
    "RSS 2.0": rss(item("https://a.example/1", "甲", "<pubDate>Sun, 01 Mar 2026 08:30:00 +0800</pubDate>")),
    "RSS 0.91": f"<rss version='0.91'><channel>{item('https://a.example/1', '甲')}</channel></rss>",
    "RSS 1.0": RDF.format(
        items="<item rdf:about='https://a.example/1'><title>甲</title><dc:date>2026-03-01T08:30:00+08:00</dc:date></item>"
    ),
    "Atom": ATOM.format(
        items="<entry><id>tag:a.example,2026:1</id><title type='html'>&lt;b&gt;甲&lt;/b&gt;</title>"
        "<updated>2026-03-01T00:30:00Z</updated>"
        "<link rel='self' href='https://a.example/1.atom'/><link href='https://a.example/1'/></entry>"
    ),
    "JSON Feed": json.dumps(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "items": [{"id": "1", "url": "https://a.example/1", "title": "甲"}],
        }
    ),
    "guid as link": rss("<item><title>甲</title><guid>https://a.example/1</guid></item>"),
}


def test_a_title_that_is_a_link_says_where_the_entry_is_read(read: Read) -> None:
    title = '&lt;a href="https://a.example/alerts/1" hreflang="en"&gt;Job offers &amp;amp; traps&lt;/a&gt;'
    link = only(read("feed", rss(item("https://a.example/%253Ca%2520href%253D", title))).links)
    assert (link.url, link.title) == ("https://a.example/alerts/1", "Job offers & traps")


@pytest.mark.parametrize("name", FEEDS, ids=str)
def test_every_format_gives_the_same_link(read: Read, name: str) -> None:
    listing = read("feed", FEEDS[name])
    link = only(listing.links)
    assert (listing.page_class, listing.why) == (PageClass.FEED, "")
    assert (link.url, link.key, link.title, link.text) == ("https://a.example/1", "a.example/1", "甲", None)


@pytest.mark.parametrize(
    ("written", "at", "precision"),
    [
        ("Sun, 01 Mar 2026 08:30:15 +0800", "2026-03-01T08:30:15+08:00", "second"),
        ("Sun, 01 Mar 2026 08:30 GMT", "2026-03-01T08:30:00+00:00", "minute"),
        ("2026-03-01T08:30:15Z", "2026-03-01T08:30:15+00:00", "second"),
        ("2026-03-01 08:30:15", "2026-03-01T08:30:15+08:00", "second"),
        ("2026-03-01", "2026-03-01T00:00:00+08:00", "day"),
        ("Sun, 01 Mar 2026 00:00:00 +0800", "2026-03-01T00:00:00+08:00", "day"),
        ("1772325015", "2026-03-01T08:30:15+08:00", "second"),
        ("1772325015000", "2026-03-01T08:30:15+08:00", "second"),
        ("2036-01-01 00:00", None, None),
        ("0000-00-00", None, None),
        ("99999-99-99", None, None),
        ("Sun, 99 Mar 2026 08:30:15 +0800", None, None),
        ("soon", None, None),
        ("9" * 5000, None, None),
    ],
)
def test_a_date_is_as_exact_as_it_is_written(read: Read, written: str, at: str | None, precision: str | None) -> None:
    published = only(read("feed", rss(item(more=f"<pubDate>{written}</pubDate>"))).links).published
    assert (published and published.at, published and published.precision) == (at, precision)


def test_a_gb2312_feed_is_read_by_its_own_word_or_without_one(read: Read) -> None:
    for encoding in ("GB2312", "utf-8"):
        link = only(read("feed", rss(item(title="镕基路派出所提醒"), encoding).encode("gb18030")).links)
        assert link.title == "镕基路派出所提醒"


def test_links_are_resolved_against_the_feed_or_its_base(read: Read) -> None:
    assert only(read("feed", rss(item("../2.html"))).links).url == "https://news.example.org/2.html"
    based = ATOM.format(items='<entry><link href="3"/></entry>').replace(
        "<feed", '<feed xml:base="https://b.example/x/"'
    )
    assert only(read("feed", based).links).url == "https://b.example/x/3"


def test_an_entry_without_link_and_id_is_skipped_and_counted(read: Read) -> None:
    listing = read("feed", rss(item() + "<item><title>无处可读</title></item>" + item("javascript:alert(1)")))
    assert [link.url for link in listing.links] == ["https://news.example.org/1.html"]
    assert listing.why == "2 of 3 rows name no usable address"


def test_one_entry_listed_twice_is_one_link(read: Read) -> None:
    guid = "<guid isPermaLink='false'>7</guid>"
    assert only(read("feed", rss(item(more=guid) * 2)).links).key == "news.example.org/1.html"


def test_entries_that_share_a_link_are_told_apart_by_their_ids(read: Read) -> None:
    entries = "".join(item("/country", more=f"<guid isPermaLink='false'>{n}</guid>") for n in (1, 2))
    assert [link.key for link in read("feed", rss(entries)).links] == ["example:1", "example:2"]
    assert [link.key for link in read("feed", rss(entries), key="link").links] == ["news.example.org/country"]


def test_an_id_that_marks_a_change_of_its_link_is_the_key_even_when_alone(read: Read) -> None:
    entry = "<entry><id>https://a.example/land#2026-03-01</id><link href='https://a.example/land'/></entry>"
    assert only(read("feed", ATOM.format(items=entry)).links).key == "example:https://a.example/land#2026-03-01"


def test_the_text_of_an_entry_is_carried_only_where_it_is_the_article(read: Read) -> None:
    full = "<content:encoded xmlns:content='http://purl.org/rss/1.0/modules/content/'><![CDATA[<p>全文在此。</p>]]></content:encoded>"
    feed = rss(item(more=f"<description>摘要</description>{full}"))
    assert only(read("feed", feed).links).text is None
    assert only(read("feed", feed, article="entry").links).text == "<p>全文在此。</p>"
    xhtml = "<entry><id>x</id><link href='/1'/><summary type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'><p>短</p></div></summary></entry>"
    assert "<p>短</p>" in str(only(read("feed", ATOM.format(items=xhtml), article="entry").links).text)


def test_an_entry_read_in_place_needs_no_link_and_no_title(read: Read) -> None:
    entry = "<item><guid isPermaLink='false'>n5</guid><description>出境前请核实用工单位。</description></item>"
    link = only(read("feed", rss(entry), article="entry").links)
    assert (link.url, link.key, link.title) == (URL, "example:n5", "出境前请核实用工单位。")


def test_an_article_may_be_fetched_as_json_beside_its_page(read: Read, source: Source) -> None:
    options: dict[str, Any] = {
        "fetch_url": "https://api.example.org{path}",
        "article": {"body": "parts[].html", "title": "name"},
    }
    link = only(read("feed", rss(item("/land?x=1")), **options).links)
    assert (link.url, link.fetch_url) == ("https://news.example.org/land?x=1", "https://api.example.org/land")
    document = {
        "name": "某地安全提示",
        "path": "/land",
        "parts": [{"html": "<p>第一部分写给旅客。</p>"}, {"html": "<p>第二部分写给家属。</p>"}],
    }
    page = Page("https://api.example.org/land", 200, json.dumps(document).encode(), fetched_at=NOW)
    due = Due("example/main", page.url, link.key, link.title, shown=link.url)
    article = platforms.read_article(page, source, Column(url=URL, platform="feed", options=options), due)
    assert (article.page_class, article.title, article.key) == (PageClass.ARTICLE, "某地安全提示", link.key)
    assert article.url == link.url
    assert article.body == "第一部分写给旅客。\n第二部分写给家属。"


def test_what_is_not_well_formed_is_read_as_far_as_it_goes(read: Read) -> None:
    broken = rss(
        item("/1?a=1&b=2", "甲 &nbsp;&copy; 乙 & 丙") + "<item><title>丁</titel><link>/2</link></item>" + item("/3")
    )[:-20]
    listing = read("feed", "\n<!-- made by hand -->" + broken)
    assert [link.url.rpartition("/")[2] for link in listing.links] == ["1?a=1&b=2", "2", "3"]
    assert listing.links[0].title == "甲 © 乙 & 丙"
    assert listing.why.startswith("not well-formed, line ")


@pytest.mark.parametrize(
    "declared",
    ['<!ENTITY x SYSTEM "file:///etc/passwd">', '<!ENTITY x "' + "y" * 10_000 + '">'],
    ids=["file", "expansion"],
)
def test_a_feed_that_declares_entities_is_refused(read: Read, declared: str) -> None:
    listing = read("feed", f"<?xml version='1.0'?><!DOCTYPE rss [{declared}]>" + rss(item(title="&x;" * 1000))[38:])
    assert (listing.page_class, listing.links) == (PageClass.ERROR, ())
    assert "entities" in listing.why


def test_nothing_is_included_from_elsewhere(read: Read) -> None:
    inside = '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd" parse="text"/>'
    assert only(read("feed", rss(item(title=inside))).links).title == ""


def test_depth_and_length_are_bounded(read: Read) -> None:
    assert read("feed", rss(item() + "<item>" + "<b>" * 100_000)).links[0].url == "https://news.example.org/1.html"
    many = read("feed", rss("".join(item(f"/{n}.html") for n in range(2_000))))
    assert len(many.links) == 500


def test_a_page_in_place_of_a_feed_is_not_an_empty_feed(read: Read) -> None:
    listing = read("feed", "<html><body>" + "<p>欢迎来到海城，这里是城市的门户，欢迎常来。</p>" * 40 + "</body></html>")
    assert listing.page_class is PageClass.UNKNOWN
    assert listing.why.startswith("not a feed")


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300))
def test_no_text_breaks_the_reader(text: str) -> None:
    source = Source.model_validate({"id": "x", "name": "x", "authority": "media", "url": URL})
    column = Column(url=URL, platform="feed")
    for body in (
        text,
        rss(text),
        rss(item(text, text, f"<pubDate>{text}</pubDate>")),
        ATOM.format(items=text),
        "{" + text,
    ):
        listing = platforms.read_list(Page(URL, 200, body.encode("utf-8", "replace"), fetched_at=NOW), source, column)
        assert listing.links or listing.why


@pytest.mark.parametrize(
    ("feed", "there"),
    [  # RFC 5005, sections 3 and 4; JSON Feed 1.1
        ('<feed xmlns="http://www.w3.org/2005/Atom"><link rel="next" href="?page=2"/></feed>', f"{URL}?page=2"),
        (
            '<feed xmlns="http://www.w3.org/2005/Atom"><link rel="prev-archive" href="/2025.xml"/></feed>',
            "https://news.example.org/2025.xml",
        ),
        (
            '<rss xmlns:a="http://www.w3.org/2005/Atom"><channel><a:link rel="next" href="p2.xml"/></channel></rss>',
            f"{URL}p2.xml",
        ),
        ('<feed xmlns="http://www.w3.org/2005/Atom"><entry><link rel="next" href="/x"/></entry></feed>', None),
        ('{"version": "https://jsonfeed.org/version/1.1", "next_url": "p2.json", "items": []}', f"{URL}p2.json"),
        ('{"items": [], "next_url": null}', None),
        ("{oops", None),
        ("<rss></rss>", None),
    ],
)
def test_a_feed_may_name_its_older_entries(feed: str, there: str | None) -> None:
    page = Page(URL, 200, feed.encode(), fetched_at=NOW)
    assert platforms.next_page(page, Column(url=URL, platform="feed")) == there
