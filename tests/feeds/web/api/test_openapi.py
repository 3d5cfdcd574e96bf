"""The description of the API, and the API held to it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from starlette.testclient import TestClient

from feeds.web.api import columns, hooks, notices, stream
from feeds.web.callers import Role
from feeds.web.routes import TABLE
from feeds.web.routing import Way
from tests.feeds.web.api.conftest import HOOK
from tests.feeds.world import World

_HELD = (not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance)
_ENDLESS = stream.stream  # its answer has no end to wait for; test_stream reads it
_ASIDE = {notices.submit, notices.explain, notices.split, notices.split_sighting, columns.preview, hooks.try_rules}
_EXAMPLES, _OF_ASIDE = 8, 1  # what is done in a process of its own takes a second each
_PATIENCE = 120.0  # seconds, so that a busy machine fails nothing
_INSIDE = "http://127.0.0.1:9/x"  # put in place of each address, so that no test asks the world
_HEADERS = {"Host": "127.0.0.1:8750", "Authorization": "Bearer iron-kettle-nine"}
Browse = Callable[..., TestClient]


def _named(way: Way) -> str:
    return f"{way.method} {way.path}"


@pytest.fixture
def described(again: Callable[..., World], everything: Path, browse: Browse) -> Any:
    """The API of a full world as its description tells it."""
    app = browse(again(everything, f'admin_token = "iron-kettle-nine"\n{HOOK}')).app
    return schemathesis.openapi.from_asgi("/api/v1/openapi.json", app, headers=_HEADERS)


@pytest.mark.parametrize("way", [w for w in TABLE if w.told and w.handler is not _ENDLESS], ids=_named)
def test_whatever_is_asked_the_answer_is_as_described(described: Any, way: Way) -> None:
    often = _OF_ASIDE if way.handler in _ASIDE else _EXAMPLES

    @given(case=described[way.path][way.method].as_strategy())
    @settings(
        max_examples=often, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
    )
    def holds(case: Any) -> None:
        if isinstance(case.body, dict) and case.body.get("url"):
            case.body["url"] = _INSIDE
        case.call_and_validate(checks=list(_HELD), headers=_HEADERS, timeout=_PATIENCE)

    holds()


@pytest.mark.parametrize("path", ["notices", "explain", "sources/preview"])
def test_an_address_inside_is_refused_as_described(described: Any, path: str) -> None:
    case = described[f"/api/v1/{path}"]["POST"].Case(body={"url": _INSIDE}, media_type="application/json")
    said = case.call_and_validate(checks=list(_HELD), headers=_HEADERS, timeout=_PATIENCE)
    assert (said.status_code, said.json()["status"]) == (422, 422)
    assert "refused" in said.json()["detail"]


def test_every_way_of_the_api_is_described_with_its_role(api: TestClient) -> None:
    document = api.get("/api/v1/openapi.json").json()
    assert document["openapi"] == "3.1.0"
    told = {(method.upper(), path): said for path, ways in document["paths"].items() for method, said in ways.items()}
    mine = {(w.method, w.path): w.role for w in TABLE if w.path.startswith("/api/") and w.told}
    assert set(told) == set(mine)
    assert all(
        Role[said["description"].rpartition("role ")[2].rstrip(".").upper()] is mine[way] for way, said in told.items()
    )
    assert all(said["summary"] for said in told.values())
    names = [said["operationId"] for said in told.values()]
    assert len(names) == len(set(names))


def test_every_reference_leads_somewhere(api: TestClient) -> None:
    document = api.get("/api/v1/openapi.json").json()

    def references(part: Any) -> list[str]:
        if isinstance(part, dict):
            mine = [part["$ref"]] if isinstance(part.get("$ref"), str) else []
            return mine + [r for value in part.values() for r in references(value)]
        return [r for value in part for r in references(value)] if isinstance(part, list) else []

    for reference in references(document):
        found = document
        for name in reference.removeprefix("#/").split("/"):
            found = found[name]
        assert found
