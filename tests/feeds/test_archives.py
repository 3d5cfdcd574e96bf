"""Archived feeds (RFC 5005): a reader that was away follows prev-archive and has missed nothing; archives stay."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import feedparser
import pytest
from lxml import etree
from starlette.testclient import TestClient

from crawler.store import changes
from crawler.store.wire import corrections
from tests.feeds.conftest import founded
from tests.feeds.world import T0, World, make_notice

Browse = Callable[..., TestClient]
BASE = "http://127.0.0.1:8750"
DAY = 86400
HISTORY = "{http://purl.org/syndication/history/1.0}"
TOMB = "{http://purl.org/atompub/tombstones/1.0}"


def fill(world: World, number: int, *, every: float = DAY / 2) -> None:
    for n in range(1, number + 1):
        world.remember(make_notice(n, first_seen=T0 + n * every))
    world.publish()


@pytest.fixture(scope="module")
def season(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a world is left of which two hundred notices were published."""
    folder = tmp_path_factory.mktemp("season")
    with founded(folder) as world:
        fill(world, 200)
    return folder


@pytest.fixture
def old(again: Callable[..., World], season: Path) -> World:
    """That world."""
    return again(season)


def links(body: bytes) -> dict[str, str]:
    parsed = feedparser.parse(body)
    assert not parsed.bozo
    return {ln.rel: ln.href for ln in parsed.feed.links}


def walk(client: TestClient, path: str) -> dict[str, bytes]:
    """The feed and every document of its archive, by address, newest first."""
    found, url = {}, f"{BASE}{path}"
    while url:
        found[url] = client.get(url).content
        url = links(found[url]).get("prev-archive", "")
        assert url not in found
    return found


def ids(body: bytes) -> set[str]:
    return {e.id for e in feedparser.parse(body).entries}


@pytest.mark.parametrize(
    "path", ["/feeds/all.atom", "/feeds/alerts.rss", "/feeds/source/bsa.atom", "/feeds/place/MM.atom"]
)
def test_whoever_follows_the_archive_finds_every_notice(old: World, browse: Browse, path: str) -> None:
    found = walk(browse(old), path)
    assert len(found) > 3
    assert len(set().union(*map(ids, found.values()))) == 200


def test_json_feeds_are_continued_by_next_url(old: World, browse: Browse) -> None:
    client, url, found = browse(old), f"{BASE}/feeds/all.json", set()
    while url:
        document = client.get(url).json()
        found |= {i["id"] for i in document["items"]}
        url = document.get("next_url", "")
    assert len(found) == 200


def test_an_archive_says_what_it_is_and_where_it_stands(old: World, browse: Browse) -> None:
    client = browse(old)
    current, newest, older, *_ = walk(client, "/feeds/all.atom").items()
    assert links(newest[1])["current"] == current[0]
    assert links(newest[1])["self"] == newest[0]
    assert links(older[1])["next-archive"] == newest[0]
    roots = {url: etree.fromstring(body) for url, body in (current, newest, older)}
    assert [r.find(f"{HISTORY}archive") is not None for r in roots.values()] == [False, True, True]
    assert len({r.findtext("{*}id") for r in roots.values()}) == 1
    following = links(newest[1])["next-archive"]  # the part that is open: a document, but no archive yet
    assert etree.fromstring(client.get(following).content).find(f"{HISTORY}archive") is None


def test_an_archive_never_changes_and_what_changed_comes_again(old: World, browse: Browse) -> None:
    client = browse(old)
    before = walk(client, "/feeds/all.atom")
    archives = list(before)[1:]
    first = make_notice(1, first_seen=T0 + DAY / 2)
    old.revise(first, at=T0 + 120 * DAY, body="人数为763。")
    for n in range(201, 270):
        old.remember(make_notice(n, first_seen=T0 + 121 * DAY + n))
    old.publish()
    assert [u for u in archives if client.get(u).content != before[u]] == []
    newer = [u for u in walk(client, "/feeds/all.atom") if u not in before]
    later = set().union(*(ids(client.get(u).content) for u in [f"{BASE}/feeds/all.atom", *newer]))
    assert any(first.id in i for i in later)


def test_an_archive_may_be_kept_for_long_and_is_known_again(old: World, browse: Browse) -> None:
    client = browse(old)
    url = list(walk(client, "/feeds/all.atom"))[-1]
    answer = client.get(url)
    assert "max-age=2592000" in answer.headers["cache-control"]
    assert client.get(url, headers={"If-None-Match": answer.headers["etag"]}).status_code == 304


NO_ARCHIVES = [
    "all/2024-01.atom",
    "all/2025-06-99.atom",
    "all/2025.atom",
    "all/..%2fall.atom",
    "nothing/2025-06.atom",
    "health/2025-06.atom",
]


def test_only_what_was_published_is_archived(world: World, browse: Browse) -> None:
    fill(world, 10)
    client = browse(world)
    assert [p for p in NO_ARCHIVES if client.get(f"/feeds/{p}").status_code != 404] == []


def test_a_feed_of_few_notices_has_no_archive(world: World, browse: Browse) -> None:
    fill(world, 3, every=60)
    assert list(walk(browse(world), "/feeds/all.atom")) == [f"{BASE}/feeds/all.atom"]


def test_a_file_changes_only_when_its_own_notices_do(world: World) -> None:
    fill(world, 30)
    world.remember(make_notice(500, first_seen=T0 + 40 * DAY))
    world.publish()
    assert world.publish(force=True) == []


def test_a_merged_entry_is_withdrawn_by_us_and_one_taken_down_at_its_source_is_not(world: World) -> None:
    fill(world, 3, every=60)
    a, b, c = (make_notice(n, first_seen=T0 + n * 60) for n in (1, 2, 3))
    world.withdraw(c, at=T0 + 500)
    with world.store.begin() as tx:
        corrections.merge(tx, a.id, b.id, now=T0 + 600)
        changes.add(tx, a.id)
    world.publish()
    root = etree.fromstring(world.feed("all.atom"))
    gone = root.findall(f"{TOMB}deleted-entry")
    assert [(g.get("ref"), g.get("when")) for g in gone] == [
        (f"tag:127.0.0.1,2025:notice/{b.id}", "2025-06-15T15:16:40+00:00")
    ]
    assert len(root.findall("{*}entry")) == 2
    assert not feedparser.parse(world.feed("all.atom")).bozo
    assert TOMB[1:-1].encode() not in world.feed("all.rss")


def test_a_query_is_answered_in_pages_that_lead_to_every_notice(world: World, browse: Browse) -> None:
    fill(world, 25)
    client, url, found = browse(world), f"{BASE}/feeds/all.atom?kind=warning&limit=10", []
    while url:
        body = client.get(url).content
        found += [e.id for e in feedparser.parse(body).entries]
        url = links(body).get("next", "")
    assert len(found) == len(set(found)) == 25
