"""What a text means, what we remember of it, and what just happened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Literal

from crawler.items.reading import Published
from crawler.items.vocabulary import Authority, Kind, Scope


@dataclass(frozen=True, slots=True)
class Origin:
    """Who says it.  ``claimed_only``: a carrier names this origin, we have not seen the original.

    ``spoofed``: the page pretends to be an office, which it is not; never official.
    """

    name: str
    source: str | None
    authority: Authority | None
    official: bool
    claimed_only: bool = False
    spoofed: bool = False
    via: tuple[str, ...] = ()  # who passed it on, nearest to the origin first; the last is where we read it


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
    victims: tuple[str, ...] = ()  # slugs of judging/data/victims.tsv: whom the text tells to take care
    levels: tuple[str, ...] = ()  # how strongly it warns, in the publisher's words: 暂勿前往
    validity: tuple[str, ...] = ()  # from when to when it holds, in the publisher's words: 自2019年10月14日起


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
    because: str = ""  # why it is taken for the same notice
    gone: bool = False  # its page was found deleted, twice


@dataclass(frozen=True, slots=True)
class Revision:
    """A change of a notice's text after it was first seen."""

    seen: float
    material: bool
    summary: str
    diff: str


@dataclass(frozen=True, slots=True)
class Related:
    """Another notice that says much the same, and why it is another."""

    id: str
    overlap: float
    because: str


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
    related: tuple[Related, ...] = ()


@dataclass(frozen=True, slots=True)
class Wording:
    """A text that a notice is known under: as it is, as it was, or as a notice that was merged into it says it."""

    title: str
    body: str


@dataclass(frozen=True, slots=True)
class Alike:
    """A notice that shares clauses with what is read, with every wording of it that does."""

    notice: Notice
    wordings: tuple[Wording, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """What the store tells the judge before it decides."""

    here: Notice | None = None  # the notice this very address was read as before
    alike: tuple[Alike, ...] = ()  # other notices that may be this one, the likeliest first
    common: frozenset[int] = frozenset()  # fingerprints of its clauses that many notices share
    earlier: tuple[Wording, ...] = ()  # what ``here`` said before, but for what it says now
    doubted: str = ""  # the wording that was read here last and not believed
    doubts: int = 0  # looks in a row that read just that
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
class Doubt:
    """A reading that a second look must confirm: its wording, how many looks in a row read it, and why the doubt."""

    wording: str  # SHA-256
    looks: int
    why: str


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
    doubt: Doubt | None = None  # of an UNCHANGED one: why it may yet be a change


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
            "spoofed": origin.spoofed,
            "via": list(origin.via),
        },
        "kind": verdict.kind,
        "scope": verdict.scope,
        "alertable": notice.alertable,
        **verdict_json(verdict),
        "sightings": [_flat(s) | {"first_seen": timestamp(s.first_seen)} for s in notice.sightings],
        "revisions": [_flat(r) | {"seen": timestamp(r.seen)} for r in notice.revisions],
        "related": [_flat(r) for r in notice.related],
    }


def _flat(part: Sighting | Revision | Related | Place | Reason) -> dict[str, Any]:
    """The fields of a part that holds plain values alone; `asdict`, which looks for more, takes five times as long."""
    return {name: getattr(part, name) for name in part.__slots__}


def verdict_json(verdict: Verdict) -> dict[str, Any]:
    """All of a verdict but its kind and scope, as a notice is written and stored."""
    return {
        "scam_types": list(verdict.scam_types),
        "places": [_flat(p) for p in verdict.places],
        "figures": list(verdict.figures),
        "contacts": list(verdict.contacts),
        "victims": list(verdict.victims),
        "levels": list(verdict.levels),
        "validity": list(verdict.validity),
        "reasons": [_flat(r) for r in verdict.reasons],
    }
