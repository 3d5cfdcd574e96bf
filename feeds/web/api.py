"""/api/v1: what the pages show, as JSON for programs."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.datastructures import QueryParams
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from crawler.exceptions import UnknownNotice
from crawler.items import notice_json, timestamp
from crawler.store import columns, ledger, notices
from crawler.store import coverage as log
from feeds.coverage import Span, as_json
from feeds.safe_text import sound
from feeds.web.context import context_of
from feeds.web.questions import query_of
from feeds.web.status import examine
from feeds.words import DELIVERY_STATES


def list_notices(request: Request) -> Response:
    """Notices, newest first; ``next`` is the ``before`` of the next page."""
    query = query_of(request.query_params)
    with context_of(request).store.read() as tx:
        found = notices.search(tx, query)
    following = found[-1].id if found and len(found) == query.limit else None
    return _json({"notices": [notice_json(n) for n in found], "next": following})


def one_notice(request: Request) -> Response:
    """One notice."""
    try:
        with context_of(request).store.read() as tx:
            return _json(notice_json(notices.get(tx, request.path_params["id"])))
    except UnknownNotice as e:
        raise HTTPException(404, str(e)) from None


def list_sources(request: Request) -> Response:
    """Every column with its health."""
    with context_of(request).store.read() as tx:
        rows = columns.rows(tx)
    times = ("due", "baseline_at", "last_look", "last_ok", "last_new", "since")
    return _json({"columns": [_timed(asdict(row), times) for row in rows]})


def coverage(request: Request) -> Response:
    """Which columns were observed in each hour of ``day`` (today, a day or a month, UTC), or of ``from`` to ``to``."""
    context, params = context_of(request), request.query_params
    try:
        span = _span(params, context.now())
    except (ValueError, OverflowError) as e:
        raise HTTPException(400, f"coverage: {e}") from None
    wanted = [s for given in params.getlist("source") for s in given.split(",") if s]
    with context.store.read() as tx:
        watched = log.watched(tx, span.since, span.until, context.now(), sources=wanted)
    return _json(as_json(span, watched))


def _span(params: QueryParams, now: float) -> Span:
    if "from" not in params and "to" not in params:
        return Span.of(params.get("day", "today"), UTC, now)
    start = _moment(params.get("from", ""))
    return Span.between(start, _moment(params["to"]) if "to" in params else start + timedelta(days=1), now)


def _moment(said: str) -> datetime:
    at = datetime.fromisoformat(said.replace(" ", "+"))  # a plus sign that was not quoted
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def list_deliveries(request: Request) -> Response:
    """The newest deliveries, of one ``state`` if given."""
    state = request.query_params.get("state")
    if state and state not in DELIVERY_STATES:
        raise HTTPException(400, f"state: write one of {', '.join(DELIVERY_STATES)}")
    with context_of(request).store.read() as tx:
        rows = ledger.deliveries(tx, state or None, query_of(request.query_params).limit or 0)
    return _json({"deliveries": [_timed(asdict(row), ("at", "created", "due", "finished")) for row in rows]})


async def health(request: Request) -> Response:
    """What /healthz says, with the error of the configuration, always 200."""
    context = context_of(request)
    found = [p.en for p in await examine(context.status, context.store, context.now())]
    error = context.configuration.error
    return _json({"healthy": not found, "problems": found, "configuration_error": str(error) if error else None})


async def healthz(request: Request) -> Response:
    """200 when the daemon polls and delivers; else 503 and why."""
    context = context_of(request)
    found = [p.en for p in await examine(context.status, context.store, context.now())]
    return _json({"status": "unhealthy" if found else "ok", "problems": found}, 503 if found else 200)


def _timed(row: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return row | {n: timestamp(row[n]) for n in names if row[n] is not None}


def _json(data: dict[str, Any], status: int = 200) -> Response:
    body = json.dumps(sound(data), ensure_ascii=False, allow_nan=False).encode()
    return Response(body, status, {"Cache-Control": "no-store"}, "application/json")
