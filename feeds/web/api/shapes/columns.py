"""Columns with looks and incidents, sources that may be added, and the health of it all, as the API shows them."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from crawler.items import Authority, Outcome, State
from feeds.web.api.shapes.base import Listed, Shape, Time


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


class Health(Shape):
    """Whether the daemon polls and delivers."""

    healthy: bool
    problems: list[str]
    configuration_error: str | None
