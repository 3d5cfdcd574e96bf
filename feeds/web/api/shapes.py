"""What the API answers with, as types: the OpenAPI document is made of them, and a test holds the answers to them."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from crawler.hooks import EventType, When
from crawler.items import Authority, Kind, Outcome, Scope, State

Time = str
"""RFC 3339."""


class Shape(BaseModel):
    """Something the API shows.  Fields may be added; names and meanings of those here stay."""

    model_config = ConfigDict(extra="allow", frozen=True)


class Problem(Shape):
    """What went wrong (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str = ""


class PlaceShape(Shape):
    """A place that a notice tells of."""

    code: str
    name: str
    text: str


class ReasonShape(Shape):
    """Why something was judged so: the sentence it rests on."""

    field: str
    value: str
    because: str


class OriginShape(Shape):
    """Who says it."""

    name: str
    source: str | None
    authority: Authority | None
    official: bool
    claimed_only: bool


class SightingShape(Shape):
    """One address at which a notice was read."""

    url: str
    source: str | None
    column: str | None
    title: str
    first_seen: Time
    role: Literal["original", "reprint", "excerpt"]
    overlap: float


class RevisionShape(Shape):
    """How a notice's text changed."""

    seen: Time
    material: bool
    summary: str
    diff: str


class RelatedShape(Shape):
    """A notice that says much the same of another event."""

    id: str
    overlap: float
    because: str


class NoticeShape(Shape):
    """A notice, as export and webhooks show it too."""

    id: str
    url: str
    title: str
    body: str
    language: str
    published: Time | None
    published_precision: Literal["day", "minute", "second"] | None
    published_basis: str | None
    first_seen: Time
    updated: Time
    status: Literal["current", "revised", "withdrawn"]
    origin: OriginShape
    kind: Kind
    scope: Scope
    alertable: bool
    scam_types: list[str]
    places: list[PlaceShape]
    figures: list[str]
    contacts: list[str]
    reasons: list[ReasonShape]
    sightings: list[SightingShape]
    revisions: list[RevisionShape]
    related: list[RelatedShape]


class Listed(Shape):
    """A page of a list."""

    next: str | None = Field(description="The cursor of the next page; null on the last one.")


class NoticeList(Listed):
    """Notices, the newest first."""

    notices: list[NoticeShape]


class ColumnShape(Shape):
    """A column with its health."""

    key: str
    source: str
    name: str
    url: str
    enabled: bool
    paused_at: Time | None
    every: float
    due: Time
    items: int | None
    last_look: Time | None
    last_outcome: Outcome | None
    last_ok: Time | None
    last_new: Time | None
    failures: int
    state: State
    since: Time | None
    why: str
    basis: str  # why the next look is when it is
    daily: float  # items a day that are to be expected
    authority: Authority | None
    mirrors: list[str]


class ColumnList(Listed):
    """Columns, by key."""

    columns: list[ColumnShape]


class ColumnKeys(Shape):
    """The columns that something was done to."""

    columns: list[str]


class LookShape(Shape):
    """One look at a column."""

    column: str
    at: Time
    outcome: Outcome
    status: int | None
    seconds: float | None
    bytes: int | None
    items: int | None
    new: int | None
    why: str


class LookList(Listed):
    """Looks, the newest first."""

    looks: list[LookShape]


class IncidentShape(Shape):
    """One trouble with one column."""

    id: int
    column: str
    opened: Time
    closed: Time | None
    updated: Time
    state: State
    outcome: Outcome
    why: str
    announced: bool


class IncidentList(Listed):
    """Incidents, the newest first."""

    incidents: list[IncidentShape]


class CoverageShape(Shape):
    """Which columns were observed in each hour."""

    hours: list[Time]
    columns: list[dict[str, Any]]
    sources: list[dict[str, Any]]


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


class LinkShape(Shape):
    """An item of a list."""

    url: str
    title: str
    published: Time | None


class ArticleShape(Shape):
    """The first article of a list."""

    url: str
    title: str
    published: Time | None
    published_precision: Literal["day", "minute", "second"] | None
    body: str


class PreviewShape(Shape):
    """What a source at an address would read; saved by its ``preview``."""

    preview: str
    id: str
    name: str
    authority: Authority
    official: bool
    column: str
    url: str
    platform: str
    page_class: str
    links: list[LinkShape]
    article: ArticleShape | None
    notes: list[str]
    toml: str = Field(description="The source file as it would be written.")


class SavedSource(Shape):
    """A source that is watched from now on."""

    id: str
    columns: list[str]


class SubmittedNotice(Shape):
    """The notice that an article became, or is part of."""

    id: str


class Explained(Shape):
    """What a text would mean to us."""

    title: str
    kind: Kind
    scope: Scope
    alertable: bool
    origin: OriginShape
    reasons: list[ReasonShape]
    known: list[dict[str, Any]]


class Health(Shape):
    """Whether the daemon polls and delivers."""

    healthy: bool
    problems: list[str]
    configuration_error: str | None
