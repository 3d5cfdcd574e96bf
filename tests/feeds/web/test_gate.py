"""Who may read, under which name, and with which headers."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from sqlalchemy import text, update
from starlette.testclient import TestClient

from crawler.config.settings import Settings
from crawler.exceptions import ConfigError
from crawler.logging import configure_logging
from crawler.store.tables import columns
from feeds.web.gate import SECURITY_HEADERS, check_exposure, host_allowed
from feeds.web.tickets import feed_token, without_token
from tests.feeds.world import World, make_notice

Make = Callable[..., World]
Browse = Callable[..., TestClient]
TOKEN = "corn-flower-seven"
CLOSED = f'read_token = "{TOKEN}"'
EVERY_PATH = [
    "/",
    "/sources",
    "/deliveries",
    "/notices/ntc_00000000000000000001",
    "/feeds/all.atom",
    "/feeds/all.json?q=a",
    "/feeds/all/2025-06.atom",
    "/feeds/stix.json",
    "/feeds/misp/manifest.json",
    "/feeds.opml",
    "/api/v1/notices",
    "/api/v1/notices/ntc_00000000000000000001",
    "/api/v1/sources",
    "/api/v1/coverage",
    "/api/v1/deliveries",
    "/api/v1/health",
    "/metrics",
]


@pytest.fixture
def closed(make_world: Make) -> World:
    world = make_world(CLOSED)
    world.remember(make_notice(1))
    world.publish()
    return world


WRONG = (
    {},
    {"Authorization": f"Basic {TOKEN}"},
    {"Cookie": "fenghuo_read=x"},
    {"Cookie": "fenghuo_session=x.y"},
    {"X-Forwarded-For": "127.0.0.1"},
)


def test_without_the_token_nothing_is_there(closed: World, browse: Browse) -> None:
    client = browse(closed)
    answers = {path: [client.get(path, headers=h) for h in WRONG] for path in EVERY_PATH}
    nothing = [{(a.status_code, a.text) for a in found} for p, found in answers.items() if not p.startswith("/api/")]
    assert all(found == {(404, "not found\n")} for found in nothing)
    asked = [{a.status_code for a in found} for p, found in answers.items() if p.startswith("/api/")]
    assert all(found == {401} for found in asked)


def test_with_the_bearer_token_everything_is(closed: World, browse: Browse) -> None:
    client = browse(closed, peer="192.0.2.7")
    bearer = {"Authorization": f"Bearer {TOKEN}"}
    assert [p for p in EVERY_PATH if client.get(p, headers=bearer).status_code != 200] == []


def test_a_reader_may_carry_the_token_in_the_address_and_it_stays_there(closed: World, browse: Browse) -> None:
    answer = browse(closed).get(f"/feeds/all.atom?token={TOKEN}")
    assert answer.status_code == 200
    assert TOKEN not in answer.text
    assert answer.headers["cache-control"] == "private, max-age=60"
    narrowed = browse(closed).get(f"/feeds/all.atom?q=a&token={TOKEN}&limit=3")
    assert TOKEN not in narrowed.text
    assert 'href="http://127.0.0.1:8750/feeds/all.atom?q=a&amp;limit=3" rel="self"' in narrowed.text


def test_a_feeds_own_token_opens_it_and_its_archive_and_nothing_else(closed: World, browse: Browse) -> None:
    client, token = browse(closed), feed_token(TOKEN, "all")
    opened = ("/feeds/all.atom", "/feeds/all.json", "/feeds/all.rss?q=a", "/feeds/all/2025-06.atom")
    joint = {path: "&" if "?" in path else "?" for path in (*opened, *EVERY_PATH)}
    answers = {path: client.get(f"{path}{joint[path]}token={token}") for path in (*opened, *EVERY_PATH)}
    assert {path for path, a in answers.items() if a.status_code == 200} == {*opened, "/feeds/all.json?q=a"}
    assert [path for path in opened if token in answers[path].text or token in str(answers[path].headers)] == []
    assert client.get(f"/feeds/all.atom?token={feed_token('another', 'all')}").status_code == 404


@pytest.mark.parametrize("path", ["/feeds/source/bsa.atom", "/feeds/misp/manifest.json", "/feeds/stix.json"])
def test_every_feed_has_a_token_of_its_own(closed: World, browse: Browse, path: str) -> None:
    name = path.removeprefix("/feeds/").partition(".")[0].removesuffix("/manifest")
    tokens = {of: feed_token(TOKEN, of) for of in (name, "all", "source", "")}
    found = {of: browse(closed).get(f"{path}?token={token}").status_code for of, token in tokens.items()}
    assert found == {name: 200, "all": 404, "source": 404, "": 404}


def test_a_reader_who_may_see_everything_is_shown_each_feeds_own_token(closed: World, browse: Browse) -> None:
    client = browse(closed)
    bearer = {"Authorization": f"Bearer {TOKEN}"}
    page, opml = (client.get(path, headers=bearer).text for path in ("/", "/feeds.opml"))
    shown = f"/feeds/alerts.atom?token={feed_token(TOKEN, 'alerts')}"
    assert shown in page
    assert shown in opml
    assert TOKEN not in page + opml
    assert {client.get(a).status_code for a in re.findall(r'xmlUrl="([^"]+)"', opml)} == {200}


def test_without_a_read_token_no_address_has_one(world: World, browse: Browse) -> None:
    assert "token=" not in browse(world).get("/").text + browse(world).get("/feeds.opml").text


def test_no_token_reaches_the_log(closed: World, browse: Browse, capfd: pytest.CaptureFixture[str]) -> None:
    token = feed_token(TOKEN, "all")
    with closed.store.begin() as tx:
        tx.execute(text("DROP TABLE tags"))  # so that the answer is an error, which is logged
    configure_logging(closed.settings)
    assert browse(closed).get(f"/feeds/all.atom?place=MM&token={token}").status_code >= 500
    said = "".join(capfd.readouterr())
    assert "/feeds/all.atom" in said
    assert token not in said
    assert TOKEN not in said


def test_a_browser_trades_the_token_for_a_cookie(closed: World, browse: Browse) -> None:
    client = browse(closed)
    answer = client.get(f"/sources?token={TOKEN}&lang=en")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sources?lang=en")
    assert TOKEN not in answer.headers["set-cookie"]
    assert "HttpOnly" in answer.headers["set-cookie"]
    assert client.get("/sources").status_code == 200


@pytest.mark.parametrize("path", ["//evil.example/", "/\\evil.example/", "/%5cevil.example"])
def test_the_trade_leads_to_no_other_site(closed: World, browse: Browse, path: str) -> None:
    location = browse(closed).get(f"{path}?token={TOKEN}").headers.get("location", "/")
    assert location.startswith("/")
    assert not location.startswith(("//", "/\\"))


def test_an_odd_cookie_is_no_token_and_no_error(closed: World, browse: Browse) -> None:
    assert browse(closed).get("/", headers={"Cookie": 'a,b=1; =; fenghuo_read=x"; [=2'}).status_code == 404


def test_health_and_style_need_no_token(closed: World, browse: Browse) -> None:
    assert browse(closed).get("/healthz").json()["status"] in ("ok", "unhealthy")
    assert browse(closed).get("/static/fenghuo.css").status_code == 200


def test_without_a_token_only_this_machine_may_read(world: World, browse: Browse) -> None:
    assert browse(world, peer="192.0.2.7").get("/").status_code == 404
    assert browse(world, peer="::1").get("/").status_code == 200


@pytest.mark.parametrize(
    ("host", "allowed"),
    [
        ("127.0.0.1:8750", True),
        ("localhost", True),
        ("LOCALHOST:1", True),
        ("[::1]:8750", True),
        ("warn.example", True),
        ("warn.example:443", True),
        ("evil.example", False),
        ("warn.example.evil.example", False),
        ("evil.example#warn.example", False),
        ("", False),
        ("[::1", False),
        ("169.254.169.254", False),
    ],
)
def test_only_our_own_names_are_answered(host: str, allowed: bool) -> None:
    assert host_allowed(host, "127.0.0.1", "https://warn.example") is allowed


def test_an_unknown_host_is_refused_and_not_repeated(world: World, browse: Browse) -> None:
    answer = browse(world).get("/", headers={"Host": "evil.example"})
    assert answer.status_code == 400
    assert "evil" not in answer.text


def test_every_answer_forbids_what_a_page_could_do(world: World, browse: Browse) -> None:
    client = browse(world)
    for path in ("/", "/nothing", "/feeds/all.atom", "/healthz", "/static/fenghuo.css", "/api/v1/notices"):
        headers = client.get(path).headers
        assert {k: headers[k] for k in SECURITY_HEADERS} == SECURITY_HEADERS, path
        assert not {"server", "access-control-allow-origin"} & set(headers), path


def test_an_error_page_has_the_same_headers_and_no_stack_trace(world: World, browse: Browse) -> None:
    with world.store.begin() as tx:
        tx.execute(update(columns).values(state="nonsense"))  # a hand in the database
    answer = browse(world).get("/sources")
    assert answer.status_code == 500
    assert "nonsense" not in answer.text
    assert {k: answer.headers[k] for k in SECURITY_HEADERS} == SECURITY_HEADERS


@pytest.mark.parametrize("listen", ["0.0.0.0:8750", "192.0.2.1:80", "[::]:8750", "warn.example:80"])
def test_serving_other_machines_without_a_token_is_refused(listen: str) -> None:
    with pytest.raises(ConfigError, match="read_token"):
        check_exposure(Settings(listen=listen))
    check_exposure(Settings(listen=listen, read_token=TOKEN))


def test_the_token_is_cut_out_of_a_query_and_nothing_else() -> None:
    assert without_token(f"q=a&token={TOKEN}&limit=1") == "q=a&limit=1"
    assert without_token(f"token={TOKEN}") == ""
    assert without_token("q=token") == "q=token"
