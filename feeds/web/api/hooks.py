"""Hooks and rules: shown without what is secret, edited in the configuration file, tested, tried on the archive."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from crawler.config.hooks import DEFAULT_EVENTS, EventType, Hook, When
from crawler.exceptions import ConfigError, UnknownNotice
from crawler.items import timestamp
from crawler.store.delivery import hooks, ledger
from feeds import operations
from feeds.alerts.wire import redacted
from feeds.web.api.answers import Body, answer, listed, sent
from feeds.web.context import Context, context_of
from feeds.web.questions import Moment, Paged, asked, moment

_MOST_SHOWN = 200  # events that would have been sent

Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+$", max_length=64)]
Conditions = dict[str, Any]
"""As in the configuration; checked when the file is read."""


class HookChange(Body):
    """The keys of a hook that change, as in the configuration; null takes one away.

    ``url`` and ``secret`` are never shown, so that what is not sent stays.
    """

    url: str | None = Field(None, max_length=2000)
    secret: str | None = Field(None, max_length=500)
    events: tuple[EventType, ...] | None = None
    when: Conditions | None = None
    unless: Conditions | None = None
    urgent: Conditions | None = None
    digest: str | float | None = None
    quiet: str | None = None
    timezone: str | None = None
    language: Literal["zh-CN", "en"] | None = None
    template: str | None = Field(None, max_length=20_000)
    unsubscribe: str | None = None
    enabled: bool | None = None

    def given(self) -> dict[str, Any]:
        """What was sent, as TOML has it."""
        said = self.model_dump(exclude_unset=True, exclude={"id"})
        return {k: list(v) if isinstance(v, tuple) else v for k, v in said.items()}


class NewHook(HookChange):
    """A hook that is to be."""

    id: Id
    url: str = Field(min_length=4, max_length=2000)


class RuleGiven(Body):
    """The same conditions for several hooks."""

    hooks: tuple[Id, ...] = Field(min_length=1)
    when: Conditions = Field(default_factory=dict)
    unless: Conditions = Field(default_factory=dict)


class RulesGiven(Body):
    """All rules, in place of those that there are."""

    rules: tuple[RuleGiven, ...] = Field(max_length=200)


class Trial(Body):
    """A hook that there is, or the conditions of one that may be, and since when."""

    hook: Id | None = None
    events: tuple[EventType, ...] = DEFAULT_EVENTS
    when: When = When()
    unless: When = When()
    since: Moment = "30d"

    @model_validator(mode="after")
    def _says_one(self) -> Self:
        if self.hook is not None and (self.when.given or self.unless.given):
            raise ValueError("give hook, or when and unless")
        return self

    def asked(self) -> str | Hook:
        """The id of a hook, or one that is only thought of."""
        if self.hook is not None:
            return self.hook
        return Hook(id="trial", url="feishu://trial", events=self.events, when=self.when, unless=self.unless)


def list_hooks(request: Request) -> Response:
    """Hooks, by id, and how they do."""
    page, context = asked(request.query_params, Paged), context_of(request)
    after = page.after(str) or ""
    mine = sorted((h for h in context.settings.hook if h.id > after), key=lambda h: h.id)[: page.limit + 1]
    with context.store.read() as tx:
        rows = _shown(tx, mine)
    return listed(request, "hooks", rows, page, dict, lambda row: row["id"])


def one_hook(request: Request) -> Response:
    """A hook, and how it does."""
    return answer(request, _told(context_of(request), request.path_params["id"]))


async def add_hook(request: Request) -> Response:
    """Add a hook to the configuration."""
    context, said = context_of(request), await sent(request, NewHook)
    if said.id in {h.id for h in context.settings.hook}:
        raise ConfigError(f"hook {said.id}: is there already")
    await run_in_threadpool(operations.save_hook, context.configuration, said.id, said.given())
    told = await run_in_threadpool(_told, context, said.id)
    return answer(request, told, 201, {"Location": f"/api/v1/hooks/{said.id}"})


async def change_hook(request: Request) -> Response:
    """Change some keys of a hook in the configuration."""
    context, id = context_of(request), request.path_params["id"]
    _of(context, id)
    given = (await sent(request, HookChange)).given()
    if given.get("url", "") is None:
        raise HTTPException(400, "url: a hook has one")
    await run_in_threadpool(operations.save_hook, context.configuration, id, given)
    return answer(request, await run_in_threadpool(_told, context, id))


async def remove_hook(request: Request) -> Response:
    """Take a hook out of the configuration."""
    context, id = context_of(request), request.path_params["id"]
    _of(context, id)
    await run_in_threadpool(operations.remove_hook, context.configuration, id)
    return Response(status_code=204)


async def test_hook(request: Request) -> Response:
    """Send a hook a test message, now, and say what its receiver said."""
    context, id = context_of(request), request.path_params["id"]
    _of(context, id)
    said = await operations.test_alert(context.settings, id)
    return answer(request, {"hook": id, "accepted": said.ok, "status": said.status, "error": said.error})


def list_rules(request: Request) -> Response:
    """The rules, in the order of the configuration; all of them are one page."""
    return answer(request, _rules(context_of(request)))


async def put_rules(request: Request) -> Response:
    """Write rules in place of all that there are."""
    context, said = context_of(request), await sent(request, RulesGiven)
    rules = [r.model_dump() | {"hooks": list(r.hooks)} for r in said.rules]
    await run_in_threadpool(operations.save_rules, context.configuration, rules)
    return answer(request, _rules(context))


async def try_rules(request: Request) -> Response:
    """What a hook, or one with these conditions, would have been sent; nothing is sent."""
    context, said = context_of(request), await sent(request, Trial)
    hook = said.asked()
    if isinstance(hook, str):
        _of(context, hook)
    since = moment(said.since)
    async with context.reading():
        tried = await operations.try_rules_aside(context.configuration, hook, since)
    return answer(request, tried.told(_MOST_SHOWN))


def _rules(context: Context) -> dict[str, Any]:
    return {"rules": [rule.model_dump(mode="json") for rule in context.settings.rule], "next": None}


def _of(context: Context, id: str) -> Hook:
    found = next((h for h in context.settings.hook if h.id == id), None)
    if found is None:
        raise UnknownNotice(f"{id}: no such hook")
    return found


def _told(context: Context, id: str) -> dict[str, Any]:
    hook = _of(context, id)
    with context.store.read() as tx:
        return _shown(tx, [hook])[0]


def _shown(tx: Connection, configured: list[Hook]) -> list[dict[str, Any]]:
    """Hooks as JSON."""
    states, totals = hooks.states(tx, [h.id for h in configured]), ledger.totals(tx)
    rows = []
    for hook in configured:
        known = states.get(hook.id, hooks.HookState(hook.id))
        row = hook.model_dump(mode="json", exclude={"url", "secret", "unsubscribe"})
        row |= {"to": redacted(hook.url), "signed": bool(hook.secret), "state": known.named(hook.enabled)}
        since = known.disabled_at or known.failing_since
        row |= {"why": known.why, "failures": known.failures, "since": since and timestamp(since)}
        rows.append(row | {s: totals.get((hook.id, s), 0) for s in ("queued", "delivered", "dead")})
    return rows
