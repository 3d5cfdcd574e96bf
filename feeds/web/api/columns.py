"""Columns and sources: how they are, looked at now, paused, and added by what would be read there."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from pydantic import Field
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from crawler.config.catalogue import Catalogue
from crawler.config.sourcefile import source_text
from crawler.exceptions import UnknownNotice
from crawler.items import HttpUrl, Look
from crawler.store.watch import columns, incidents, looks
from crawler.store.watch import coverage as log
from feeds import operations
from feeds.coverage import Span, as_json
from feeds.web.api.answers import Body, answer, listed, sent, timed
from feeds.web.context import Context, context_of
from feeds.web.questions import Asked, Paged, asked

if TYPE_CHECKING:
    from crawler.adding.proposing import Proposal

_TIMES = ("due", "paused_at", "baseline_at", "last_look", "last_ok", "last_new", "since")
_SHOWN = 30  # links of a preview
_BEGINNING = 2000  # characters of a preview's article


class CoverageAsked(Asked):
    """A day or a month (``day``), or ``from`` a time to another; all in UTC."""

    day: str = Field("today", description="today, yesterday, 2026-01-15 or 2026-01.")
    since: str | None = Field(None, alias="from", description="RFC 3339")
    until: str | None = Field(None, alias="to", description="RFC 3339; 31 days after `from` at most, a day by default.")
    source: tuple[str, ...] = ()

    def span(self, now: float) -> Span:
        """The hours that are meant.  Raises ValueError."""
        if self.since is None and self.until is None:
            return Span.of(self.day, UTC, now)
        start = _moment(self.since or "")
        return Span.between(start, _moment(self.until) if self.until else start + timedelta(days=1), now)


class Paused(Body):
    """Whether it is to be looked at."""

    paused: bool


class NewSource(Body):
    """A list that is to be watched, and what is known of its publisher; the rest is inferred."""

    url: HttpUrl = Field(max_length=2000)
    id: str | None = Field(None, max_length=48)
    name: str | None = Field(None, max_length=200)
    authority: str | None = None
    timezone: str | None = None
    render: bool = False


class Previewed(Body):
    """The preview that is to be saved."""

    preview: str = Field(min_length=1, max_length=60)


def list_columns(request: Request) -> Response:
    """Every column with its health, by key."""
    page = asked(request.query_params, ColumnsAsked)
    with context_of(request).store.read() as tx:
        rows = columns.rows(tx, after=page.after(str), limit=page.limit + 1)
    catalogue = context_of(request).catalogue
    return listed(request, "columns", rows, page, lambda row: _shown(row, catalogue), lambda row: row.key)


class ColumnsAsked(Paged):
    """Columns in pages; of few installations there are more than fit on the first."""

    limit: int = Field(500, ge=1, le=500)


def one_column(request: Request) -> Response:
    """A column with its health."""
    key = _key(request)
    with context_of(request).store.read() as tx:
        found = columns.row(tx, key)
    if found is None:
        raise UnknownNotice(f"{key}: no such column")
    return answer(request, _shown(found, context_of(request).catalogue))


def list_looks(request: Request) -> Response:
    """The looks at a column, the newest first."""
    page = asked(request.query_params, Paged)
    before = page.after(str)
    try:
        at = None if before is None else float(before)
    except ValueError:
        raise HTTPException(400, "cursor: is one of another list") from None
    with context_of(request).store.read() as tx:
        found = looks.last(tx, _key(request), page.limit + 1, before=at)
    return listed(request, "looks", found, page, lambda look: timed(_look(look), "at"), lambda look: repr(look.at))


def _look(look: Look) -> dict[str, Any]:
    names = ("column", "at", "outcome", "status", "seconds", "bytes", "items", "new", "why")
    return {name: getattr(look, name) for name in names}


def list_incidents(request: Request) -> Response:
    """The troubles with columns, the newest first."""
    page = asked(request.query_params, Paged)
    with context_of(request).store.read() as tx:
        found = incidents.listed(tx, page.limit + 1, before=page.after(int))
    times = ("opened", "closed", "updated")
    return listed(request, "incidents", found, page, lambda row: timed(asdict(row), *times), lambda row: row.id)


def coverage(request: Request) -> Response:
    """Which columns were observed in each hour."""
    context, said = context_of(request), asked(request.query_params, CoverageAsked)
    try:
        span = said.span(context.now())
    except (ValueError, OverflowError) as e:
        raise HTTPException(400, f"coverage: {e}") from None
    with context.store.read() as tx:
        watched = log.watched(tx, span.since, span.until, context.now(), sources=list(said.source))
    return answer(request, as_json(span, watched))


async def look_now(request: Request) -> Response:
    """Have a column, or every column of a source, looked at now."""
    return await _acted(request, operations.look_now, 202)


async def put_paused(request: Request) -> Response:
    """Stop looking at a column, or at every column of a source, or look again."""
    paused = (await sent(request, Paused)).paused
    return await _acted(request, operations.pause if paused else operations.resume, 200)


async def _acted(request: Request, act: Any, status: int) -> Response:
    context, name = context_of(request), _key(request)
    keys = await run_in_threadpool(act, context.store, context.catalogue, name, context.now())
    return answer(request, {"columns": keys}, status)


async def preview(request: Request) -> Response:
    """What would be read at an address, were it watched; nothing is written."""
    from crawler.adding.proposing import Wanted

    context, said = context_of(request), await sent(request, NewSource)
    wanted = Wanted(
        said.url, said.id or None, said.name or None, said.authority or None, said.timezone or None, said.render
    )
    async with context.reading():
        proposal = await operations.preview(context.configuration, wanted)
    return answer(request, previewed(proposal, context.previews.put(proposal)))


async def save(request: Request) -> Response:
    """Watch what a preview showed, from now on."""
    context, name = context_of(request), (await sent(request, Previewed)).preview
    source = await run_in_threadpool(saved, context, name)
    keys = [source.key(column) for column in source.column]
    return answer(request, {"id": source.id, "columns": keys}, 201, {"Location": f"/api/v1/columns/{keys[0]}"})


def saved(context: Context, preview: str) -> Any:
    """The source of a preview, written.  Raises UnknownNotice when there is no such preview any more, ConfigError."""
    proposal = context.previews.get(preview)
    if proposal is None:
        raise UnknownNotice("no such preview any more; look again")
    operations.save(context.settings, proposal)
    context.previews.drop(preview)
    context.configuration.refresh()
    return proposal.source


def previewed(proposal: Proposal, name: str) -> dict[str, Any]:
    """A proposal as it is shown."""
    shown = proposal.told(_SHOWN, _BEGINNING)
    return {"preview": name, **shown, "toml": source_text(proposal.data, proposal.source.name)}


def _shown(row: columns.ColumnRow, catalogue: Catalogue) -> dict[str, Any]:
    """A column as JSON; one that is configured no more has no authority."""
    source, column = catalogue.sources.get(row.source), catalogue.columns.get(row.key)
    configured = {"authority": source and source.authority, "mirrors": list(column.mirrors) if column else []}
    return timed(asdict(row), *_TIMES) | configured


def _key(request: Request) -> str:
    """What a path names: a source, or a column of it."""
    params = request.path_params
    return f"{params['source']}/{params['column']}" if "column" in params else str(params["source"])


def _moment(said: str) -> datetime:
    at = datetime.fromisoformat(said.replace(" ", "+"))  # a plus sign that was not quoted
    return at if at.tzinfo else at.replace(tzinfo=UTC)
