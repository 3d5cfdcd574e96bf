"""Notices, and texts explained, as the API shows them."""

from __future__ import annotations

from typing import Any, Literal

from crawler.items import Authority, Kind, Scope
from feeds.web.api.shapes.base import Listed, Shape, Time


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


class NoticeList(Listed):
    """Notices, the newest first."""

    notices: list[NoticeShape]


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
