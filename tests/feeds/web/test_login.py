"""Logging in and out, forms, and what other sites and proxies can do about it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from crawler.store.tables import sessions as rows
from feeds.web.callers import client_address
from feeds.web.throttle import ALLOWED, WITHIN, Throttle
from feeds.web.tickets import feed_token, local
from tests.feeds.world import World, make_notice

Make = Callable[..., World]
Browse = Callable[..., TestClient]
READ, ADMIN = "corn-flower-seven", "iron-kettle-nine"
BOTH = f'read_token = "{READ}"\nadmin_token = "{ADMIN}"'
ELSEWHERE = "192.0.2.7"
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def closed(make_world: Make) -> World:
    world = make_world(BOTH)
    world.remember(make_notice(1))
    return world


def token_of(client: TestClient, path: str = "/login") -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', client.get(path).text)
    assert found
    return found[1]


def log_in(client: TestClient, token: str, following: str = "/sources") -> tuple[int, str]:
    form = {"csrf": token_of(client), "token": token, "next": following}
    answer = client.post("/login", data=form)
    return answer.status_code, answer.headers.get("location", "")


def test_a_browser_is_led_to_the_login_and_back(closed: World, browse: Browse) -> None:
    client = browse(closed, peer=ELSEWHERE)
    led = client.get("/notices/x?q=a", headers={"Accept": "text/html"})
    assert (led.status_code, led.headers["location"]) == (303, "/login?next=%2Fnotices%2Fx%3Fq%3Da")
    assert log_in(client, READ, "/notices/x?q=a") == (303, "/notices/x?q=a")
    assert client.get("/sources").status_code == 200


def test_the_login_shows_strangers_no_feeds_token_and_no_version(closed: World, browse: Browse) -> None:
    page = browse(closed, peer=ELSEWHERE).get("/login")
    assert "token=" not in page.text
    assert not re.search(r"\d+\.\d+\.\d+", page.text)


def test_a_role_is_that_of_the_token(closed: World, browse: Browse) -> None:
    reader, operator = browse(closed, peer=ELSEWHERE), browse(closed, peer=ELSEWHERE)
    log_in(reader, READ)
    log_in(operator, ADMIN)
    path = "/api/v1/sources/bsa/look"
    assert reader.post(path, headers=JSON).status_code == 403
    assert operator.post(path, headers=JSON).status_code == 202


def test_the_cookie_is_for_the_browser_and_this_site_alone(make_world: Make, browse: Browse) -> None:
    client = browse(make_world(BOTH + '\nbase_url = "https://warn.example"'), host="warn.example")
    client.base_url = client.base_url.copy_with(scheme="https")
    form = {"csrf": token_of(client), "token": ADMIN}
    cookie = client.post("/login", data=form).headers["set-cookie"].lower()
    assert all(word in cookie for word in ("httponly", "samesite=lax", "secure", "path=/"))
    assert ADMIN not in cookie


def test_the_session_is_another_after_the_login_and_none_after_the_logout(closed: World, browse: Browse) -> None:
    client = browse(closed, peer=ELSEWHERE)
    token_of(client)
    before = client.cookies["fenghuo_session"]
    log_in(client, READ)
    within = client.cookies["fenghuo_session"]
    assert within != before
    assert client.post("/logout", data={"csrf": token_of(client)}).status_code == 303
    copied = browse(closed, peer=ELSEWHERE)
    copied.cookies.set("fenghuo_session", within)
    assert copied.get("/sources").status_code == 404


def test_a_session_ends_with_its_row_and_with_a_new_token(closed: World, browse: Browse, make_world: Make) -> None:
    client = browse(closed, peer=ELSEWHERE)
    log_in(client, READ)
    cookie = client.cookies["fenghuo_session"]
    with closed.store.begin() as tx:
        tx.execute(rows.delete())
    assert client.get("/sources").status_code == 404
    log_in(client, READ)
    changed = browse(make_world(f'read_token = "{READ}"\nadmin_token = "another"'), peer=ELSEWHERE)
    changed.cookies.set("fenghuo_session", cookie)
    assert changed.get("/sources").status_code == 404


def test_a_copy_of_the_database_logs_nobody_in(closed: World, browse: Browse) -> None:
    client = browse(closed, peer=ELSEWHERE)
    log_in(client, READ)
    with closed.store.read() as tx:
        (id,) = tx.scalars(rows.select().with_only_columns(rows.c.id))
    assert id not in client.cookies["fenghuo_session"]


@pytest.mark.parametrize("form", [{}, {"csrf": ""}, {"csrf": "x" * 64}, {"csrf": "é"}])
def test_a_form_without_its_token_is_refused(closed: World, browse: Browse, form: dict[str, str]) -> None:
    client = browse(closed, peer=ELSEWHERE)
    token_of(client)
    assert client.post("/login", data=form | {"token": ADMIN}).status_code == 403
    assert client.post("/logout", data=form).status_code == 403


def test_a_forms_token_is_of_one_browser(closed: World, browse: Browse) -> None:
    one, other = browse(closed, peer=ELSEWHERE), browse(closed, peer=ELSEWHERE)
    token_of(one)
    assert one.post("/login", data={"csrf": token_of(other), "token": ADMIN}).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "http://127.0.0.1:9999"},
    ],
)
def test_another_site_can_send_nothing_in_somebodys_name(world: World, browse: Browse, headers: dict[str, str]) -> None:
    client = browse(world)
    assert client.post("/api/v1/sources/bsa/look", headers=JSON | headers).status_code == 403


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null", "Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": "null"}, 303),  # of a page that is to send no referrer; it has the form's token
        ({"Origin": "http://127.0.0.1:8750", "Sec-Fetch-Site": "same-origin"}, 303),
    ],
)
def test_a_form_is_sent_from_here(closed: World, browse: Browse, headers: dict[str, str], status: int) -> None:
    client = browse(closed)
    form = {"csrf": token_of(client), "token": ADMIN}
    assert client.post("/login", data=form, headers=headers).status_code == status


def test_a_form_of_ours_is_taken_from_a_browser_that_hides_its_origin(world: World, browse: Browse) -> None:
    client = browse(world)
    said = {"Origin": "null", "Sec-Fetch-Site": "same-origin"}  # as the page's Referrer-Policy makes browsers send
    answer = client.post("/sources/look", data={"csrf": token_of(client), "name": "bsa"}, headers=said)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sources/bsa?done=looking")


def test_what_a_form_of_another_site_can_send_is_no_request_of_the_api(world: World, browse: Browse) -> None:
    client, path = browse(world), "/api/v1/sources/bsa/look"
    assert client.post(path, headers=JSON | {"Origin": "http://127.0.0.1:8750"}).status_code == 202
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""):
        assert client.post(path, content=b"{}", headers={"Content-Type": kind}).status_code == 415


@pytest.mark.parametrize(
    ("asked", "led"),
    [
        ("//evil.example", "/evil.example"),
        ("/\\evil.example", "/evil.example"),
        ("\\\\evil.example", "/evil.example"),
        ("https:evil.example", "/https%3Aevil.example"),
        ("https://evil.example/", "/https%3A//evil.example/"),
        ("javascript:alert(1)", "/javascript%3Aalert%281%29"),
        ("/a\r\nSet-Cookie: x=1", "/a%0D%0ASet-Cookie%3A%20x%3D1"),
        ("", "/"),
    ],
)
def test_a_login_leads_nowhere_else(closed: World, browse: Browse, asked: str, led: str) -> None:
    assert log_in(browse(closed, peer=ELSEWHERE), READ, asked) == (303, led)
    assert local(asked) == led


def test_who_is_wrong_too_often_must_wait(closed: World, browse: Browse) -> None:
    client = browse(closed, peer=ELSEWHERE)
    form = {"csrf": token_of(client), "token": "wrong"}
    assert [client.post("/login", data=form).status_code for _ in range(ALLOWED)] == [403] * ALLOWED
    late = client.post("/login", data=form | {"token": ADMIN})
    assert late.status_code == 429
    assert 0 < int(late.headers["retry-after"]) <= WITHIN + 1
    bearer = client.get("/api/v1/health", headers={"Authorization": f"Bearer {ADMIN}"})
    assert (bearer.status_code, bearer.json()["status"]) == (429, 429)


def test_guessing_is_counted_by_machine_and_forgotten_in_time() -> None:
    now = [0.0]
    throttle = Throttle(lambda: now[0])
    for _ in range(ALLOWED):
        throttle.failed("2001:db8:1:2::a")
    assert throttle.wait("2001:db8:1:2::b") > 0
    assert throttle.wait("2001:db8:1:3::b") == 0
    now[0] = WITHIN
    assert throttle.wait("2001:db8:1:2::a") == 0


class Sent(dict[str, str]):
    """Headers, each once."""

    def getlist(self, name: str) -> list[str]:
        return [self[name]] if name in self else []


@pytest.mark.parametrize(
    ("peer", "forwarded", "proxies", "address"),
    [
        ("127.0.0.1", None, [], "127.0.0.1"),
        ("127.0.0.1", "10.0.0.9", [], ""),  # somebody passed it on; we were not told who
        ("192.0.2.7", "127.0.0.1", [], ""),
        ("10.0.0.1", "192.0.2.7", ["10.0.0.0/8"], "192.0.2.7"),
        ("10.0.0.1", "127.0.0.1, 192.0.2.7", ["10.0.0.0/8"], "192.0.2.7"),
        ("10.0.0.1", "192.0.2.7, 10.0.0.2", ["10.0.0.0/8"], "192.0.2.7"),
        ("10.0.0.1", "nonsense", ["10.0.0.0/8"], ""),
        ("10.0.0.1", None, ["10.0.0.0/8"], ""),
        ("127.0.0.1", None, ["127.0.0.1"], ""),
    ],
)
def test_a_forwarded_address_is_believed_of_known_proxies_only(
    peer: str, forwarded: str | None, proxies: list[str], address: str
) -> None:
    headers = Sent({"x-forwarded-for": forwarded} if forwarded else {})
    assert client_address(peer, headers, proxies) == address  # type: ignore[arg-type]


def test_what_a_proxy_passes_on_is_not_from_this_machine(make_world: Make, browse: Browse) -> None:
    world = make_world('proxies = ["127.0.0.1"]')
    assert browse(world).get("/").status_code == 404
    assert browse(make_world()).get("/", headers={"X-Forwarded-For": "127.0.0.1"}).status_code == 404


def test_an_empty_token_opens_nothing(make_world: Make, browse: Browse) -> None:
    world = make_world(f'admin_token = "{ADMIN}"\nwebsub = {{ embedded = true }}')
    world.publish()
    client = browse(world, peer=ELSEWHERE)
    assert client.get(f"/feeds/all.atom?token={feed_token('', 'all')}").status_code == 404
    assert client.get("/feeds/all.atom?token=").status_code == 404
    topic = {"hub.mode": "subscribe", "hub.topic": "http://127.0.0.1:8750/feeds/all.atom"}
    assert client.post("/hub", data=topic | {"hub.callback": "https://evil.example/"}).status_code == 404


def test_a_weakness_can_be_told_to_somebody(make_world: Make, browse: Browse) -> None:
    assert browse(make_world()).get("/.well-known/security.txt").status_code == 404
    world = make_world('security_contact = "mailto:security@warn.example"')
    text = browse(world, peer=ELSEWHERE).get("/.well-known/security.txt").text
    assert "Contact: mailto:security@warn.example\nExpires: 2025-12-12T00:00:00Z\n" in text


def test_whoever_reads_here_without_a_token_is_shown_where_to_log_in(make_world: Make, browse: Browse) -> None:
    assert "/login?next=/sources" in browse(make_world(f'admin_token = "{ADMIN}"')).get("/sources").text
    assert "/login" not in browse(make_world()).get("/sources").text
