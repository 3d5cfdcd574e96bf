"""The nouns of the program, in the order in which understanding grows.

    Source, Column      who publishes, and where (configuration)
    Due                 one look or visit that is owed now          store  -> spider
    Page                what the publisher answered                 spider -> reading
    Link, Listing       a list page understood                      reading
    Article             an article page understood                  reading
    Fetched, Understood an answer on its way through the pipelines
    Origin, Verdict     who says it, and what it means for us       judging
    Notice, Change      what we remember, and what just happened    judging -> store

Everything here is frozen, typed and free of behaviour that needs Scrapy, SQL, a clock or a log.  Times are POSIX
seconds (float, UTC) but for what a publisher wrote, which stays an RFC 3339 string in the publisher's zone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

# --------------------------------------------------------------------------------------------------------------------
# Vocabulary


class Authority(StrEnum):
    """What kind of publisher speaks; decides whether its word is official (contract, section 3)."""

    MINISTRY = "ministry"
    AGENCY = "agency"
    POLICE = "police"
    COURT = "court"
    PROCURATORATE = "procuratorate"
    EMBASSY = "embassy"
    REGULATOR = "regulator"
    INTERNATIONAL = "international"
    STATE_MEDIA = "state-media"
    MEDIA = "media"
    AGGREGATOR = "aggregator"
    ACCOUNT = "account"

    @property
    def official(self) -> bool:
        """Whether a notice that originates here is an official notice."""
        return self not in _UNOFFICIAL


_UNOFFICIAL = frozenset({Authority.STATE_MEDIA, Authority.MEDIA, Authority.AGGREGATOR, Authority.ACCOUNT})


class Kind(StrEnum):
    """What a notice does (contract, section 5)."""

    WARNING = "warning"
    ENFORCEMENT = "enforcement"
    POLICY = "policy"
    WANTED = "wanted"
    CASE = "case"
    FEATURE = "feature"
    OTHER = "other"


class Scope(StrEnum):
    """Where the fraud reaches."""

    CROSS_BORDER = "cross-border"
    DOMESTIC = "domestic"
    NONE = "none"


class PageClass(StrEnum):
    """What a page is, decided before anything is read from it."""

    ARTICLE = "article"
    LIST = "list"
    FEED = "feed"
    CHALLENGE = "challenge"  # a script or captcha stands before the content
    BLOCKED = "blocked"  # a firewall refuses us
    LOGIN = "login"
    DELETED = "deleted"  # the publisher says: gone
    MOVED = "moved"
    SHELL = "shell"  # markup without content
    ERROR = "error"  # an error text under status 200, or an error status
    UNKNOWN = "unknown"


class Outcome(StrEnum):
    """How one look at a column ended; every look has one, also a failed one."""

    BASELINE = "baseline"  # first ever look: read and stored, nothing sent
    NEW = "new"
    CHANGED = "changed"  # the list changed, no link is new
    UNCHANGED = "unchanged"
    CHALLENGED = "challenged"
    EMPTY = "empty"  # a list that used to have items has none
    LAYOUT = "layout"  # items are there no more where they used to be
    FAILED = "failed"  # network, TLS, HTTP status, size, time
    REFUSED = "refused"  # robots.txt or the address guard forbids it

    @property
    def ok(self) -> bool:
        """Whether the publisher's list was truly observed."""
        return self in _OBSERVED


_OBSERVED = frozenset({Outcome.BASELINE, Outcome.NEW, Outcome.CHANGED, Outcome.UNCHANGED})


class State(StrEnum):
    """The health of a column (contract, section 4, `sources`)."""

    OK = "ok"
    QUIET = "quiet"  # observed, but silent for longer than it ever was
    DEGRADED = "degraded"  # one look failed; or a part of it cannot be read
    CHALLENGED = "challenged"
    BROKEN = "broken"
    DISABLED = "disabled"
    NEW = "new"  # never looked at


