"""WebSub: hubs are told once a publication, subscribers are sent what they verified, and nothing due is forgotten."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import Callable
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
from starlette.testclient import TestClient

from crawler.store.delivery import subscriptions
from feeds.websub import Pusher
from tests.feeds.world import T0, World, make_notice
from tests.server import Request, Server, answer

Make = Callable[..., World]
Browse = Callable[..., TestClient]
LOCAL = 'allow_addresses = ["127.0.0.1/32"]\n'
EMBEDDED = LOCAL + "websub = { embedded = true }"
TOPIC = "http://127.0.0.1:8750/feeds/all.atom"


def push(world: World, *, at: float | None = None) -> None:
    now = {} if at is None else {"now": lambda: at}
    asyncio.run(Pusher(world.store, lambda: world.settings, **now).run())


def told(hub: Server) -> list[dict[str, str]]:
    return [dict(parse_qsl(r.body.decode())) for r in hub.requests]


def echo(request: Request) -> bytes:
    """A subscriber that means it."""
    return answer(parse_qs(urlsplit(request.path).query)["hub.challenge"][0].encode())


class Subscriber(Server):
    """Verifies with ``echo``, and answers what it is sent with ``said``."""

    said: bytes | Callable[[Request], bytes] = answer(b"", 204)

    def __enter__(self) -> Subscriber:
        self.answers = _Everywhere(lambda r: echo(r) if r.method == "GET" else self.said)  # type: ignore[assignment]
        super().__enter__()
        return self

    @property
    def deliveries(self) -> list[Request]:
        return [r for r in self.requests if r.method == "POST"]


class _Everywhere(dict[str, Callable[[Request], bytes]]):
    def __init__(self, answer: Callable[[Request], bytes]) -> None:
        super().__init__()
        self._answer = answer

    def get(self, _path: str, _default: object = None) -> Callable[[Request], bytes]:  # type: ignore[override]
        return self._answer


def ask(client: TestClient, callback: str, mode: str = "subscribe", topic: str = TOPIC, **more: str) -> int:
    form = {"hub.mode": mode, "hub.topic": topic, "hub.callback": callback}
    return client.post("/hub", data=form | {f"hub.{k}": v for k, v in more.items()}).status_code


# ---- a hub elsewhere


@pytest.fixture
def hub() -> Server:
    return Server({"/": answer(b"", 204)})


def test_a_publication_is_one_ping_a_changed_feed_with_both_names_for_it(make_world: Make, hub: Server) -> None:
    with hub:
        world = make_world(f'{LOCAL}websub = {{ hub = "{hub.url}/" }}')
        for n in (1, 2, 3):
            world.remember(make_notice(n))
        written = world.publish()
        push(world)
        push(world)
    assert sorted(t["hub.topic"] for t in told(hub)) == sorted(f"http://127.0.0.1:8750/feeds/{w}" for w in written)
    assert all(t["hub.url"] == t["hub.topic"] and t["hub.mode"] == "publish" for t in told(hub))


def test_nobody_is_told_of_what_did_not_change(make_world: Make, hub: Server) -> None:
    with hub:
        world = make_world(f'{LOCAL}websub = {{ hub = "{hub.url}/" }}')
        world.publish()
        push(world)
        before = len(hub.requests)
        world.publish(force=True)
        push(world)
    assert len(hub.requests) == before > 0


def test_a_hub_that_is_down_is_told_later(make_world: Make, hub: Server) -> None:
    with hub:
        hub.answers = {"/": answer(b"", 503)}
        world = make_world(f'{LOCAL}websub = {{ hub = "{hub.url}/" }}')
        world.publish()
        push(world)
        first = len(hub.requests)
        hub.answers = {"/": answer(b"", 204)}
        push(world)
        assert len(hub.requests) == first  # not at once
        push(world, at=4e9)
        assert len(hub.requests) == 2 * first
        push(world, at=4e9 + 1e6)
        assert len(hub.requests) == 2 * first


def test_a_hub_at_an_inside_address_is_not_reached(make_world: Make, hub: Server) -> None:
    with hub:
        world = make_world(f'websub = {{ hub = "{hub.url}/" }}')
        world.publish()
        push(world)
    assert hub.requests == []


@pytest.mark.parametrize("suffix", ["atom", "rss", "json"])
def test_every_feed_that_is_pushed_says_so_in_its_header_and_itself(
    make_world: Make, browse: Browse, suffix: str
) -> None:
    world = make_world('websub = { hub = "https://hub.example/" }')
    world.publish()
    client, path = browse(world), f"/feeds/alerts.{suffix}"
    expected = f'<https://hub.example/>; rel="hub", <http://127.0.0.1:8750{path}>; rel="self"'
    etag = client.get(path).headers["etag"]
    answers = [client.get(path), client.head(path), client.get(path, headers={"If-None-Match": etag})]
    assert [a.status_code for a in answers] == [200, 200, 304]
    assert [a.headers.get_list("link") for a in answers] == [[expected]] * 3
    assert "https://hub.example/" in answers[0].text


@pytest.mark.parametrize("path", ["/feeds/alerts.atom?q=a", "/feeds/kind/warning.atom", "/feeds.opml"])
def test_what_is_not_pushed_names_no_hub(make_world: Make, browse: Browse, path: str) -> None:
    client = browse(make_world('websub = { hub = "https://hub.example/" }'))
    found = client.get(path)
    assert "link" not in found.headers
    assert "hub.example" not in found.text


# ---- our own hub


@pytest.fixture
def own(make_world: Make) -> World:
    world = make_world(EMBEDDED)
    world.remember(make_notice(1))
    world.publish()
    return world


def test_a_subscriber_is_sent_the_feed_signed_until_it_unsubscribes(own: World, browse: Browse) -> None:
    client = browse(own)
    with Subscriber() as subscriber:
        callback = f"{subscriber.url}/cb?id=7"
        assert ask(client, callback, secret="a secret", lease_seconds="86400") == 202
        asked = dict(parse_qsl(urlsplit(subscriber.requests[0].path).query))
        assert (asked["id"], asked["hub.mode"], asked["hub.topic"]) == ("7", "subscribe", TOPIC)
        assert asked["hub.lease_seconds"] == "86400"
        push(own, at=T0 + 4000)
        assert subscriber.deliveries == []
        own.remember(make_notice(2))
        own.publish()
        push_all(own)
        sent = subscriber.deliveries[0]
        assert sent.body == own.feed("all.atom")
        assert sent.path == "/cb?id=7"
        assert sent.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
        assert sent.headers["Link"] == f'<http://127.0.0.1:8750/hub>; rel="hub", <{TOPIC}>; rel="self"'
        digest = hmac.new(b"a secret", sent.body, hashlib.sha256).hexdigest()
        assert sent.headers["X-Hub-Signature"] == f"sha256={digest}"
        assert ask(client, callback, "unsubscribe") == 202
        own.remember(make_notice(3))
        own.publish()
        push_all(own)
        assert len(subscriber.deliveries) == 1


def push_all(world: World) -> None:
    """Push while leases of the web's standing clock hold, whatever the clock of the publication says."""
    with world.store.begin() as tx:
        for one in subscriptions.due(tx, 4e9, 100):
            subscriptions.defer(tx, one, T0)
    push(world, at=T0 + 4000)


