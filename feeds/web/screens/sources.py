"""Sources: which of them can be read, since when not and why, how they publish, and how we kept watch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from crawler.items import Source, State
from crawler.judging.columns.coverage import HOUR, Watched, share
from crawler.store.watch import columns, coverage, incidents, looks
from crawler.store.watch.columns import ColumnRow
from crawler.store.wire import trends
from feeds.coverage import RECENT, percent
from feeds.web import charts
from feeds.web.charts import Cell
from feeds.web.context import Context, context_of
from feeds.web.view import View, page

DAY = 86400.0
_DAYS = 30  # of the line of what came
_FIELD = 14  # days of the field of hours
_LOOKS, _INCIDENTS = 24, 12
_PAGE = 200  # columns
_FRESH = 30.0  # seconds for which the counts of what came serve


@dataclass(frozen=True, slots=True)
class Publisher:
    """A source with its columns, those that need attention first."""

    id: str
    name: str
    columns: list[ColumnRow]
    spark: Any  # Markup
    came: int


def sources(request: Request) -> Response:
    """The sources, those that need attention first, some hundred columns a page."""
    context, view = context_of(request), View.of(request)
    now, wanted, start = context.now(), request.query_params.get("state", ""), _start(request)
    hour = int(now // HOUR)
    states = [State(wanted)] if wanted in list(State) else columns.URGENCY
    with context.store.read() as tx:
        counts = columns.tally(tx)
        listed = columns.by_urgency(tx, _PAGE + 1, start=start, states=states)
        shown = listed[:_PAGE]
        watched = coverage.watched(tx, hour - RECENT, hour, now, keys=[row.key for row in shown])
    return page(
        view,
        "sources.html",
        publishers=_publishers(view, shown, _came(context)),
        counts=[(str(state), counts[state]) for state in columns.URGENCY if counts[state]],
        wanted=wanted if wanted in list(State) else "",
        shares={one.column: percent(share([one])) for one in watched},
        total=counts.total(),
        following=start + _PAGE if len(listed) > _PAGE else None,
    )


def _start(request: Request) -> int:
    said = request.query_params.get("start", "")[:9]
    return int(said) if said.isascii() and said.isdigit() else 0


def _came(context: Context) -> trends.Counts:
    """How many notices each source had on each of the last days."""

    def counted() -> trends.Counts:
        with context.store.read() as tx:
            return trends.by_source(tx, context.now() - _DAYS * DAY, DAY)

    return context.remembered("came", _FRESH, counted)


def _publishers(view: View, rows: Sequence[ColumnRow], came: trends.Counts) -> list[Publisher]:
    theirs: dict[str, list[ColumnRow]] = {}
    for row in rows:
        theirs.setdefault(row.source, []).append(row)
    return [_publisher(view, id, of, came) for id, of in theirs.items()]


def _publisher(view: View, id: str, rows: list[ColumnRow], came: trends.Counts) -> Publisher:
    days = [came[id, n] for n in range(_DAYS)]
    name = view.source(id, rows[0].name.partition(" · ")[0])
    label = view.ngettext("%(num)s notice in 30 days", "%(num)s notices in 30 days", sum(days))
    return Publisher(id, name, rows, charts.sparkline(days, label=label), sum(days))


# --------------------------------------------------------------------------------------------------------------------
# One source


def source(request: Request) -> Response:
    """One source: each of its columns with its last looks, its hours and its troubles."""
    context, view, id = context_of(request), View.of(request), request.path_params["id"]
    now = context.now()
    known = context.catalogue.sources.get(id)
    with context.store.read() as tx:
        rows = columns.by_urgency(tx, source=id)
        if not rows and known is None:
            raise HTTPException(404)
        hour = int(now // HOUR)
        since = (hour // 24 - _FIELD + 1) * 24
        watched = {w.column: w for w in coverage.watched(tx, since, hour + 1, now, sources=[id])}
        made = {r.key: looks.last(tx, r.key, _LOOKS) for r in rows}
        troubles = [i for i in incidents.recent(tx, 500) if i.column.partition("/")[0] == id][:_INCIDENTS]
    hours = {r.key: _hours(view, watched[r.key], since) for r in rows if r.key in watched}
    who = _who(known)
    publisher = _publisher(view, id, rows, _came(context)) if rows else None
    shown: dict[str, Any] = {"publisher": publisher, "hours": hours, "looks": made, "troubles": troubles}
    mirrors = {r.key: context.catalogue.mirrors(r.key) for r in rows}
    mirrored = {r.key: context.catalogue.mirrored(r.key) for r in rows}
    return page(view, "source.html", id=id, who=who, mirrors=mirrors, mirrored=mirrored, **shown)


def _who(source: Source | None) -> dict[str, Any]:
    if source is None:
        return {}
    return {"name": source.name, "homepage": source.homepage, "authority": str(source.authority)}


def _hours(view: View, watched: Watched, since: int) -> charts.Chart:
    """A field of the hours of the last days: a day a row, an hour a column (UTC)."""
    days = range(since // 24, since // 24 + _FIELD)
    names = [_day(day) for day in reversed(days)]
    field = [[_hour(view, watched, day * 24 + n) for n in range(24)] for day in reversed(days)]
    labels = [f"{n:02d}" for n in range(24)]
    label = view.gettext("Hours of the last two weeks (UTC), and whether we kept watch in each")
    return charts.cells(names, labels, field, label=label, head=view.gettext("Day"), every=3, left=60, width=520)


def _hour(view: View, watched: Watched, hour: int) -> Cell:
    bit = 1 << hour - watched.since
    if watched.kept & bit:
        return Cell("good", view.say("watch", "kept"))
    if watched.observed & bit:
        return Cell("part", view.say("watch", "observed"))
    if watched.looked & bit:
        return Cell("bad", view.say("watch", "looked"))
    if watched.begun <= hour < watched.ended:
        return Cell("bad", view.say("watch", "missed"))
    return Cell("void", view.say("watch", "open"))


def _day(day: int) -> str:
    return f"{datetime.fromtimestamp(day * DAY, UTC):%m-%d}"
