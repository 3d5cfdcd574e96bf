"""/api/v1/openapi.json: the API described (OpenAPI 3.1), made of the table of routes and the models of its rows."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from starlette.requests import Request
from starlette.responses import Response

from feeds.web.api.answers import answer
from feeds.web.api.shapes import Problem
from feeds.web.callers import Role
from feeds.web.problems import MEDIA_TYPE
from feeds.web.routing import Told, Way

_PARAMETER = re.compile(r"{(\w+)(?::\w+)?}")
_REFERENCE = "#/components/schemas/{model}"
_REFUSED = {
    400: "What was sent is wrong",
    401: "A token is needed",
    403: "The token is not enough, or another site sent this",
    404: "There is no such thing",
    408: "Sent too slowly",
    413: "Longer than a megabyte",
    415: "Not JSON",
    422: "It cannot be done, for the reason given",
    429: "Too many wrong tokens",
    503: "The database refuses just now, or too much is under way",
}


def openapi(request: Request) -> Response:
    """This document."""
    return answer(request, described(request.app.state.table))


@lru_cache(maxsize=1)
def described(table: Sequence[Way]) -> Mapping[str, Any]:
    """The document for those ways that say what they take and answer."""
    ways = [way for way in table if way.told]
    schemas = _schemas(ways)
    paths: dict[str, dict[str, Any]] = {}
    for way in ways:
        path = _PARAMETER.sub(r"{\1}", way.path)
        paths.setdefault(path, {})[way.method.lower()] = _operation(way)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Fenghuo", "version": "1", "description": "New official warnings of cross-border fraud."},
        "paths": paths,
        "components": {
            "schemas": schemas,
            "responses": {str(code): _refusal(text) for code, text in _REFUSED.items()},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(way: Way) -> dict[str, Any]:
    told = way.told or Told()
    handler = inspect.unwrap(way.handler)
    said: dict[str, Any] = {
        "operationId": handler.__name__ if way.path.count("{column}") == 0 else f"{handler.__name__}_of_column",
        "summary": (inspect.getdoc(handler) or "").partition("\n")[0],
        "description": f"Needs the role {way.role.name.lower()}.",
        "tags": [way.path.split("/")[3]],
        "parameters": [*_of_path(way.path), *(_of_query(told.asked) if told.asked else ())],
        "responses": _responses(way, told),
        "security": [{}, {"token": []}] if way.role is Role.READ else [{"token": []}, {}],
    }
    if told.body:
        content = {"application/json": {"schema": _reference(told.body)}}
        said["requestBody"] = {"required": True, "content": content}
    return said


def _responses(way: Way, told: Told) -> dict[str, Any]:
    good: dict[str, Any] = {"description": inspect.getdoc(told.answer) if told.answer else "Done"}
    if told.media_type == "application/json" and told.answer:
        good["content"] = {told.media_type: {"schema": _reference(told.answer)}}
    elif told.status != 204:
        good["content"] = {told.media_type: {"schema": {}}}
    found = {str(told.status): good}
    if way.method == "GET" and told.media_type == "application/json":
        found["304"] = {"description": "As the ETag in If-None-Match"}
    return found | {str(code): {"$ref": f"#/components/responses/{code}"} for code in _REFUSED}


def _refusal(text: str) -> dict[str, Any]:
    return {"description": text, "content": {MEDIA_TYPE: {"schema": _reference(Problem)}}}


def _of_path(path: str) -> Iterable[dict[str, Any]]:
    for name in _PARAMETER.findall(path):
        yield {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}


def _of_query(model: type[BaseModel]) -> Iterable[dict[str, Any]]:
    """The fields of ``model`` as parameters; one that may be left out is never null."""
    for name, schema in model.model_json_schema(ref_template=_REFERENCE)["properties"].items():
        plain = {k: v for k, v in schema.items() if k not in ("title", "description", "default", "anyOf")}
        plain |= next((one for one in schema.get("anyOf", ()) if one.get("type") != "null"), {})
        parameter = {"name": name, "in": "query", "schema": plain, "description": schema.get("description", "")}
        yield parameter | ({"style": "form", "explode": True} if plain.get("type") == "array" else {})


def _schemas(ways: Sequence[Way]) -> dict[str, Any]:
    told = [way.told for way in ways if way.told]
    answers = {t.answer for t in told if t.answer} | {Problem}
    asked = {t.body for t in told if t.body} | {t.asked for t in told if t.asked}
    named = [
        *((m, "serialization") for m in sorted(answers, key=lambda m: m.__name__)),
        *((m, "validation") for m in sorted(asked, key=lambda m: m.__name__)),
    ]
    _, found = models_json_schema(named, ref_template=_REFERENCE)  # type: ignore[arg-type]
    return dict(found["$defs"])


def _reference(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": _REFERENCE.format(model=model.__name__)}