# --------------------------------------------------------------------------------------------------------------------
# Configuration nouns

_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d|w)")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}


def parse_duration(text: object) -> float:
    """Seconds of a duration such as ``"15m"``, ``"1h30m"``, ``"250ms"`` or a plain number of seconds.

    Raises ValueError for anything else.
    """
    if isinstance(text, int | float) and not isinstance(text, bool):
        return float(text)
    parts = _DURATION.findall(str(text))
    if not parts or "".join(n + u for n, u in parts) != str(text).strip():
        raise ValueError(f'not a duration: {text!r} (write "30s", "15m", "1h30m", "7d")')
    return sum(float(n) * _SECONDS[u] for n, u in parts)


Duration = Annotated[float, BeforeValidator(parse_duration), Field(ge=0)]
"""Seconds, written as ``"15m"`` in configuration."""


def _http_url(url: str) -> str:
    if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
        raise ValueError(f"not an http(s) address: {url!r}")
    return url


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as e:
        raise ValueError(f"unknown time zone: {name!r}") from e
    return name


HttpUrl = Annotated[str, AfterValidator(_http_url)]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9-]+$", max_length=64)]


class Model(BaseModel):
    """Base of configuration nouns: unknown keys are errors, values are frozen."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Expect(Model):
    """What a healthy column shows; what is not given is learnt from its own looks."""

    min_items: int | None = Field(default=None, ge=0)
    newest_within: Duration | None = None


class Column(Model):
    """One list of a publisher (栏目): the thing that is looked at.  Only ``url`` is required."""

    id: Slug = "main"
    name: str = ""
    url: HttpUrl
    every: Duration = 900.0
    fixed: bool = False
    platform: str = "html"
    kind: Kind | None = None
    links: str | None = None
    body: str | None = None
    title: str | None = None
    published: str | None = None
    render: bool = False
    enabled: bool = True
    expect: Expect = Expect()
    options: dict[str, Any] = {}  # the platform's own table, [column.<platform>]

    @model_validator(mode="before")
    @classmethod
    def _take_platform_table(cls, data: Any) -> Any:
        """Move ``[column.<platform>]`` to ``options``, whatever the platform is called."""
        if isinstance(data, dict):
            table = data.get(data.get("platform", "html"))
            if isinstance(table, dict):
                data = {k: v for k, v in data.items() if v is not table} | {"options": table}
        return data


class Source(Model):
    """One publisher: one TOML file (contract, section 3)."""

    id: Slug
    name: str
    name_en: str = ""
    homepage: HttpUrl | None = None
    authority: Authority
    timezone: Annotated[str, AfterValidator(_zone)] = "Asia/Shanghai"
    language: str = "zh-CN"
    aliases: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    note: str = ""
    column: tuple[Column, ...] = Field(min_length=1)

    @model_validator(mode="before")
    @classmethod
    def _column_from_url(cls, data: Any) -> Any:
        """A file holding only id, name, authority and ``url`` is a source with one column."""
        if isinstance(data, dict) and "url" in data and "column" not in data:
            data = {k: v for k, v in data.items() if k != "url"} | {"column": [{"url": data["url"]}]}
        return data

    @model_validator(mode="after")
    def _column_ids_differ(self) -> Self:
        ids = [c.id for c in self.column]
        if twice := {i for i in ids if ids.count(i) > 1}:
            raise ValueError(f"column ids are not unique: {', '.join(sorted(twice))}")
        return self

    def key(self, column: Column) -> str:
        """The key of a column, ``source/column``."""
        return f"{self.id}/{column.id}"


# --------------------------------------------------------------------------------------------------------------------
# Fetching


@dataclass(frozen=True, slots=True)
class Due:
    """One request that is owed: a look at a column's list, or a visit to an article that was linked there."""

    column: str  # "source/column"
    url: str  # the address to fetch
    key: str | None = None  # the link's key; None for a look
    title: str = ""  # of the link, for a visit
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None  # SHA-256 of the bytes last seen
    fingerprint: str | None = None  # of the anchors last seen (looks only)
    baseline: bool = False  # first ever look, or a link found by it: store, do not alert
    text: str | None = None  # the article itself, where the list carried it (feeds)
    published: str | None = None  # the date the list printed, RFC 3339
    published_precision: str | None = None
    shown: str | None = None  # the address for people, where ``url`` is one for machines


