"""/api/v1/stream: what happens, as it happens, as server-sent events; a reader that was away goes on where it was.

The store's journal is the source: an event is sent once it is committed, in that order, under its number.  Whoever
comes back with ``Last-Event-ID`` gets everything since; if that is no longer kept, ``reset`` says so: read all anew.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from crawler.exceptions import StoreError
from crawler.items import timestamp
from crawler.store import journal
from feeds.web.context import Context, context_of

MOST = 50  # at once
TICK = 1.0  # seconds between two questions to the store
HEARTBEAT = 15.0  # seconds after which silence is broken, so that nobody between us hangs up
_RETRY = "retry: 3000\n\n"  # milliseconds after which a browser comes back


async def stream(request: Request) -> Response:
    """New, revised, withdrawn, merged and split notices, broken and recovered sources, as server-sent events."""
    context = context_of(request)
    if len(context.streams) >= MOST:
        raise HTTPException(503, f"{MOST} streams are open", {"Retry-After": "30"})
    said = request.headers.get("last-event-id") or request.query_params.get("last_event_id") or ""
    last, first = await run_in_threadpool(_begin, context, said)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_events(context, last, first), headers=headers, media_type="text/event-stream")


def _begin(context: Context, said: str) -> tuple[int, str]:
    """After which number to go on, and what to say first.  Raises HTTPException 400."""
    if said and not (said.isascii() and said.isdigit() and len(said) < 19):
        raise HTTPException(400, "Last-Event-ID: is none of ours")
    with context.store.read() as tx:
        oldest, newest = journal.bounds(tx)
    if not said:
        return newest, _RETRY
    last = int(said)
    if last > newest or last < oldest - 1:
        return newest, f"{_RETRY}id: {newest}\nevent: reset\ndata: {{}}\n\n"
    return last, _RETRY


async def _events(context: Context, last: int, first: str) -> AsyncIterator[str]:
    if len(context.streams) >= MOST:  # others came meanwhile; the reader comes back by itself
        return
    me = object()
    context.streams.add(me)
    loop = asyncio.get_running_loop()
    spoke = loop.time()
    try:
        yield first
        while not context.status.stopping:
            entries = await run_in_threadpool(_after, context, last)
            if entries:
                last, spoke = entries[-1].number, loop.time()
                yield "".join(map(_told, entries))
            elif loop.time() - spoke >= HEARTBEAT:
                spoke = loop.time()
                yield ": still here\n\n"
            if len(entries) < journal.MOST:
                await asyncio.sleep(TICK)
    finally:
        context.streams.discard(me)


def _after(context: Context, last: int) -> list[journal.Entry]:
    """What came after; nothing while the store cannot be read: it is asked again."""
    try:
        with context.store.read() as tx:
            return journal.after(tx, last)
    except StoreError:
        return []


def _told(entry: journal.Entry) -> str:
    """An event.  JSON has no line break, so that its data is one line."""
    data: dict[str, Any] = {"type": entry.type, "at": timestamp(entry.at)}
    named = {"id": entry.notice_id, "column": entry.column, "into": entry.into, "why": entry.why}
    data |= {name: value for name, value in named.items() if value}
    return f"id: {entry.number}\nevent: {entry.type}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
