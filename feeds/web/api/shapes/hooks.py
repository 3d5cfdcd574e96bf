"""Hooks, rules and deliveries, as the API shows them."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from crawler.config.hooks import EventType, When
from feeds.web.api.shapes.base import Listed, Shape, Time


class TryShape(Shape):
    """One try of a delivery."""

    at: Time
    ok: bool
    status: int | None
    seconds: float
    error: str


class DeliveryShape(Shape):
    """An event that is, or was, owed to a hook."""

    id: int
    event_id: str
    type: str
    at: Time
    title: str
    notice_id: str | None
    column: str | None
    hook: str
    state: Literal["queued", "delivered", "dead"]
    attempts: int
    created: Time
    due: Time | None
    finished: Time | None
    last_status: int | None
    last_error: str
    tries: list[TryShape]


class DeliveryList(Listed):
    """Deliveries, the newest first."""

    deliveries: list[DeliveryShape]


class Replayed(Shape):
    """How many deliveries were queued again."""

    replayed: int


class HookShape(Shape):
    """A hook, without what is secret of it, and how it does."""

    id: str
    to: str = Field(description="The address, without what may be secret of it.")
    signed: bool
    events: list[EventType]
    when: When
    unless: When
    urgent: When
    digest: float | None
    quiet: str | None
    timezone: str
    language: str
    template: str | None
    enabled: bool
    state: Literal["ok", "failing", "disabled", "off"]
    since: Time | None = Field(description="When it began to fail, or was disabled.")
    why: str
    failures: int
    queued: int
    delivered: int
    dead: int


class HookList(Listed):
    """Hooks, by id."""

    hooks: list[HookShape]


class Accepted(Shape):
    """What a hook's receiver said to a test."""

    hook: str
    accepted: bool
    status: int | None
    error: str


class RuleShape(Shape):
    """The same conditions for several hooks."""

    hooks: list[str]
    when: When
    unless: When


class RuleList(Listed):
    """Rules, in the order of the configuration."""

    rules: list[RuleShape]


class TriedShape(Shape):
    """What would have been sent."""

    events: int
    sent: int
    by_type: dict[str, int]
    busiest_day: dict[str, Any]
    would_be_sent: list[dict[str, Any]]
