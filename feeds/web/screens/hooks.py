"""Rules and hooks: who is told of what; changed, tried on what is remembered, and tested."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from crawler.hooks import DEFAULT_EVENTS, Hook, Rule, When
from crawler.items import Authority, Kind, Scope
from crawler.store import hooks as states
from crawler.store import ledger
from feeds import operations
from feeds.web.context import context_of
from feeds.web.view import View, page
from feeds.words import EVENTS

_DAYS = {"7": 7, "30": 30, "90": 90, "365": 365}
_SHOWN = 50  # messages of a trial
CHOSEN = {"scope": list(map(str, Scope)), "kind": list(map(str, Kind)), "authority": ["official", *map(str, Authority)]}
"""Conditions of which a form shows every value to tick."""
WRITTEN = ("place", "scam", "source", "words")
"""Conditions whose values a form has written, with commas between."""


def hooks(request: Request) -> Response:
    """Every hook and rule, with how its receiver does."""
    context = context_of(request)
    with context.store.read() as tx:
        totals, circuits = ledger.totals(tx), states.states(tx)
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
    when = {name: list(map(str, getattr(found.when, name))) for name in (*CHOSEN, *WRITTEN)} if found else {}
    return page(
        View.of(request),
        "hook.html",
        status=400 if wrong else 200,
        hook=found,
        given=given or {},
        when=when,
        wrong=wrong,
        chosen=CHOSEN,
        written=WRITTEN,
        events=[e for e in EVENTS if e != "test"],
        wanted=set(found.events if found else DEFAULT_EVENTS),
    )


async def trial(request: Request) -> Response:
    """What a hook would have been sent in the last days, had it been as it is."""
    context, id = context_of(request), request.path_params["id"]
    days = _DAYS.get(request.query_params.get("days", "30"), 30)
    if id not in {h.id for h in context.settings.hook}:
        raise HTTPException(404)
    since = context.now() - days * 86400.0
    tried = await run_in_threadpool(operations.try_rules, context.store, context.settings, id, since)
    shown = list(reversed(tried.hits))[:_SHOWN]
    view = View.of(request)
    return page(view, "trial.html", id=id, days=days, spans=list(_DAYS), tried=tried, told=tried.told(0), shown=shown)


def told(hook: Hook) -> dict[str, Any]:
    """A hook as a list shows it: of its address only what is no secret."""
    return {
        "id": hook.id,
        "where": f"{hook.scheme}://{urlsplit(hook.url).hostname or '…'}/…",
        "enabled": hook.enabled,
        "signed": bool(hook.secret),
        "events": hook.events,
        "when": _conditions(hook.when),
        "unless": _conditions(hook.unless),
        "digest": hook.digest,
        "quiet": hook.quiet,
    }


def _rule(rule: Rule) -> dict[str, Any]:
    return {"hooks": rule.hooks, "when": _conditions(rule.when), "unless": _conditions(rule.unless)}


def _conditions(when: When) -> list[tuple[str, list[str]]]:
    values = ((name, getattr(when, name)) for name in when.given)
    return [(name, list(map(str, v)) if isinstance(v, tuple) else [str(v)]) for name, v in values]
