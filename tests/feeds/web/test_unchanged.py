"""A 304 that is given again says what the first one said, and only as long as it is true."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from feeds.web import gate, syndication
from feeds.web.tickets import feed_token
from tests.feeds.world import World, make_notice

Browse = Callable[..., TestClient]
PLAIN = {"Accept-Encoding": "identity"}


def _published(world: World, number: int) -> None:
    world.remember(make_notice(number))
    world.publish()


def test_a_second_304_is_the_first_one_again_without_gate_and_route(
    world: World, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    _published(world, 1)
    client = browse(world)
    held = PLAIN | {"If-None-Match": client.get("/feeds/all.atom", headers=PLAIN).headers["etag"]}
    first = client.get("/feeds/all.atom", headers=held)
    monkeypatch.delattr(syndication, "_named")  # without which no feed can be routed
    monkeypatch.delattr(gate, "_unacceptable")  # nor anybody pass
    second = client.get("/feeds/all.atom", headers=held)
    assert (first.status_code, second.status_code, second.content) == (304, 304, b"")
    assert second.headers.raw == first.headers.raw
    assert second.headers["x-content-type-options"] == "nosniff"


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


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"Host": "rebound.example"}, 400),
        ({"X-Forwarded-For": "192.0.2.1"}, 404),
        ({"Via": "1.1 proxy"}, 404),
        ({"Content-Length": "9999999"}, 413),
        ({"X-Padding": "x" * 70_000}, 431),
    ],
)
def test_what_the_gate_refuses_gets_no_304_that_others_had(
    world: World, browse: Browse, headers: dict[str, str], expected: int
) -> None:
    _published(world, 1)
    client = browse(world)
    held = PLAIN | {"If-None-Match": client.get("/feeds/all.atom", headers=PLAIN).headers["etag"]}
    assert client.get("/feeds/all.atom", headers=held).status_code == 304
    assert client.get("/feeds/all.atom", headers=held | headers).status_code == expected
    assert client.get("/feeds/all.atom", headers=held).status_code == 304


def test_another_machine_is_nobody_though_this_one_was_answered(world: World, browse: Browse) -> None:
    _published(world, 1)
    client = browse(world)
    held = PLAIN | {"If-None-Match": client.get("/feeds/all.atom", headers=PLAIN).headers["etag"]}
    assert client.get("/feeds/all.atom", headers=held).status_code == 304
    elsewhere = TestClient(client.app, "http://127.0.0.1:8750", client=("192.0.2.7", 50000))
    assert elsewhere.get("/feeds/all.atom", headers=held).status_code == 404


def test_a_feeds_own_token_opens_no_304_of_another_feed_and_a_wrong_one_none(world: World, browse: Browse) -> None:
    file = world.folder / "fenghuo.toml"
    file.write_text(file.read_text("utf-8") + 'read_token = "a-long-token-for-reading"\n', "utf-8")
    assert world.configuration.refresh()
    _published(world, 1)
    client, mine = browse(world, peer="192.0.2.7"), feed_token("a-long-token-for-reading", "all")
    held = PLAIN | {"If-None-Match": "*"}
    asked = (("all", mine), ("all", mine), ("official", mine), ("all", mine[::-1]), ("all", ""))
    answers = [client.get(f"/feeds/{feed}.atom?token={token}", headers=held).status_code for feed, token in asked]
    assert answers == [304, 304, 404, 404, 404]
