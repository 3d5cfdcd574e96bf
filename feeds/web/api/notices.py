"""Notices: listed, read, handed in, merged, split, explained."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from crawler.exceptions import UnknownNotice
from crawler.items import HttpUrl, notice_json
from crawler.store.wire import notices
from feeds import operations
from feeds.web.api.answers import Body, answer, listed, sent
from feeds.web.context import context_of
from feeds.web.questions import NoticesListed, asked

_LONGEST_TEXT = 500_000  # characters


class Submitted(Body):
    """An article that somebody came upon."""

    url: HttpUrl = Field(max_length=2000)


class Other(Body):
    """The notice that becomes part of the one addressed."""

    other: str = Field(min_length=1, max_length=40, pattern=r"^[^\x00]+$")


class Address(Body):
    """The address of a sighting."""

    url: str = Field(min_length=1, max_length=2000, pattern=r"^[^\x00]+$")


class Text(Body):
    """What is to be explained: a text, or the page at an address."""

    text: str = Field("", max_length=_LONGEST_TEXT)
    url: str = Field("", max_length=2000)

    @model_validator(mode="after")
    def _says_one(self) -> Self:
        if bool(self.text.strip()) == bool(self.url.strip()):
            raise ValueError("give text or url, one of them")
        return self


def list_notices(request: Request) -> Response:
    """Notices, the newest first."""
    page = asked(request.query_params, NoticesListed)
    query = page.model_copy(update={"limit": page.limit + 1}).query()
    with context_of(request).store.read() as tx:
        found = notices.search(tx, query)
    return listed(request, "notices", found, page, notice_json, lambda n: n.id)


def one_notice(request: Request) -> Response:
    """A notice, or the one that it was merged into."""
    with context_of(request).store.read() as tx:
        return answer(request, notice_json(notices.get(tx, request.path_params["id"])))


async def submit(request: Request) -> Response:
    """Read one article now, and treat it as if it had been found."""
    context, url = context_of(request), (await sent(request, Submitted)).url
    async with context.reading():
        id = await operations.submit(context.configuration, url)
    return answer(request, {"id": id}, 201, {"Location": f"/api/v1/notices/{id}"})


async def merge(request: Request) -> Response:
    """Make another notice part of this one, for good; nothing is sent."""
    context, id, other = context_of(request), request.path_params["id"], (await sent(request, Other)).other
    notice = await run_in_threadpool(operations.merge, context.store, id, other, context.now())
    return answer(request, notice_json(notice))


async def split(request: Request) -> Response:
    """Make one sighting of this notice a notice of its own, for good; nothing is sent."""
    context, id, url = context_of(request), request.path_params["id"], (await sent(request, Address)).url
    with context.store.read() as tx:
        notice = notices.get(tx, id)
    if url not in {s.url for s in notice.sightings}:
        raise UnknownNotice(f"{url}: is no sighting of {id}")
    return await _parted(request, url)


async def split_sighting(request: Request) -> Response:
    """Make the sighting at an address a notice of its own, for good; nothing is sent."""
    return await _parted(request, (await sent(request, Address)).url)


async def _parted(request: Request, url: str) -> Response:
    context = context_of(request)
    async with context.reading():
        parted = await operations.split_aside(context.configuration, url, context.now())
    return answer(request, notice_json(parted.notice), 201, {"Location": f"/api/v1/notices/{parted.notice.id}"})


async def explain(request: Request) -> Response:
    """What a text, or the page at an address, would mean; nothing is changed."""
    context, said = context_of(request), await sent(request, Text)
    async with context.reading():
        return answer(request, await operations.explain(context.configuration, text=said.text, url=said.url))