@dataclass(frozen=True, slots=True)
class Page:
    """What a publisher answered: the evidence that everything later rests on."""

    url: str  # after redirects
    status: int
    body: bytes  # content-encoding undone
    content_type: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)  # names in lower case, no cookies
    fetched_at: float = 0.0
    address: str = ""  # the IP address that answered

    @property
    def declared_charset(self) -> str | None:
        """The charset of the Content-Type header, if any."""
        found = re.search(r"charset=[\"']?([\w.:-]+)", self.content_type, re.I)
        return found[1] if found else None


@dataclass(frozen=True, slots=True)
class Look:
    """One look at a column, as it is remembered."""

    column: str
    at: float
    outcome: Outcome
    status: int | None = None  # HTTP status; None when there was no answer
    seconds: float | None = None
    bytes: int | None = None
    items: int | None = None  # links on the list
    new: int | None = None  # of them never seen before
    why: str = ""  # one line, for a failing outcome
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    fingerprint: str | None = None
    retry_after: float | None = None  # seconds the publisher asked us to wait


# --------------------------------------------------------------------------------------------------------------------
# Reading

Precision = Literal["day", "minute", "second"]
Basis = Literal["origin", "carrier", "url"]


@dataclass(frozen=True, slots=True)
class Published:
    """When a publisher says a text appeared: RFC 3339 with the publisher's offset, and how well that is known."""

    at: str
    precision: Precision
    basis: Basis = "origin"


@dataclass(frozen=True, slots=True)
class Link:
    """One item of a list: where an article can be read, and what the list says of it."""

    url: str  # for people
    key: str  # canonical identity, reading.address.url_key(); a feed entry's own id where links repeat
    title: str
    published: Published | None = None
    fetch_url: str | None = None  # for machines, where it differs (JSON platforms)
    text: str | None = None  # HTML of the article where the list carries it (feeds)


@dataclass(frozen=True, slots=True)
class Listing:
    """A list page understood.  ``page_class`` is LIST or FEED, or what stood in its place (then ``why`` says so)."""

    page_class: PageClass
    links: tuple[Link, ...] = ()
    why: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Article:
    """An article page understood.  ``page_class`` is ARTICLE, or what stood in its place (then ``why`` says so)."""

    page_class: PageClass
    url: str
    key: str
    title: str = ""
    body: str = ""  # the publisher's own words, one paragraph a line
    language: str = "zh-CN"
    published: Published | None = None
    claimed: str | None = None  # the name after 来源：, if the page names one
    text_hash: str = ""  # of title-free normalised text; "" when too short to identify anything
    aliases: tuple[str, ...] = ()  # other keys of the same page (WeChat short and long form)
    cuts: tuple[str, ...] = ()  # lines removed as house text, for `check --explain-cuts`
    why: str = ""


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer on its way into the pipelines."""

    due: Due
    page: Page


@dataclass(frozen=True, slots=True)
class Understood:
    """An answer that was read: a look's listing, a visit's article, or None for an article that is as it was."""

    due: Due
    page: Page
    reading: Listing | Article | None


# --------------------------------------------------------------------------------------------------------------------
# Judging


@dataclass(frozen=True, slots=True)
class Origin:
    """Who says it.  ``claimed_only``: a carrier names this origin, we have not seen the original."""

    name: str
    source: str | None
    authority: Authority | None
    official: bool
    claimed_only: bool = False


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a field has its value: the publisher's sentence it rests on."""

    field: str
    value: str
    because: str


