"""Every format, read back by an independent reader."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import feedparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree, html

from feeds import safe_text
from feeds.entries import EPOCH, Chain, Entry, Feed, Gone, Imprint, of_notice
from feeds.formats import FORMATS, opml, render
from tests.feeds.world import make_notice

IMPRINT = Imprint("http://127.0.0.1:8750", "fenghuo.example", {"bsa": "边海安全部"})
ATOM = "{http://www.w3.org/2005/Atom}"
ANY_TEXT = st.text(st.characters(exclude_categories=()))  # lone surrogates too
HOSTILE = {
    "cdata": "a]]>b",
    "nul": "a\0b",
    "surrogate": "a\ud800b",
    "noncharacter": "a\ufffeb",
    "vertical tab": "a\x0bb",
    "script": "<script>alert(1)</script>",
    "entity": "&xxe; &#0; &lt;",
    "megabyte": "很长" * 500_000,
    "template": "{{7*7}} %s {0} ${HOME}",
    "blank": " \n\t ",
}


def feed_of(*notices: Any) -> Feed:
    return Feed("all", "烽火 · 全部 | Fenghuo: all", IMPRINT, tuple(of_notice(n, IMPRINT) for n in notices))


def read(body: bytes, suffix: str) -> list[dict[str, Any]]:
    """Items as (id, title, link, html), whatever the format."""
    if suffix == "json":
        items = json.loads(body)["items"]
        return [{"id": i["id"], "title": i["title"], "link": i["url"], "html": i["content_html"]} for i in items]
    parsed = feedparser.parse(body, sanitize_html=False)
    assert not parsed.bozo, parsed.get("bozo_exception")
    return [{"id": e.id, "title": e.title, "link": e.link, "html": e.content[0].value} for e in parsed.entries]


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_reader_finds_every_notice_in_order(suffix: str) -> None:
    found = read(render(feed_of(make_notice(2), make_notice(1)), suffix)[0], suffix)
    assert [i["title"] for i in found] == [make_notice(2).title, make_notice(1).title]
    assert found[0]["link"] == "https://bsa.example/tips/2.html"
    assert "<p>近来有人以高薪客服为名招人出境。</p>" in found[0]["html"]
    assert len({i["id"] for i in found}) == 2


@pytest.mark.parametrize("suffix", FORMATS)
def test_the_same_notices_give_the_same_bytes(suffix: str) -> None:
    first, second = (render(feed_of(make_notice(1), make_notice(2)), suffix)[0] for _ in range(2))
    assert first == second


@pytest.mark.parametrize("suffix", FORMATS)
def test_an_empty_feed_is_well_formed_and_was_never_updated(suffix: str) -> None:
    empty = feed_of()
    assert empty.updated == EPOCH
    assert read(render(empty, suffix)[0], suffix) == []


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_notice_is_harmless_and_its_neighbours_are_published(suffix: str, text: str) -> None:
    bad = make_notice(2, title=text, body=text[:10_000])
    found = read(render(feed_of(make_notice(3), bad, make_notice(1)), suffix)[0], suffix)
    assert [i["id"] for i in found] == [IMPRINT.tag(f"notice/ntc_{n:020d}") for n in (3, 2, 1)]
    assert found[0]["title"] == make_notice(3).title
    assert "<script" not in found[1]["html"]
    assert 0 < len(found[1]["title"]) <= 310


@pytest.mark.parametrize("suffix", FORMATS)
def test_an_entry_that_a_format_cannot_carry_is_left_out_alone(suffix: str) -> None:
    whole = feed_of(make_notice(3), make_notice(2), make_notice(1))
    poisoned = replace(whole.entries[1], title="\0", id="\ud800")
    body, left_out = render(replace(whole, entries=(whole.entries[0], poisoned, whole.entries[2])), suffix)
    assert [i["title"] for i in read(body, suffix)] == [make_notice(3).title, make_notice(1).title]
    assert left_out == (poisoned,)


def test_a_description_of_rss_is_html_that_shows_the_text_and_does_nothing_else() -> None:
    hostile = "<script>alert(1)</script> & <b>x</b> &lt;"
    root = etree.fromstring(render(feed_of(make_notice(1, title="x", body=hostile)), "rss")[0])
    shown = html.fromstring(f"<div>{root.findtext('channel/item/description')}</div>")
    assert (shown.text_content(), len(shown)) == (hostile, 0)


def test_plain_text_of_rss_is_encoded_by_number_as_its_profile_wants() -> None:
    body = render(feed_of(make_notice(1, title="a <b> & c")), "rss")[0]
    assert b"<title>a &#x3C;b&#x3E; &#x26; c</title>" in body
    assert b"&lt;p&gt;" in body  # HTML keeps its names


@settings(max_examples=60)
@given(title=ANY_TEXT, body=ANY_TEXT)
def test_any_text_round_trips_through_xml(title: str, body: str) -> None:
    entry = of_notice(make_notice(1, title=title, body=body), IMPRINT)
    for suffix, path in (("atom", f"{ATOM}entry/{ATOM}title"), ("rss", "channel/item/title")):
        root = etree.fromstring(render(Feed("all", "t", IMPRINT, (entry,)), suffix)[0])
        assert root.findtext(path) == entry.title
    assert json.loads(render(Feed("all", "t", IMPRINT, (entry,)), "json")[0])["items"][0]["title"] == entry.title


@given(ANY_TEXT)
def test_sound_text_is_text_that_xml_takes(text: str) -> None:
    element = etree.Element("t")
    element.text = safe_text.sound(text)
    assert safe_text.sound(safe_text.sound(text)) == safe_text.sound(text)


def atom_entry(entry: Entry) -> Any:
    body, _ = render(Feed("alerts", "t", IMPRINT, (entry,)), "atom")
    return etree.fromstring(body).find(f"{ATOM}entry")


def test_atom_says_who_when_where_and_what_about() -> None:
    notice = make_notice(1)
    element = atom_entry(of_notice(notice, IMPRINT))
    assert element.findtext(f"{ATOM}id") == f"tag:fenghuo.example,2025:notice/{notice.id}"
    assert element.findtext(f"{ATOM}published") == "2025-06-15T00:00:00+08:00"
    assert element.findtext(f"{ATOM}updated") == "2025-06-15T15:06:41+00:00"
    assert element.findtext(f"{ATOM}author/{ATOM}name") == "边海安全部"
    assert element.find(f"{ATOM}content").get("type") == "html"
    terms = {(c.get("scheme"), c.get("term")) for c in element.findall(f"{ATOM}category")}
    assert {("urn:fenghuo:kind", "warning"), ("urn:fenghuo:place", "MM"), ("urn:fenghuo:scam", "job-lure")} <= terms


def test_atom_links_reprints_as_via_beside_the_original() -> None:
    notice = make_notice(1)
    copy = replace(notice.sightings[0], url="https://daily.example/9?a=1&b=2", role="reprint", source="daily")
    element = atom_entry(of_notice(replace(notice, sightings=(*notice.sightings, copy)), IMPRINT))
    links = [(link.get("rel"), link.get("href")) for link in element.findall(f"{ATOM}link")]
    assert links == [("alternate", notice.url), ("via", "https://daily.example/9?a=1&b=2")]


def test_rss_keeps_to_the_profile() -> None:
    root = etree.fromstring(render(feed_of(make_notice(1)), "rss")[0])
    channel, item = root.find("channel"), root.find("channel/item")
    assert channel.findtext("link") == "http://127.0.0.1:8750/"
    assert channel.find(f"{ATOM}link").get("href") == "http://127.0.0.1:8750/feeds/all.rss"
    assert channel.findtext("language") == "zh-CN"
    assert channel.findtext("lastBuildDate") == "Sun, 15 Jun 2025 15:06:41 +0000"
    assert item.find("guid").get("isPermaLink") == "false"
    assert item.findtext("pubDate") == "Sun, 15 Jun 2025 00:00:00 +0800"
    assert item.findtext("{http://purl.org/dc/elements/1.1/}creator") == "边海安全部"
    assert item.find("source").get("url") == "http://127.0.0.1:8750/feeds/source/bsa.rss"
    assert item.find("author") is None


def test_json_feed_carries_the_facts_for_machines() -> None:
    document = json.loads(render(feed_of(make_notice(1)), "json")[0])
    assert document["version"] == "https://jsonfeed.org/version/1.1"
    assert document["feed_url"] == "http://127.0.0.1:8750/feeds/all.json"
    item = document["items"][0]
    assert item["_fenghuo"]["origin"] == {
        "name": "边海安全部",
        "source": "bsa",
        "authority": "ministry",
        "official": True,
        "claimed_only": False,
        "spoofed": False,
        "via": [],
    }
    assert item["content_text"] == make_notice(1).body


def test_opml_lists_feeds_in_groups() -> None:
    body = opml.write("烽火", "http://h/", [("组", [("全部 & 一切", "http://h/feeds/all.atom?a=1&b=2")])])
    outline = etree.fromstring(body).find("body/outline/outline")
    assert (outline.get("type"), outline.get("xmlUrl")) == ("rss", "http://h/feeds/all.atom?a=1&b=2")
    assert outline.get("text") == "全部 & 一切"


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_feed_put_together_of_its_entries_is_what_the_format_writes_as_a_whole(suffix: str) -> None:
    notices = [
        make_notice(n, title=title, body=title * 3) for n, title in enumerate(HOSTILE.values(), 1) if len(title) < 99
    ]
    whole = feed_of(*notices)
    hub = replace(IMPRINT, hub="https://hub.example/")
    gone = (Gone("tag:x,2025:notice/1", EPOCH, "]]></entry></item>"),)
    chain = Chain("2025-06", older="2025-05", newer="2025-07")
    for feed in (
        Feed("all", "没有 none </feed></channel>]}", IMPRINT),
        whole,
        replace(whole, imprint=hub, pushed=True, chain=chain, gone=gone),
        replace(whole, query='q="items":[', following="before=x", entries=whole.entries[:1]),
    ):
        assert render(feed, suffix) == (FORMATS[suffix].write(feed, feed.entries), ())
