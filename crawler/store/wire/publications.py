"""Publications: what was published, in its order and by parts of a month, so that feeds can be archived.

A part is closed as soon as another one begins, and nothing is added to it then.  What comes late (an import of old
articles) is published late: it stands in the part that is open, not in that of its own month.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from sqlalchemy import Connection, Select, bindparam, func, insert, select

from crawler.store.delivery import lanes
from crawler.store.keys import among, rows_of
from crawler.store.tables import notices, publications
from crawler.store.wire.search import Query, matching

_NEAR = 2_000  # publications that are asked one by one
PART = 60  # publications in a part; the open part stands in the feed itself, whole
_NAME = re.compile(r"\d{4}-\d\d(?:-\d{1,6})?", re.A)
_CHINA = timezone(timedelta(hours=8))  # whose months they are

_ADD = insert(publications)
_KEPT = notices.alias("kept")
_CHANGED = (  # a merged notice ends when the one that it went into has changed
    select(notices.c.id, notices.c.merged_into, func.coalesce(_KEPT.c.updated, notices.c.updated).label("at"))
    .outerjoin(_KEPT, _KEPT.c.id == notices.c.merged_into)
    .where(among(notices.c.id))
)
_NEWEST = select(func.max(publications.c.number)).group_by(publications.c.notice_id)
_NEWEST = _NEWEST.where(among(publications.c.notice_id))
_PUBLISHED = select(publications).where(publications.c.number.in_(_NEWEST))
_OF = select(*publications.c["notice_id", "number", "part"]).where(among(publications.c.notice_id))
_LAST = select(publications.c.part).order_by(publications.c.number.desc()).limit(1)
_SIZE = select(func.count()).where(publications.c.part == bindparam("part"))
_MERGED = (
    select(notices.c.id, func.max(publications.c.at).label("at"))
    .join(publications, publications.c.notice_id == notices.c.id)
    .where(among(notices.c.merged_into), publications.c.merged_into.is_not(None))
    .group_by(notices.c.id)
    .order_by(notices.c.id)
)


def record(tx: Connection, notice_ids: Iterable[str]) -> None:
    """Note that these notices are published as they are now.  Noting the same change twice notes it once."""
    lanes.one_at_a_time(tx, lanes.PUBLISH)
    ids = sorted(set(notice_ids))
    known = {row.notice_id: (row.at, row.merged_into) for row in rows_of(tx, _PUBLISHED, ids)}
    rows = [row for row in rows_of(tx, _CHANGED, ids) if known.get(row.id) != (row.at, row.merged_into)]
    if not rows:
        return
    part = tx.execute(_LAST).scalar() or ""
    size = tx.execute(_SIZE, {"part": part}).scalar_one()
    added = []
    for row in sorted(rows, key=lambda r: (r.at, r.id)):
        follower = following(part, row.at, full=size >= PART)
        part, size = follower, size + 1 if follower == part else 1
        added.append({"notice_id": row.id, "at": row.at, "part": part, "merged_into": row.merged_into})
    tx.execute(_ADD, added)


@dataclass(frozen=True, slots=True)
class Published:
    """One publication of a notice."""

    number: int
    part: str


def of(tx: Connection, notice_ids: Iterable[str]) -> dict[str, list[Published]]:
    """When and where each of these notices was published."""
    found = defaultdict[str, list[Published]](list)
    for row in rows_of(tx, _OF, list(notice_ids)):
        found[row.notice_id].append(Published(row.number, row.part))
    return found


def number(tx: Connection) -> int:
    """The number of the last publication, 0 before the first."""
    return tx.scalar(select(func.max(publications.c.number))) or 0


def first_of(tx: Connection, part: str) -> int:
    """The number of the first publication of ``part``, 0 where there is none."""
    return tx.scalar(select(func.min(publications.c.number)).where(publications.c.part == part)) or 0


def following(part: str, at: float, *, full: bool) -> str:
    """The part for a change at ``at`` when ``part`` ("" for none) is the last one; months never go back."""
    try:
        month = datetime.fromtimestamp(at, UTC).astimezone(_CHINA).strftime("%Y-%m")
    except (ValueError, OverflowError, OSError):  # a hand in the database
        month = part[:7] or "1970-01"
    if month > part[:7]:
        return month
    return f"{part[:7]}-{int(part[8:] or 1) + 1}" if full else part


def is_part(name: str) -> bool:
    """Whether ``name`` may be that of a part."""
    return bool(_NAME.fullmatch(name))


def last(tx: Connection, query: Query) -> str:
    """The newest part in which there is something that ``query`` wants; "" where there is none."""
    return _before(tx, query, number(tx) + 1)


def before(tx: Connection, query: Query, part: str) -> str:
    """The last part before ``part`` in which there is something that ``query`` wants; "" where there is none."""
    first = first_of(tx, part)
    return _before(tx, query, first) if first else ""


def _before(tx: Connection, query: Query, number: int) -> str:
    """The part of the last publication before ``number`` of what is wanted: of the nearest, or found by what it is."""
    these = select(publications.c.part).join(notices, notices.c.id == publications.c.notice_id)
    near = these.where(publications.c.number < number, publications.c.number >= number - _NEAR)
    near = near.where(*matching(query, "each")).order_by(publications.c.number.desc()).limit(1)
    found: str | None = tx.scalar(near)
    if found is not None or number <= _NEAR:
        return found or ""
    wanted = select(func.max(publications.c.number)).join(notices, notices.c.id == publications.c.notice_id)
    wanted = wanted.where(publications.c.number < number - _NEAR, *matching(query, "rare"))
    return tx.scalar(select(publications.c.part).where(publications.c.number == wanted.scalar_subquery())) or ""


def after(tx: Connection, query: Query, part: str) -> str:
    """The first part after ``part`` in which there is something that ``query`` wants; "" where there is none."""
    later = publications.c.number > _number(part, func.max)
    return tx.execute(_parts(query).where(later).order_by(publications.c.number)).scalar() or ""


def has(tx: Connection, query: Query) -> bool:
    """Whether there is anything that ``query``, of one part, wants."""
    return tx.execute(select(notices.c.id).where(*matching(query)).limit(1)).first() is not None


def merged(tx: Connection, notice_ids: Iterable[str]) -> list[tuple[str, float]]:
    """The notices that were published and then merged into these ones, each with the moment of that."""
    return [(row.id, row.at) for row in rows_of(tx, _MERGED, notice_ids)]


def _parts(query: Query) -> Select[Any]:
    known = select(publications.c.part).join(notices, notices.c.id == publications.c.notice_id)
    return known.where(*matching(query)).limit(1)


def _number(part: str, edge: Any) -> Any:
    return select(edge(publications.c.number)).where(publications.c.part == part).scalar_subquery()
