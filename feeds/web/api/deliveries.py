"""Deliveries: the ledger, try by try, and what is sent again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Literal

from pydantic import Field
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from crawler.items import timestamp
from crawler.store.delivery import ledger
from feeds import operations
from feeds.web.api.answers import Body, answer, listed, sent, timed
from feeds.web.context import context_of
from feeds.web.questions import Paged, asked


class DeliveriesAsked(Paged):
    """Which deliveries are wanted: all that is given must hold."""

    state: Literal["queued", "delivered", "dead"] | None = None
    hook: str | None = None
    notice: str | None = Field(None, description="The id of a notice.")


class Again(Body):
    """What is to be sent again: deliveries (``17``), or events (``evt_…``: all of its)."""

    ids: tuple[str, ...] = Field(min_length=1, max_length=1000)


def list_deliveries(request: Request) -> Response:
    """Deliveries, the newest first, each with its tries."""
    page = asked(request.query_params, DeliveriesAsked)
    with context_of(request).store.read() as tx:
        limit, before = page.limit + 1, page.after(int)
        rows = ledger.deliveries(tx, page.state, limit, notice_id=page.notice, hook=page.hook, before=before)
        tries = ledger.tries(tx, [row.id for row in rows])
    return listed(request, "deliveries", rows, page, lambda row: shown(row, tries.get(row.id, ())), lambda row: row.id)


def one_delivery(request: Request) -> Response:
    """A delivery with its tries."""
    with context_of(request).store.read() as tx:
        row = ledger.delivery(tx, request.path_params["id"])
        return answer(request, shown(row, ledger.tries(tx, [row.id]).get(row.id, ())))


async def replay(request: Request) -> Response:
    """Queue deliveries again, under their first id."""
    context, ids = context_of(request), (await sent(request, Again)).ids
    ids = tuple(id.replace("\0", "") for id in ids)
    return answer(
        request, {"replayed": await run_in_threadpool(operations.replay, context.store, ids, context.now())}, 202
    )


def shown(row: ledger.Delivery, tries: Sequence[ledger.Try]) -> dict[str, Any]:
    """A delivery as JSON."""
    told = [
        {"at": timestamp(t.at), "ok": t.ok, "status": t.status, "seconds": round(t.seconds, 3), "error": t.error}
        for t in tries
    ]
    return timed(asdict(row), "at", "created", "due", "finished") | {"tries": told}
