"""Deliveries: what was sent where, what waits, what was given up, and which receivers fail."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from crawler.store.delivery import hooks, ledger
from feeds.web.context import context_of
from feeds.web.view import View, page
from feeds.words import DELIVERY_STATES

_PAGE = 50


def deliveries(request: Request) -> Response:
    """The ledger, newest first, of one state and one hook if these are asked for."""
    context, params = context_of(request), request.query_params
    state, hook, before = params.get("state", ""), params.get("hook", ""), params.get("before", "")
    with context.store.read() as tx:
        sent = ledger.deliveries(
            tx,
            state if state in DELIVERY_STATES else None,
            _PAGE + 1,
            hook=hook or None,
            before=int(before[:18]) if before.isascii() and before.isdigit() else None,
        )
        totals, circuits = context.totals(tx), hooks.states(tx)
        tries = ledger.tries(tx, [d.id for d in sent])
    names = sorted({h.id for h in context.settings.hook} | {h for h, _ in totals})
    return page(
        View.of(request),
        "deliveries.html",
        deliveries=sent[:_PAGE],
        older=sent[_PAGE - 1].id if len(sent) > _PAGE else None,
        state=state if state in DELIVERY_STATES else "",
        hook=hook,
        names=names,
        totals=totals,
        states=list(DELIVERY_STATES),
        circuits=[c for c in circuits.values() if c.failures or c.opened_at or c.disabled_at],
        tries=tries,
    )
