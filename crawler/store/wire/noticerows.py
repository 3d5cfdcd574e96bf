"""Between a Notice and its rows, many notices at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, select, union_all

from crawler.items import (
    Authority,
    Kind,
    Notice,
    Origin,
    Place,
    Published,
    Reason,
    Related,
    Revision,
    Scope,
    Sighting,
    Verdict,
    verdict_json,
)
from crawler.store.keys import among, rows_of
from crawler.store.tables import links, related, revisions
from crawler.store.wire.clauses import number


def assemble(tx: Connection, rows: Sequence[Any]) -> list[Notice]:
    """The notices of ``rows`` with all their sightings, revisions and relations."""
    ids = [row.id for row in rows]
    sightings, changes, others = _sightings(tx, ids), _revisions(tx, ids), _related(tx, ids)
    return [_notice(row, tuple(sightings[row.id]), tuple(changes[row.id]), tuple(others[row.id])) for row in rows]


def values_of(notice: Notice) -> dict[str, Any]:
    """The row of a notice."""
    published, origin, verdict = notice.published, notice.origin, notice.verdict
    best = next((s for s in notice.sightings if s.url == notice.url), None)
    return {
        "id": notice.id,
        "number": number(notice.id),
        "url": notice.url,
        "title": notice.title,
        "body": notice.body,
        "language": notice.language,
        "published": published.at if published else None,
        "published_precision": published.precision if published else None,
        "published_basis": published.basis if published else None,
        "first_seen": notice.first_seen,
        "updated": notice.updated,
        "status": notice.status,
        "source": best.source if best else origin.source,
        "origin_name": origin.name,
        "origin_source": origin.source,
        "authority": origin.authority.value if origin.authority else None,
        "official": origin.official,
        "claimed_only": origin.claimed_only,
        "kind": verdict.kind.value,
        "scope": verdict.scope.value,
        "alertable": notice.alertable,
        "verdict": verdict_json(verdict) | {"via": list(origin.via), "spoofed": origin.spoofed},
        "text_hash": notice.text_hash,
    }


def _verdict(row: Any) -> Verdict:
    said = row.verdict
    return Verdict(
        kind=Kind(row.kind),
        scope=Scope(row.scope),
        scam_types=tuple(said["scam_types"]),
        places=tuple(Place(**p) for p in said["places"]),
        figures=tuple(said["figures"]),
        contacts=tuple(said["contacts"]),
        victims=tuple(said["victims"]),
        levels=tuple(said["levels"]),
        validity=tuple(said["validity"]),
        reasons=tuple(Reason(**r) for r in said["reasons"]),
    )


def _origin(row: Any) -> Origin:
    return Origin(
        name=row.origin_name,
        source=row.origin_source,
        authority=Authority(row.authority) if row.authority else None,
        official=row.official,
        claimed_only=row.claimed_only,
        spoofed=row.verdict["spoofed"],
        via=tuple(row.verdict["via"]),
    )


def _notice(
    row: Any, sightings: tuple[Sighting, ...], changes: tuple[Revision, ...], others: tuple[Related, ...]
) -> Notice:
    published = Published(row.published, row.published_precision, row.published_basis) if row.published else None
    return Notice(
        id=row.id,
        url=row.url,
        title=row.title,
        body=row.body,
        language=row.language,
        published=published,
        first_seen=row.first_seen,
        updated=row.updated,
        status=row.status,
        origin=_origin(row),
        verdict=_verdict(row),
        alertable=row.alertable,
        text_hash=row.text_hash,
        sightings=sightings,
        revisions=changes,
        related=others,
    )


_SIGHTINGS = select(
    *links.c["notice_id", "url", "column", "title", "first_seen", "role", "overlap", "because", "state"]
)
_SIGHTINGS = _SIGHTINGS.where(among(links.c.notice_id)).order_by(links.c.first_seen, links.c.key)
_REVISIONS = select(*revisions.c["notice_id", "seen", "material", "summary", "diff"])
_REVISIONS = _REVISIONS.where(among(revisions.c.notice_id), revisions.c.number > 0)
_REVISIONS = _REVISIONS.order_by(revisions.c.number)


def _sightings(tx: Connection, ids: Sequence[str]) -> dict[str, list[Sighting]]:
    """The sightings of notices, first seen first."""
    found = defaultdict(list)
    for row in rows_of(tx, _SIGHTINGS, ids):
        found[row.notice_id].append(_sighting(row))
    return found


def _sighting(row: Any) -> Sighting:
    source, column, _ = row.column.partition("/")
    return Sighting(
        url=row.url,
        source=source or None,
        column=row.column if column else None,
        title=row.title,
        first_seen=row.first_seen,
        role=row.role or "original",
        overlap=1.0 if row.overlap is None else row.overlap,
        because=row.because or "",
        gone=row.state == "gone",
    )


def _revisions(tx: Connection, ids: Sequence[str]) -> dict[str, list[Revision]]:
    """The revisions of notices, oldest first, without the text first seen."""
    found = defaultdict(list)
    for row in rows_of(tx, _REVISIONS, ids):
        found[row.notice_id].append(Revision(row.seen, row.material, row.summary, row.diff))
    return found


_LATER = select(related.c.notice_id, related.c.other_id, *related.c["overlap", "because"])
_RELATED = union_all(
    _LATER.where(among(related.c.notice_id)),
    select(related.c.other_id, related.c.notice_id, *related.c["overlap", "because"]).where(among(related.c.other_id)),
)


def related_to(tx: Connection, notice_ids: Iterable[str]) -> set[str]:
    """These notices, and those that are related to one of them: each names the other."""
    ids = set(notice_ids)
    return ids | {other for _, other, *_ in rows_of(tx, _RELATED, sorted(ids))}


def _related(tx: Connection, ids: Sequence[str]) -> dict[str, list[Related]]:
    """The notices that each is related to, the most alike first."""
    found = defaultdict(list)
    for id, other, overlap, because in rows_of(tx, _RELATED, ids):
        found[id].append(Related(other, overlap, because))
    return defaultdict(list, {id: sorted(of, key=lambda r: (-r.overlap, r.id)) for id, of in found.items()})
