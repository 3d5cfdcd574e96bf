"""The wire: notices newest first, narrowed by chips that are addresses and feeds, searched, and how sure silence is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from crawler.exceptions import ConfigError
from crawler.items import Kind, Scope
from crawler.store.wire import notices, trends
from crawler.store.wire.notices import Query
from feeds.channels import MAIN, both
from feeds.languages import Word
from feeds.reasons import reason
from feeds.web import silence
from feeds.web.context import Context, context_of
from feeds.web.questions import NoticesAsked, asked
from feeds.web.screens.shown import shown
from feeds.web.status import examine
from feeds.web.view import View, page

_PAGE = 30  # notices
_RECENT = 30 * 86400.0  # seconds before the newest notice in which values are counted for the chips
_FRESH = 30.0  # seconds for which these counts serve
_MOST = 10  # chips of one kind
_ONLY = ("alerts", "official", "revisions")
_FILTERS = ("kind", "scope", "place", "scam", "source")
_QUICKEST_REFRESH = 5  # seconds
_BAD_EDIT = Word("Bad edit; the last good configuration stays in force: %(error)s")


@dataclass(frozen=True, slots=True)
class Chip:
    """One value by which the wire can be narrowed: its name, how many recent notices have it, and where it leads."""

    name: str
    count: int | None
    address: str
    chosen: bool


async def wire(request: Request) -> Response:
    """What is new, and whether we looked."""
    context = context_of(request)
    troubles = await examine(context.status, context.store, context.now())
    return await run_in_threadpool(_wire, request, troubles)


def _wire(request: Request, troubles: list[Word]) -> Response:
    context, view, params = context_of(request), View.of(request), request.query_params
    only = params.get("only", "")
    query, words = _query(params, only), params.get("q", "").split()
    with context.store.read() as tx:
        listed = notices.search(tx, replace(query, limit=_PAGE + 1))
        health = silence.health(tx)
        facets = _facets(tx, view, context, params)
    found = listed[:_PAGE]
    return page(
        view,
        "wire.html",
        troubles=_told(view, troubles, context.configuration.error),
        health=health,
        notices=[shown(n, words) for n in found],
        facets=facets,
        only=only if only in _ONLY else "",
        tabs=[(name, _with(params, "only", name)) for name in ("", *_ONLY)],
        q=params.get("q", ""),
        kept=[(k, v) for k, v in params.multi_items() if k in (*_FILTERS, "only")],
        narrowed=any(params.get(name) for name in (*_FILTERS, "q", "exclude", "only")),
        older=_with(params, "before", found[-1].id) if len(listed) > _PAGE else "",
        newest=_with(params, "before", "") if params.get("before") else "",
        following=_feeds(view, only, params),
        refresh=_refresh(params),
    )


def _query(params: QueryParams, only: str) -> Query:
    wanted = asked(params, NoticesAsked).query()
    return (both(MAIN[only].query, wanted) or wanted) if only in _ONLY else wanted


# --------------------------------------------------------------------------------------------------------------------
# Chips


def _facets(tx: Connection, view: View, context: Context, params: QueryParams) -> list[tuple[str, str, list[Chip]]]:
    """What the wire can be narrowed by: parameter, title, and chips."""
    counted = context.remembered("facets", _FRESH, lambda: _counted(tx))
    values = {
        "kind": [str(k) for k in Kind if counted["kind"].get(k)],
        "scope": list(map(str, Scope)),
        "place": _often(counted["place"]),
        "scam": _often(counted["scam"]),
        "source": _often(counted["source"]),
    }
    names = context.catalogue.called
    made = []
    for name in _FILTERS:
        chosen = [v for v in _given(params, name) if v not in values[name]]
        chips = [_chip(view, params, name, v, counted.get(name, {}).get(v), names) for v in (*chosen, *values[name])]
        made.append((name, view.say("facet", name), chips))
    return [facet for facet in made if facet[2]]


def _counted(tx: Connection) -> dict[str, dict[str, int]]:
    """How many of the recent notices have each value."""
    newest = notices.search(tx, Query(limit=1))
    since = (newest[0].first_seen if newest else 0.0) - _RECENT
    tagged = trends.by_tag(tx, since, 2 * _RECENT)
    return {
        "kind": _totals(trends.by_kind(tx, since, 2 * _RECENT)),
        "place": _totals(tagged["place"]),
        "scam": _totals(tagged["scam"]),
        "source": _totals(trends.by_source(tx, since, 2 * _RECENT)),
    }


def _totals(counts: trends.Counts) -> dict[str, int]:
    return {value: count for (value, _), count in counts.items() if value}


def _often(counts: dict[str, int]) -> list[str]:
    return sorted(counts, key=lambda value: (-counts[value], value))[:_MOST]


def _chip(view: View, params: QueryParams, name: str, value: str, count: int | None, names: Mapping[str, str]) -> Chip:
    given = _given(params, name)
    chosen = value in given
    after = [v for v in given if v != value] if chosen else [*given, value]
    table = {"scam": "scam_types"}.get(name, name)
    said = view.source(value, names.get(value, value)) if name == "source" else view.say(table, value)
    return Chip(said, count, _with(params, name, ",".join(after)), chosen)


def _given(params: QueryParams, name: str) -> list[str]:
    said = [v.strip() for given in params.getlist(name) for v in given.split(",") if v.strip()]
    return [v.upper() for v in said] if name == "place" else said


def _with(params: QueryParams, name: str, value: str) -> str:
    """The address of the wire with one parameter changed; the page starts anew unless that is what changes."""
    said = [(k, v) for k, v in params.multi_items() if v and k not in (name, "before", "lang", "refresh", "token")]
    question = urlencode([*said, (name, value)] if value else said, safe=",")
    return f"/?{question}" if question else "/"


def _feeds(view: View, only: str, params: QueryParams) -> list[tuple[str, str]]:
    """Where a reader follows just what is shown: format and address."""
    path = only if only in _ONLY else "all"
    said = [(k, v) for k, v in params.multi_items() if v and k in (*_FILTERS, "q", "exclude")]
    question = urlencode(said, safe=",")
    addresses = ((suffix, view.feed(path, suffix)) for suffix in ("atom", "rss", "json"))
    return [(suffix, f"{at}{'&' if '?' in at else '?'}{question}" if question else at) for suffix, at in addresses]


def _told(view: View, found: list[Word], error: ConfigError | None) -> list[str]:
    mine = [_BAD_EDIT.filled(error=reason(str(error)))] if error else []
    return [word.of(view.language) for word in (*found, *mine)]


def _refresh(params: QueryParams) -> int | None:
    asked = params.get("refresh", "")
    return max(int(asked[:4]), _QUICKEST_REFRESH) if asked.isascii() and asked.isdigit() else None