@dataclass(frozen=True, slots=True)
class Place:
    """A country a text names: ISO 3166 code, Chinese name, and the words in the text."""

    code: str
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a text means for us, each value with its reason."""

    kind: Kind
    scope: Scope
    scam_types: tuple[str, ...] = ()
    places: tuple[Place, ...] = ()
    figures: tuple[str, ...] = ()
    contacts: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = ()


ALERTABLE_KINDS = frozenset({Kind.WARNING, Kind.WANTED, Kind.POLICY, Kind.ENFORCEMENT})


@dataclass(frozen=True, slots=True)
class Sighting:
    """One address at which a notice was read."""

    url: str
    source: str | None
    column: str | None
    title: str
    first_seen: float
    role: Literal["original", "reprint", "excerpt"]
    overlap: float = 1.0  # share of the shorter text found in the other, 0..1


@dataclass(frozen=True, slots=True)
class Revision:
    """A change of a notice's text after it was first seen."""

    seen: float
    material: bool
    summary: str
    diff: str


@dataclass(frozen=True, slots=True)
class Notice:
    """What we remember and pass on (contract, section 5)."""

    id: str
    url: str
    title: str
    body: str
    language: str
    published: Published | None
    first_seen: float
    updated: float
    status: Literal["current", "revised", "withdrawn"]
    origin: Origin
    verdict: Verdict
    alertable: bool
    text_hash: str = ""
    sightings: tuple[Sighting, ...] = ()
    revisions: tuple[Revision, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """What the store tells the judge before it decides."""

    here: Notice | None = None  # the notice this very address was read as before
    same_text: Notice | None = None  # another notice whose normalised text is exactly this one's
    earlier_texts: frozenset[str] = frozenset()  # text hashes of all earlier revisions of ``here``
    reprint: bool = False  # this address carries ``here`` as a reprint


class ChangeType(StrEnum):
    """What one reading did to what we know."""

    NEW = "new"
    REVISED = "revised"
    REPRINT = "reprint"
    UNCHANGED = "unchanged"
    WITHDRAWN = "withdrawn"
    RESTORED = "restored"


@dataclass(frozen=True, slots=True)
class Change:
    """The judgement on one reading: ``notice`` as it is from now on, and the event to send, if any.

    ``notice`` already holds the new sighting and revision; they are named again so that the store can add just them.
    """

    type: ChangeType
    notice: Notice
    revision: Revision | None = None
    sighting: Sighting | None = None
    event: Literal["notice.new", "notice.revised", "notice.withdrawn"] | None = None


def timestamp(seconds: float) -> str:
    """RFC 3339 in UTC, milliseconds, of POSIX seconds."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def notice_json(notice: Notice) -> dict[str, Any]:
    """The shape that export, API and webhook share (contract, section 5)."""
    published, origin, verdict = notice.published, notice.origin, notice.verdict
    return {
        "id": notice.id,
        "url": notice.url,
        "title": notice.title,
        "body": notice.body,
        "language": notice.language,
        "published": published.at if published else None,
        "published_precision": published.precision if published else None,
        "published_basis": published.basis if published else None,
        "first_seen": timestamp(notice.first_seen),
        "updated": timestamp(notice.updated),
        "status": notice.status,
        "origin": {
            "name": origin.name,
            "source": origin.source,
            "authority": origin.authority,
            "official": origin.official,
            "claimed_only": origin.claimed_only,
        },
        "kind": verdict.kind,
        "scope": verdict.scope,
        "alertable": notice.alertable,
        "scam_types": list(verdict.scam_types),
        "places": [asdict(p) for p in verdict.places],
        "figures": list(verdict.figures),
        "contacts": list(verdict.contacts),
        "reasons": [asdict(r) for r in verdict.reasons],
        "sightings": [asdict(s) | {"first_seen": timestamp(s.first_seen)} for s in notice.sightings],
        "revisions": [asdict(r) | {"seen": timestamp(r.seen)} for r in notice.revisions],
    }
