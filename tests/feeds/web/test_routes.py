"""The table of routes, walked: who may do what, from where."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from starlette.testclient import TestClient

from feeds.web.callers import Role
from feeds.web.routes import STATIC, TABLE
from feeds.web.routing import Way
from tests.feeds.world import World, make_notice

Make = Callable[..., World]
Browse = Callable[..., TestClient]
READ, ADMIN = "corn-flower-seven", "iron-kettle-nine"
BOTH = f'read_token = "{READ}"\nadmin_token = "{ADMIN}"'
ELSEWHERE = "192.0.2.7"


@dataclass(frozen=True)
class Place:
    """An installation, where somebody asks from, what they carry, and what they are then."""

    settings: str
    peer: str
    token: str
    role: Role


PLACES = [
    Place("", "127.0.0.1", "", Role.OPERATE),
    Place("", ELSEWHERE, "", Role.ANYONE),
    Place('base_url = "https://warn.example"', "127.0.0.1", "", Role.READ),
    Place(f'admin_token = "{ADMIN}"', "127.0.0.1", "", Role.READ),
    Place(f'admin_token = "{ADMIN}"', ELSEWHERE, "", Role.ANYONE),
    Place(f'admin_token = "{ADMIN}"', ELSEWHERE, ADMIN, Role.OPERATE),
    Place(f'read_token = "{READ}"', "127.0.0.1", "", Role.ANYONE),
    Place(f'read_token = "{READ}"', "127.0.0.1", READ, Role.OPERATE),
    Place(f'read_token = "{READ}"', ELSEWHERE, READ, Role.READ),
    Place(BOTH, "127.0.0.1", "", Role.ANYONE),
    Place(BOTH, "127.0.0.1", READ, Role.READ),
    Place(BOTH, "127.0.0.1", ADMIN, Role.OPERATE),
    Place(BOTH, ELSEWHERE, "", Role.ANYONE),
    Place(BOTH, ELSEWHERE, READ, Role.READ),
    Place(BOTH, ELSEWHERE, ADMIN, Role.OPERATE),
]
KEPT_OUT = (401, 403, 404)
SAMPLES = {"id": "ntc_none", "name": "none", "path": "none.atom", "source": "none", "column": "none"}


def address(way: Way) -> str:
    return re.sub(r"{(\w+)(:int)?(?::\w+)?}", lambda found: "1" if found[2] else SAMPLES[found[1]], way.path)


@pytest.mark.parametrize("place", PLACES, ids=lambda p: f"{p.settings[:22]}-{p.peer}-{p.token[:4]}")
def test_every_way_is_open_to_those_who_have_its_role_and_to_nobody_else(
    make_world: Make, browse: Browse, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("feeds.web.throttle.ALLOWED", 10_000)
    reached: list[Way] = []
    client = browse(make_world(place.settings), peer=place.peer)
    for route in client.app.routes:  # type: ignore[attr-defined]
        for way in (w for w in TABLE if w.path == route.path):
            _listen(route, way, reached)
    headers = {"Authorization": f"Bearer {place.token}"} if place.token else {}
    for way in TABLE:
        body = {"content": b"{}", "headers": headers | {"Content-Type": "application/json"}}
        answer = client.request(
            way.method, address(way), **(body if way.path.startswith("/api/") else {"headers": headers})
        )  # type: ignore[arg-type]
        if place.role < way.role:
            assert answer.status_code in KEPT_OUT, way
    assert {(w.method, w.path) for w in reached} == {(w.method, w.path) for w in TABLE if w.role <= place.role}


def _listen(route: object, way: Way, reached: list[Way]) -> None:
    """Note that the gate let a request through to its route, and go no further."""
    from starlette.responses import Response

    async def noted(scope: dict[str, str], receive: object, send: Callable[..., object]) -> None:
        reached.extend(w for w in TABLE if w.path == way.path and w.method == scope["method"])
        await Response(status_code=204)(scope, receive, send)  # type: ignore[arg-type]

    route.app = noted  # type: ignore[attr-defined]


def test_the_application_has_the_routes_of_the_table_and_no_others(world: World, browse: Browse) -> None:
    mounted = {getattr(r, "path", "") for r in browse(world).app.routes}  # type: ignore[attr-defined]
    assert mounted == {way.path for way in TABLE} | {STATIC.rstrip("/")}


def test_no_way_that_changes_anything_is_open_to_those_who_only_read() -> None:
    unsafe = {way for way in TABLE if way.method != "GET" and way.role is not Role.OPERATE}
    assert {(way.method, way.path) for way in unsafe} == {("POST", "/login"), ("POST", "/logout"), ("POST", "/hub")}


def test_what_no_way_leads_to_tells_a_stranger_nothing(make_world: Make, browse: Browse) -> None:
    client = browse(make_world(BOTH), peer=ELSEWHERE)
    for there, not_there in (("/sources", "/nothing"), ("/api/v1/hooks", "/api/v1/nothing"), ("/metrics", "/metric")):
        answers = [client.get(path) for path in (there, not_there)]
        assert answers[0].status_code == answers[1].status_code
        assert answers[0].content == answers[1].content


@pytest.mark.parametrize(
    "path",
    [
        "/static/%2e%2e/app.py",
        "/static/..%5capp.py",
        "/static//etc/passwd",
        "/static/../gate.py",
        "/feeds/%2e%2e/x.atom",
    ],
)
def test_no_path_leads_out_of_its_folder(world: World, browse: Browse, path: str) -> None:
    assert browse(world).get(path).status_code == 404


def test_looking_changes_nothing(make_world: Make, browse: Browse) -> None:
    world = make_world()
    world.remember(make_notice(1))
    world.publish()
    client = browse(world)
    before = _everything(world)
    for way in (w for w in TABLE if w.method == "GET" and not w.path.endswith("/stream")):
        client.get(address(way).replace("ntc_none", make_notice(1).id))
    assert _everything(world) == before


def _everything(world: World) -> dict[str, list[object]]:
    from crawler.store.tables import metadata

    with world.store.read() as tx:
        return {t.name: list(map(tuple, tx.execute(t.select()))) for t in metadata.sorted_tables}
