"""Health: for people and programs, and for probes."""

from __future__ import annotations

import json

from starlette.requests import Request
from starlette.responses import Response

from feeds.web.api.answers import answer
from feeds.web.context import context_of
from feeds.web.status import examine


async def health(request: Request) -> Response:
    """What /healthz says, with the error of the configuration, always 200."""
    context = context_of(request)
    found = [p.en for p in await examine(context.status, context.store, context.now())]
    error = context.configuration.error
    said = {"healthy": not found, "problems": found, "configuration_error": str(error) if error else None}
    return answer(request, said)


async def healthz(request: Request) -> Response:
    """200 when the daemon polls and delivers; else 503 and why."""
    context = context_of(request)
    found = [p.en for p in await examine(context.status, context.store, context.now())]
    body = json.dumps({"status": "unhealthy" if found else "ok", "problems": found})
    return Response(body, 503 if found else 200, {"Cache-Control": "no-store"}, "application/json")