def test_whoever_does_not_mean_it_is_not_subscribed(own: World, browse: Browse) -> None:
    with Server({"/cb": answer(b"yes")}) as stranger:
        assert ask(browse(own), f"{stranger.url}/cb") == 202
        assert ask(browse(own), f"{stranger.url}/missing") == 202
    with own.store.read() as tx:
        assert subscriptions.count(tx) == 0


def test_nobody_can_end_or_change_a_subscription_but_its_callback(own: World, browse: Browse) -> None:
    with Subscriber() as subscriber:
        ask(browse(own), f"{subscriber.url}/cb", secret="first")
        subscriber.answers = {"/cb": answer(b"no", 404)}
        ask(browse(own), f"{subscriber.url}/cb", "unsubscribe")
        ask(browse(own), f"{subscriber.url}/cb", secret="second")
    with own.store.begin() as tx:
        subscriptions.changed(tx, ["all.atom"], hub="", now=1.0)
        assert [s.secret for s in subscriptions.due(tx, 1.0, 9)] == ["first"]


def test_a_subscriber_that_is_gone_is_forgotten_and_one_that_fails_is_tried_again(own: World, browse: Browse) -> None:
    with Subscriber() as gone, Subscriber() as failing:
        for one in (gone, failing):
            ask(browse(own), f"{one.url}/cb")
        gone.said, failing.said = answer(b"", 410), answer(b"", 500)
        own.remember(make_notice(2))
        own.publish()
        push_all(own)
        with own.store.read() as tx:
            assert subscriptions.count(tx) == 1
        failing.said = answer(b"", 200)
        push(own, at=T0 + 6000)
        assert len(failing.deliveries) == 2


WRONG = [
    {"mode": "publish"},
    {"topic": "https://other.example/feeds/all.atom"},
    {"topic": "http://127.0.0.1:8750/feeds/nothing.atom"},
    {"topic": f"{TOPIC}?q=a"},
    {"topic": "http://127.0.0.1:8750/feeds/kind/warning.atom"},
    {"callback": "ftp://a.example/"},
    {"callback": "javascript:alert(1)"},
    {"callback": "http://[::1"},
    {"callback": "https://a.example/" + "a" * 1000},
    {"secret": "s" * 200},
]


@pytest.mark.parametrize("wrong", WRONG, ids=lambda w: next(iter(w.values()))[:40])
def test_a_wrong_request_is_refused_with_one_line(own: World, browse: Browse, wrong: dict[str, str]) -> None:
    form = {"mode": "subscribe", "topic": TOPIC, "callback": "https://a.example/"} | wrong
    found = browse(own).post("/hub", data={f"hub.{k}": v for k, v in form.items()})
    assert (found.status_code, found.text.count("\n")) == (400, 1)


def test_a_request_too_long_or_in_the_wrong_place_is_refused(own: World, world: World, browse: Browse) -> None:
    assert browse(own).post("/hub", data={"hub.mode": "a" * 9000}).status_code == 413
    assert browse(own).get("/hub").status_code == 405


def test_without_our_hub_there_is_none(world: World, browse: Browse) -> None:
    assert ask(browse(world), "https://a.example/") == 404


def test_a_callback_at_an_inside_address_is_not_asked(make_world: Make, browse: Browse) -> None:
    world = make_world("websub = { embedded = true }")
    with Subscriber() as inside:
        assert ask(browse(world), f"{inside.url}/cb") == 202
        assert inside.requests == []


def test_where_readers_need_a_token_the_topic_carries_it(make_world: Make, browse: Browse) -> None:
    from feeds.web.tickets import feed_token

    world = make_world(f'{EMBEDDED}\nread_token = "corn-flower"')
    world.publish()
    client = browse(world)
    with Subscriber() as subscriber:
        callback = f"{subscriber.url}/cb"
        assert ask(client, callback) == 400
        assert ask(client, callback, topic=f"{TOPIC}?token=wrong") == 400
        assert ask(client, callback, topic=f"{TOPIC}?token={feed_token('corn-flower', 'alerts')}") == 400
        assert ask(client, callback, topic=f"{TOPIC}?token={feed_token('corn-flower', 'all')}") == 202
        assert len(subscriber.requests) == 1
