"""Adding a source: an address is looked at, what would be read there is shown, and what was shown can be saved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from crawler.exceptions import FenghuoError
from crawler.items import Authority
from feeds import operations
from feeds.web.context import context_of
from feeds.web.forms import form_of
from feeds.web.screens.actions import back
from feeds.web.view import View, page

if TYPE_CHECKING:
    from crawler.adding.proposing import Proposal

_SHOWN = 12  # items of the list
_BEGINNING = 600  # characters of the article


def form(request: Request) -> Response:
    """The form that asks for an address."""
    return _page(request, {"url": request.query_params.get("url", "")})


async def preview(request: Request) -> Response:
    """What would be read at an address; nothing is changed."""
    context, said = context_of(request), form_of(request)
    optional: dict[str, Any] = {
        name: said.get(name, "").strip() or None for name in ("id", "name", "authority", "timezone")
    }
    try:
        async with context.reading():
            from crawler.adding.proposing import Wanted

            wanted = Wanted(said.get("url", "").strip(), **optional, render=bool(said.get("render")))
            proposal = await operations.preview(context.configuration, wanted)
    except FenghuoError as e:
        return _page(request, said, wrong=str(e))
    return _page(request, said, proposal=proposal, kept=context.previews.put(proposal))


async def save(request: Request) -> Response:
    """Write the source that was shown."""
    context, name = context_of(request), form_of(request).get("preview", "")
    proposal = context.previews.get(name)
    if proposal is None:
        return _page(request, {}, wrong=View.of(request).gettext("This preview is no longer kept; look once more."))
    try:
        await run_in_threadpool(operations.save, context.settings, proposal)
    except FenghuoError as e:
        return _page(request, {"url": proposal.source.column[0].url}, wrong=str(e))
    context.previews.drop(name)
    await run_in_threadpool(context.configuration.refresh)  # where the reader is led, the source is known
    return back(f"/sources/{proposal.source.id}", "added")


def _page(
    request: Request, given: Mapping[str, str], *, wrong: str = "", proposal: Proposal | None = None, kept: str = ""
) -> Response:
    return page(
        View.of(request),
        "add.html",
        status=400 if wrong else 200,
        given=given,
        wrong=wrong,
        authorities=list(map(str, Authority)),
        source=proposal.source if proposal else None,
        links=proposal.found.listing.links[:_SHOWN] if proposal else (),
        number=len(proposal.found.listing.links) if proposal else 0,
        article=proposal.visit.article if proposal and proposal.visit else None,
        beginning=_BEGINNING,
        notes=proposal.notes if proposal else (),
        kept=kept,
    )
