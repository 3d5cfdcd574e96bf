"""Rules and hooks: who is told of what; changed, tried on what is remembered, and tested."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from crawler.config.hooks import DEFAULT_EVENTS, Hook, Rule
from crawler.store.delivery import hooks as states
from crawler.store.wire import search
from feeds import operations
from feeds.alerts.past import Tried
from feeds.web.context import Context, context_of
from feeds.web.screens import conditions
from feeds.web.view import View, page
from feeds.words import EVENTS

_DAYS = {"7": 7, "30": 30, "90": 90, "365": 365}
_SHOWN = 50  # messages of a trial
_TRIED = 300  # notices, the newest, that are tried while a reader waits; each takes 0.2 ms


def hooks(request: Request) -> Response:
    """Every hook and rule, with how its receiver does."""
    context = context_of(request)
    with context.store.read() as tx:
        totals, circuits = context.totals(tx), states.states(tx)
    return page(
        View.of(request),
        "hooks.html",
        configured=[told(h) for h in context.settings.hook],
        rules=[_rule(rule) for rule in context.settings.rule],
        totals=totals,
        circuits=circuits,
    )


def hook(request: Request) -> Response:
    """The form of one hook, or of a new one."""
    context, id = context_of(request), request.path_params.get("id", "")
    found = next((h for h in context.settings.hook if h.id == id), None)
    if id and found is None:
        raise HTTPException(404)
    return edit(request, found)


def edit(request: Request, found: Hook | None, given: Mapping[str, str] | None = None, wrong: str = "") -> Response:
    """The form as it is configured, or as it was sent with what is ``wrong`` in it."""
    known = {f"event.{e}": "1" for e in (found.events if found else DEFAULT_EVENTS)}
    for group in conditions.GROUPS if found else ():
        known |= conditions.fields(getattr(found, group), group)
    return page(
        View.of(request),
        "hook.html",
        status=400 if wrong else 200,
        hook=found,
        given=given or known,
        unshown={g: conditions.unshown(getattr(found, g)) if found else [] for g in conditions.GROUPS},
        wrong=wrong,
        chosen=conditions.CHOSEN,
        written=conditions.WRITTEN,
        events=[e for e in EVENTS if e != "test"],
    )


async def trial(request: Request) -> Response:
    """What a hook would have been sent in the last days, had it been as it is."""
    context, id = context_of(request), request.path_params["id"]
    days = _DAYS.get(request.query_params.get("days", "30"), 30)
    if id not in {h.id for h in context.settings.hook}:
        raise HTTPException(404)
    since = context.now() - days * 86400.0
    if request.query_params.get("all"):
        tried, left = await operations.try_rules_aside(context.configuration, id, since), 0
    else:
        tried, left = await run_in_threadpool(_newest, context, id, since)
    shown = list(reversed(tried.hits))[:_SHOWN]
    said: dict[str, Any] = {
        "days": days,
        "spans": list(_DAYS),
        "told": tried.told(0),
        "shown": shown,
        "left": left,
        "most": _TRIED,
    }
    return page(View.of(request), "trial.html", id=id, **said)


def _newest(context: Context, id: str, since: float) -> tuple[Tried, int]:
    """What would have been sent of the newest notices, and how many older ones were not tried."""
    with context.store.read() as tx:
        left = search.changes(tx, since) - _TRIED
    return operations.try_rules(context.store, context.settings, id, since, most=_TRIED), max(left, 0)


def told(hook: Hook) -> dict[str, Any]:
    """A hook as a list shows it: of its address only what is no secret."""
    return {
        "id": hook.id,
        "where": f"{hook.scheme}://{urlsplit(hook.url).hostname or '…'}/…",
        "enabled": hook.enabled,
        "signed": bool(hook.secret),
        "events": hook.events,
        "when": conditions.told(hook.when),
        "unless": conditions.told(hook.unless),
        "digest": hook.digest,
        "quiet": hook.quiet,
    }


def _rule(rule: Rule) -> dict[str, Any]:
    return {"hooks": rule.hooks, "when": conditions.told(rule.when), "unless": conditions.told(rule.unless)}
