"""Rules: conditions that several hooks share; each is changed in a form, and all are written anew together."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from crawler.config.hooks import Rule, When
from crawler.exceptions import ConfigError
from feeds import operations
from feeds.web.context import context_of
from feeds.web.forms import form_of
from feeds.web.screens import conditions
from feeds.web.screens.actions import back
from feeds.web.view import View, page


def rule(request: Request) -> Response:
    """The form of one rule, by its place from 1, or of a new one."""
    return _page(request, _found(request), {})


async def save(request: Request) -> Response:
    """Add a rule, or change one; the form comes back with what is wrong in it."""
    context, form, found = context_of(request), form_of(request), _found(request)
    _unchanged(request)
    said = given(form, found, [h.id for h in context.settings.hook])
    rules = [_plain(r) for r in context.settings.rule]
    if found is None:
        rules.append(said)
    else:
        rules[request.path_params["number"] - 1] = said
    try:
        await run_in_threadpool(operations.save_rules, context.configuration, rules)
    except ConfigError as e:
        return _page(request, found, form, str(e))
    return back("/hooks", "saved", "rules")


def remove(request: Request) -> Response:
    """Take a rule out of the configuration."""
    context = context_of(request)
    _found(request)
    _unchanged(request)
    rules = [_plain(r) for r in context.settings.rule]
    del rules[request.path_params["number"] - 1]
    operations.save_rules(context.configuration, rules)
    return back("/hooks", "removed", "rules")


def given(form: Mapping[str, str], before: Rule | None, hooks: Sequence[str]) -> dict[str, Any]:
    """What a rule's form says, as the configuration writes it; ``hooks``: all that there are."""
    said: dict[str, Any] = {"hooks": [id for id in hooks if form.get(f"hook.{id}")]}
    for group in conditions.GROUPS:
        said[group] = conditions.given(form, group, getattr(before, group) if before else When())
    return said


def mark(rules: Sequence[Rule]) -> str:
    """Changes whenever the rules do: a rule is known by its place alone."""
    return hashlib.sha256(repr(rules).encode()).hexdigest()[:16]


def _plain(rule: Rule) -> dict[str, Any]:
    said = {group: conditions.plain(getattr(rule, group)) for group in conditions.GROUPS}
    return {"hooks": list(rule.hooks), **said}


def _found(request: Request) -> Rule | None:
    """The rule that is asked for, None for a new one.  Raises HTTPException 404."""
    rules: Sequence[Rule] = context_of(request).settings.rule
    number: int | None = request.path_params.get("number")
    if number is None:
        return None
    if not 1 <= number <= len(rules):
        raise HTTPException(404)
    return rules[number - 1]


def _unchanged(request: Request) -> None:
    """Refuse a form that was shown before the rules changed.  Raises HTTPException 409."""
    if form_of(request).get("mark") != mark(context_of(request).settings.rule):
        raise HTTPException(409, "the rules were changed meanwhile: load the page again, and change them there")


def _page(request: Request, found: Rule | None, form: Mapping[str, str], wrong: str = "") -> Response:
    settings = context_of(request).settings
    known = {f"hook.{id}": "1" for id in found.hooks} if found else {}
    for group in conditions.GROUPS if found else ():
        known |= conditions.fields(getattr(found, group), group)
    return page(
        View.of(request),
        "rule.html",
        status=400 if wrong else 200,
        number=request.path_params.get("number"),
        hooks=[h.id for h in settings.hook],
        mark=mark(settings.rule),
        given=form or known,
        unshown={group: conditions.unshown(getattr(found, group)) if found else [] for group in conditions.GROUPS},
        chosen=conditions.CHOSEN,
        written=conditions.WRITTEN,
        wrong=wrong,
    )
