"""The pages for people: overview, one notice, sources, deliveries."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from crawler.exceptions import ConfigError, UnknownNotice
from crawler.items import Notice, State
from crawler.judging.columns.coverage import HOUR, share
from crawler.store import columns, coverage, figures, ledger, notices
from crawler.store.notices import Query
from feeds.coverage import RECENT, percent
from feeds.entries import is_alert, marked
from feeds.languages import Word
from feeds.safe_text import http_url
from feeds.web.context import context_of
from feeds.web.status import examine
from feeds.web.view import View, page
from feeds.words import DELIVERY_STATES

_NOTICES, _COLUMNS, _DELIVERIES = 25, 15, 8  # on the overview
_MOST_DELIVERIES = 200
_QUICKEST_REFRESH = 5  # seconds
_BAD_EDIT = Word("Bad edit; the last good configuration stays in force: %(error)s")
_URGENCY = [State.BROKEN, State.CHALLENGED, State.DEGRADED, State.QUIET, State.NEW, State.OK, State.DISABLED]


async def overview(request: Request) -> Response:
    """What is alive, what is new, what was sent."""
    context = context_of(request)
    troubles = await examine(context.status, context.store, context.now())
    return await run_in_threadpool(_overview, request, troubles)


def _overview(request: Request, troubles: list[Word]) -> Response:
    context = context_of(request)
    view = View.of(request)
    with context.store.read() as tx:
        latest = notices.search(tx, Query(limit=_NOTICES))
        rows = by_urgency(columns.rows(tx))
        sent = ledger.deliveries(tx, limit=_DELIVERIES)
        counts, totals = figures.notices_by_kind(tx), ledger.totals(tx)
    return page(
        view,
        "overview.html",
        troubles=_troubles(view, troubles, context.configuration.error),
        figures=_figures(rows, counts, totals),
        notices=[shown(n) for n in latest],
        columns=rows[:_COLUMNS],
        more_columns=len(rows) > _COLUMNS,
        deliveries=sent,
        refresh=_refresh(request),
    )


def notice(request: Request) -> Response:
    """Everything known of one notice."""
    context = context_of(request)
    wanted = request.path_params["id"]
    try:
        with context.store.read() as tx:
            found = notices.get(tx, wanted)
            sent = ledger.deliveries(tx, limit=_MOST_DELIVERIES, notice_id=wanted)
    except UnknownNotice:
        raise HTTPException(404) from None
    names = {s.id: s.name for s in context.catalogue.sources.values()}
    view = View.of(request)
    cap = context.settings.cap.sender and is_alert(found)
    return page(view, "notice.html", n=shown(found, names), url=http_url(found.url), deliveries=sent, cap=cap)


def sources(request: Request) -> Response:
    """Every column, those that need attention first, with the share of the last 30 days in which it was watched."""
    context = context_of(request)
    now = context.now()
    hour = int(now // HOUR)
    with context.store.read() as tx:
        rows = by_urgency(columns.rows(tx))
        watched = coverage.watched(tx, hour - RECENT, hour, now)
    shares = {one.column: percent(share([one])) for one in watched}
    return page(View.of(request), "sources.html", columns=rows, shares=shares)


def deliveries(request: Request) -> Response:
    """The ledger, newest first."""
    state = request.query_params.get("state")
    with context_of(request).store.read() as tx:
        sent = ledger.deliveries(tx, state if state in DELIVERY_STATES else None, _MOST_DELIVERIES)
    return page(View.of(request), "deliveries.html", deliveries=sent)


def by_urgency(rows: list[columns.ColumnRow]) -> list[columns.ColumnRow]:
    """What needs attention first, then what was new last."""
    return sorted(rows, key=lambda r: (_URGENCY.index(r.state), -(r.last_new or 0), r.key))


def shown(notice: Notice, names: dict[str, str] | None = None) -> dict[str, Any]:
    """A notice as the templates want it."""
    sightings = [
        asdict(s) | {"at": s.first_seen, "link": http_url(s.url), "name": (names or {}).get(s.source or "", s.source)}
        for s in notice.sightings
    ]
    return {
        "id": notice.id,
        "title": notice.title.strip() or notice.id,
        "body": notice.body,
        "language": notice.language,
        "status": notice.status,
        "alertable": notice.alertable,
        "published": notice.published,
        "first_seen_at": notice.first_seen,
        "origin": notice.origin,
        "kind": notice.verdict.kind,
        "scope": notice.verdict.scope,
        "places": notice.verdict.places,
        "contacts": notice.verdict.contacts,
        "reasons": notice.verdict.reasons,
        "reprints": sum(s.role != "original" for s in notice.sightings),
        "sightings": sightings,
        "revisions": [asdict(r) | {"at": r.seen, "marked": marked(r.diff)} for r in notice.revisions],
    }


def _figures(
    rows: list[columns.ColumnRow], counts: dict[tuple[str, bool], int], totals: dict[tuple[str, str], int]
) -> dict[str, Any]:
    enabled = [r for r in rows if r.enabled]
    return {
        "ok": sum(r.state in (State.OK, State.QUIET) for r in enabled),
        "blind": sum(r.state.in_trouble for r in enabled),
        "columns": len(enabled),
        "notices": sum(counts.values()),
        "alertable": sum(n for (_, alertable), n in counts.items() if alertable),
        "last_look": max((r.last_look for r in enabled if r.last_look), default=None),
        "waiting": sum(n for (_, state), n in totals.items() if state == "queued"),
        "dead": sum(n for (_, state), n in totals.items() if state == "dead"),
    }


def _troubles(view: View, found: list[Word], error: ConfigError | None) -> list[str]:
    mine = [_BAD_EDIT.filled(error=error)] if error else []
    return [word.of(view.language) for word in (*found, *mine)]


def _refresh(request: Request) -> int | None:
    asked = request.query_params.get("refresh", "")
    return max(int(asked[:4]), _QUICKEST_REFRESH) if asked.isascii() and asked.isdigit() else None
