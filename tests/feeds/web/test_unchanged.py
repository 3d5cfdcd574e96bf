"""A 304 that is given again says what the first one said, and only as long as it is true."""

from __future__ import annotations

from collections.abc import Callable

from starlette.testclient import TestClient

from feeds.web import syndication
from tests.feeds.world import World, make_notice

Browse = Callable[..., TestClient]
PLAIN = {"Accept-Encoding": "identity"}


def _published(world: World, number: int) -> None:
    world.remember(make_notice(number))
    world.publish()


def test_a_second_304_is_the_first_one_again_without_its_route(world: World, browse: Browse, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    _published(world, 1)
    client = browse(world)
    held = PLAIN | {"If-None-Match": client.get("/feeds/all.atom", headers=PLAIN).headers["etag"]}
    first = client.get("/feeds/all.atom", headers=held)
    monkeypatch.delattr(syndication, "_named")  # without which no feed can be routed
    second = client.get("/feeds/all.atom", headers=held)
    assert (first.status_code, second.status_code, second.content) == (304, 304, b"")
    assert second.headers.raw == first.headers.raw


def test_a_feed_that_has_changed_is_sent_to_who_had_been_answered_304(world: World, browse: Browse) -> None:
    _published(world, 1)
    client = browse(world)
    held = PLAIN | {"If-None-Match": client.get("/feeds/all.atom", headers=PLAIN).headers["etag"]}
    assert [client.get("/feeds/all.atom", headers=held).status_code for _ in range(2)] == [304, 304]
    _published(world, 2)
    answer = client.get("/feeds/all.atom", headers=held)
    assert (answer.status_code, answer.content) == (200, world.feed("all.atom"))


def test_new_settings_are_obeyed_at_once(world: World, browse: Browse) -> None:
    _published(world, 1)
    client = browse(world)
    held = PLAIN | {"If-None-Match": client.get("/feeds/all.atom", headers=PLAIN).headers["etag"]}
    assert "private" not in client.get("/feeds/all.atom", headers=held).headers["cache-control"]
    file = world.folder / "fenghuo.toml"
    file.write_text(file.read_text("utf-8") + 'read_token = "a-long-token-for-reading"\n', "utf-8")
    assert world.configuration.refresh()
    assert client.get("/feeds/all.atom", headers=held).status_code == 404
    bearer = held | {"Authorization": "Bearer a-long-token-for-reading"}
    assert "private" in client.get("/feeds/all.atom", headers=bearer).headers["cache-control"]


def test_what_is_no_feed_is_refused_however_often_it_is_asked(world: World, browse: Browse) -> None:
    _published(world, 1)
    client = browse(world)
    for path in ("/feeds/.stamp", "/feeds/none.atom", "/feeds/%2e%2e/fenghuo.db"):
        answers = [client.get(path, headers={"If-None-Match": "*"}).status_code for _ in range(2)]
        assert answers == [404, 404]
