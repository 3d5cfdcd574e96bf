"""From a table of routes to an application's routes, and to the role that a method and path need."""

from __future__ import annotations

import inspect
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import cast

from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, compile_path

from feeds.web.callers import Role
from feeds.web.forms import read_form
from feeds.web.gate import API, SAFE

Handler = Callable[[Request], Response] | Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True)
class Told:
    """What a part of the API takes and answers, from which its description is made.

    ``asked``: the parameters of the query; ``body``: what is sent; ``answer``: what comes back with ``status``.
    """

    answer: type[BaseModel] | None = None
    asked: type[BaseModel] | None = None
    body: type[BaseModel] | None = None
    status: int = 200
    media_type: str = "application/json"


@dataclass(frozen=True)
class Way:
    """One method on one path, the role it needs, and who answers.  GET answers HEAD too.

    ``strangers``: other people's programs post here, so that no form of ours is expected.
    """

    method: str
    path: str
    role: Role
    handler: Handler
    told: Told | None = None
    strangers: bool = False


def routes(table: Sequence[Way]) -> list[Route]:
    """One route a path, so that a wrong method is told all right ones."""
    by_path: dict[str, dict[str, Way]] = {}
    for way in table:
        by_path.setdefault(way.path, {})[way.method] = way
    return [Route(path, _endpoint(ways), methods=list(ways)) for path, ways in by_path.items()]


def needed(table: Sequence[Way], opened: Sequence[str] = ()) -> Callable[[str, str], Role]:
    """The role that a method on a path needs; what no way leads to needs that of a reader, so that it tells nothing.

    ``opened``: beginnings of paths, outside the table, that are open to anyone.
    """
    known: list[tuple[re.Pattern[str], Way]] = [(compile_path(way.path)[0], way) for way in table]

    def role(method: str, path: str) -> Role:
        if path.startswith(tuple(opened)):
            return Role.ANYONE
        method = "GET" if method == "HEAD" else method
        found = (way.role for pattern, way in known if way.method == method and pattern.match(path))
        return next(found, Role.READ)

    return role


def _endpoint(ways: dict[str, Way]) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        way = ways["GET" if request.method == "HEAD" else request.method]
        if way.method not in SAFE and not (way.path.startswith(API) or way.strangers):
            await read_form(request)
        if inspect.iscoroutinefunction(way.handler):
            return await cast(Callable[[Request], Awaitable[Response]], way.handler)(request)
        return await run_in_threadpool(cast(Callable[[Request], Response], way.handler), request)

    return answer
