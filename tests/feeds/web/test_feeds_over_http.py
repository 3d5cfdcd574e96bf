"""Feeds over HTTP: RFC 9110 conditions and encodings, and feeds narrowed by a query."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable
from email.utils import formatdate

import feedparser
import pytest
from starlette.testclient import TestClient

from crawler.items import Outcome
from feeds.web.documents import accepts_gzip, not_modified
from tests.feeds.world import T0, World, make_notice

Browse = Callable[..., TestClient]
PLAIN = {"Accept-Encoding": "identity"}


@pytest.fixture
def client(world: World, browse: Browse) -> TestClient:
    world.remember(make_notice(1))
    world.remember(make_notice(2, title="Warning: a call centre that is none"))
    world.publish()
    return browse(world)


@pytest.mark.parametrize(
    ("suffix", "media_type"),
    [("atom", "application/atom+xml"), ("rss", "application/rss+xml"), ("json", "application/feed+json")],
)
def test_a_feed_is_served_as_it_was_written(world: World, client: TestClient, suffix: str, media_type: str) -> None:
    answer = client.get(f"/feeds/all.{suffix}", headers=PLAIN)
    assert answer.status_code == 200
    assert answer.content == world.feed(f"all.{suffix}")
    assert answer.headers["content-type"] == f"{media_type}; charset=utf-8"
    assert answer.headers["vary"] == "Accept-Encoding"
    assert answer.headers["cache-control"] == "public, max-age=60"
    assert "content-encoding" not in answer.headers


def test_each_encoding_has_a_strong_validator_of_its_own(client: TestClient) -> None:
    plain = client.get("/feeds/all.atom", headers=PLAIN)
    packed = client.get("/feeds/all.atom", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.content == plain.content
    assert plain.headers["etag"] != packed.headers["etag"]
    assert not plain.headers["etag"].startswith("W/")


def test_two_gets_give_equal_bytes_and_validators(client: TestClient) -> None:
    first, second = (client.get("/feeds/all.rss?limit=1", headers=PLAIN) for _ in range(2))
    assert (first.content, first.headers["etag"]) == (second.content, second.headers["etag"])


def test_head_tells_what_get_would_and_has_no_body(client: TestClient) -> None:
    get, head = (client.request(m, "/feeds/all.atom", headers=PLAIN) for m in ("GET", "HEAD"))
    assert head.content == b""
    assert {k: head.headers[k] for k in ("etag", "last-modified", "content-length", "content-type")} == {
        k: get.headers[k] for k in ("etag", "last-modified", "content-length", "content-type")
    }


def test_a_known_validator_is_answered_304_without_body(client: TestClient) -> None:
    etag = client.get("/feeds/all.atom", headers=PLAIN).headers["etag"]
    answer = client.get("/feeds/all.atom", headers=PLAIN | {"If-None-Match": f'"x", W/{etag}'})
    assert (answer.status_code, answer.content) == (304, b"")
    assert answer.headers["etag"] == etag
    assert answer.headers["cache-control"]
    assert answer.headers["vary"] == "Accept-Encoding"


def test_the_validator_of_another_encoding_is_not_known(client: TestClient) -> None:
    etag = client.get("/feeds/all.atom", headers=PLAIN).headers["etag"]
    answer = client.get("/feeds/all.atom", headers={"Accept-Encoding": "gzip", "If-None-Match": etag})
    assert answer.status_code == 200


MODIFIED = int(T0)
SAME, EARLIER = formatdate(T0, usegmt=True), formatdate(T0 - 1, usegmt=True)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, False),
        ({"if-none-match": '"a"'}, True),
        ({"if-none-match": 'W/"a"'}, True),
        ({"if-none-match": '"b", "a"'}, True),
        ({"if-none-match": '"b"'}, False),
        ({"if-none-match": "*"}, True),
        ({"if-none-match": ""}, False),
        ({"if-modified-since": SAME}, True),
        ({"if-modified-since": EARLIER}, False),
        ({"if-modified-since": "yesterday"}, False),
        ({"if-none-match": '"b"', "if-modified-since": SAME}, False),
        ({"if-none-match": '"a"', "if-modified-since": EARLIER}, True),
    ],
)
def test_conditions(headers: dict[str, str], expected: bool) -> None:
    assert not_modified(headers, '"a"', MODIFIED) is expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("", False),
        ("gzip", True),
        ("br, gzip;q=0.5", True),
        ("gzip;q=0", False),
        ("gzip; q=0.000", False),
        ("*", True),
        ("*;q=0", False),
        ("gzip;q=0, *", False),
        ("identity", False),
        ("GZIP", True),
    ],
)
def test_who_takes_gzip(said: str, expected: bool) -> None:
    assert accepts_gzip(said) is expected


def test_gzip_of_equal_bytes_is_equal(client: TestClient) -> None:
    with client.stream("GET", "/feeds/all.json", headers={"Accept-Encoding": "gzip"}) as answer:
        raw = b"".join(answer.iter_raw())
    assert raw[4:8] == b"\0\0\0\0"  # no time of compression
    assert json.loads(gzip.decompress(raw))["items"]


def test_the_feed_changes_in_memory_when_it_changes_on_disk(world: World, client: TestClient) -> None:
    before = client.get("/feeds/all.atom", headers=PLAIN).headers["etag"]
    world.remember(make_notice(3))
    world.publish()
    answer = client.get("/feeds/all.atom", headers=PLAIN | {"If-None-Match": before})
    assert answer.status_code == 200
    assert answer.content == world.feed("all.atom")


@pytest.mark.parametrize(
    "path",
    [
        "/feeds/all.atom",
        "/feeds/kind/warning.atom",
        "/feeds/place/MM.atom",
        "/feeds/scam/job-lure.atom",
        "/feeds/source/daily.atom",
        "/feeds/all.atom?q=call%20centre&limit=5",
        "/feeds/all.atom?q=%E6%8F%90%E7%A4%BA",
    ],
)
def test_self_is_the_address_that_was_asked_for(client: TestClient, path: str) -> None:
    parsed = feedparser.parse(client.get(path).content)
    assert not parsed.bozo
    assert [ln.href for ln in parsed.feed.links if ln.rel == "self"] == [f"http://127.0.0.1:8750{path}"]


NARROWED = {
    "all.json?q=centre": [2],
    "all.json?q=CALL+centre": [2],
    "all.json?exclude=centre": [1],
    "all.json?limit=1": [2],
    "all.json?kind=warning,case": [2, 1],
    "all.json?kind=case": [],
    "all.json?place=mm": [2, 1],
    "all.json?place=KH": [],
    "all.json?source=bsa&q=centre": [2],
    "all.json?source=daily": [],
    "all.json?since=2025-06-15": [2, 1],
    "all.json?since=2025-06-16T00:00:00%2B08:00": [],
    "kind/warning.json": [2, 1],
    "kind/warning.json?kind=case": [],
    "place/MM.json?place=KH": [],
    "source/bsa.json": [2, 1],
    "alerts.json?limit=500": [2, 1],
}


def test_a_query_narrows_a_feed(client: TestClient) -> None:
    ids = {make_notice(n).id: n for n in (1, 2)}
    answers = {path: client.get(f"/feeds/{path}").json()["items"] for path in NARROWED}
    assert {p: [ids[i["_fenghuo"]["id"]] for i in items] for p, items in answers.items()} == NARROWED


WRONG = ("limit=0", "limit=abc", "limit=501", "kind=nonsense", "since=soon", f"q={'a' * 201}")


def test_a_wrong_question_is_400_with_one_line(client: TestClient) -> None:
    answers = [client.get(f"/feeds/all.atom?{query}") for query in WRONG]
    assert [(a.status_code, a.text.count("\n")) for a in answers] == [(400, 1)] * len(WRONG)


NO_FEEDS = [
    "nothing.atom",
    "all.xml",
    "all",
    "source/unknown.atom",
    "kind/unknown.rss",
    "place/ABC.atom",
    "scam/none.atom",
    "../fenghuo.toml",
    "..%2f..%2ffenghuo.toml",
    "source/..%2fall.atom",
    ".stamp",
    ".lock",
    "",
]


def test_only_feeds_are_feeds(client: TestClient) -> None:
    assert [p for p in NO_FEEDS if client.get(f"/feeds/{p}").status_code != 404] == []


def test_a_source_without_notices_has_an_empty_feed(client: TestClient) -> None:
    answer = client.get("/feeds/source/daily.atom")
    assert answer.status_code == 200
    assert feedparser.parse(answer.content).entries == []


def test_opml_names_every_feed_and_each_of_them_exists(client: TestClient) -> None:
    answer = client.get("/feeds.opml")
    addresses = [line.split('"')[0] for line in answer.text.split('xmlUrl="')[1:]]
    assert "http://127.0.0.1:8750/feeds/source/bsa.atom" in addresses
    assert {client.get(a).status_code for a in addresses} == {200}


def test_a_feed_is_called_what_its_reader_asks(client: TestClient) -> None:
    titles = {q: client.get(f"/feeds/alerts.json{q}").json()["title"] for q in ("", "?lang=zh", "?lang=en", "?lang=xx")}
    both = "烽火 · 跨境诈骗告警 | Fenghuo: alerts on cross-border fraud"
    assert titles == {
        "": both,
        "?lang=zh": "烽火 · 跨境诈骗告警",
        "?lang=en": "Fenghuo: alerts on cross-border fraud",
        "?lang=xx": both,
    }
    assert 'text="Fenghuo: alerts on cross-border fraud"' in client.get("/feeds.opml?lang=en").text


BROWSERS = [{"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9"}, {"Sec-Fetch-Dest": "document"}]
READERS = [
    {"Accept": "*/*"},
    {"Accept": "application/rss+xml, text/html;q=0.5"},
    {"Sec-Fetch-Dest": "empty"},
    {"Accept": "text/html, application/atom+xml"},
]


@pytest.mark.parametrize("path", ["/feeds/all.atom", "/feeds/all.rss", "/feeds/all.rss?q=a"])
def test_a_browser_gets_the_same_bytes_as_xml_with_a_style_sheet(client: TestClient, path: str) -> None:
    feed = client.get(path, headers=PLAIN)
    shown = [client.get(path, headers=PLAIN | h) for h in BROWSERS]
    assert {s.headers["content-type"] for s in shown} == {"application/xml; charset=utf-8"}
    assert {(s.content, s.headers["etag"]) for s in shown} == {(feed.content, feed.headers["etag"])}
    kinds = {client.get(path, headers=PLAIN | h).headers["content-type"] for h in READERS}
    assert kinds == {feed.headers["content-type"]} != {"application/xml; charset=utf-8"}
    sheet = re.search(rb'<\?xml-stylesheet type="text/css" href="([^"]+)"\?>', feed.content)
    assert sheet
    assert client.get(sheet[1].decode()).headers["content-type"].startswith("text/css")


def test_json_is_json_for_browsers_too(client: TestClient) -> None:
    assert (
        client.get("/feeds/all.json", headers=BROWSERS[0]).headers["content-type"].startswith("application/feed+json")
    )


@pytest.mark.parametrize("path", ["/", "/sources", "/deliveries", "/notices/ntc_00000000000000000001", "/nothing"])
def test_every_page_leads_readers_to_the_feeds(client: TestClient, path: str) -> None:
    found = re.findall(r'<link rel="alternate" type="([^"]+)"[^>]* href="([^"]+)"', client.get(path).text)
    kinds = {kind for kind, _ in found}
    assert {"application/atom+xml", "application/rss+xml", "application/feed+json", "text/x-opml"} <= kinds
    assert {client.get(href).status_code for _, href in found} == {200}


def test_a_feed_is_read_only(client: TestClient) -> None:
    assert client.post("/feeds/all.atom").status_code == 405


@pytest.mark.parametrize("path", ["/feeds/all.atom?kind=warning", "/feeds.opml"])
def test_what_is_rendered_on_demand_is_unmodified_by_its_etag_alone(client: TestClient, path: str) -> None:
    etag = client.get(path).headers["etag"]
    assert client.get(path, headers={"If-Modified-Since": formatdate(4e9, usegmt=True)}).status_code == 200
    assert client.get(path, headers={"If-None-Match": etag}).status_code == 304


@pytest.mark.parametrize(
    ("query", "number"),
    [("source=bsa", 1), ("source=mps", 0), ("q=521", 1), ("q=sunshine", 0), ("exclude=521", 0), ("kind=warning", 0)],
)
def test_the_health_feed_is_narrowed_like_any_other(world: World, browse: Browse, query: str, number: int) -> None:
    world.look("bsa/tips", Outcome.CHALLENGED, at=T0, why="521 from the firewall")
    assert len(browse(world).get(f"/feeds/health.json?{query}").json()["items"]) == number
