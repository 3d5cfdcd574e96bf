"""Counts over time, for pictures: what came in each span of time, of which kind, place, scam and source, and how fast.

A span is ``width`` seconds, the first one begins at ``since``; what lies before ``since``, or not before ``until``, is
left out.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from math import inf
from typing import Any

from sqlalchemy import ColumnElement, Connection, Integer, cast, func, literal_column, select, text

from crawler.store.delivery.ledger import Passage
from crawler.store.tables import deliveries, events, incidents, notices, tags
from crawler.store.wire.unmerged import UNMERGED

Counts = Counter[tuple[str, int]]
_FIRST_TWO = (text("1"), text("2"))  # of the columns: PostgreSQL takes two parameters of one value for two values

_NOTHING: ColumnElement[str] = literal_column("''")


def by_kind(tx: Connection, since: float, width: float, until: float = inf) -> Counts:
    """How many notices of each kind came in each span."""
    return _counted(tx, select(notices.c.kind, _span(since, width), func.count()), since, until)


def by_source(tx: Connection, since: float, width: float) -> Counts:
    """How many notices of which each source speaks came in each span."""
    source = func.coalesce(notices.c.source, "").label("source")
    return _counted(tx, select(source, _span(since, width), func.count()), since)


def by_tag(tx: Connection, since: float, width: float, until: float = inf) -> dict[str, Counts]:
    """How many notices with each value of each field (place, scam) came in each span, by field."""
    counted = select(tags.c.value, _span(since, width), func.count(), tags.c.field).select_from(notices)
    # Written so that SQLite goes from the notices of the time to their tags: from the tags it would go to all notices.
    theirs = tags.c.notice_id == notices.c.id.concat(_NOTHING)
    came = counted.join(tags, theirs).where(*_within(since, until)).group_by(*_FIRST_TWO, tags.c.field)
    found: defaultdict[str, Counts] = defaultdict(Counter)
    for value, span, count, field in tx.execute(came):
        found[field][value, max(int(span), 0)] += count  # what came at the very beginning is rounded to before it
    return found


def most(counts: Counts, number: int) -> list[str]:
    """The values that came most often, most first."""
    totals: Counter[str] = Counter()
    for (value, _), count in counts.items():
        totals[value] += count
    return [value for value, _ in sorted(totals.items(), key=lambda t: (-t[1], t[0]))[:number]]


def _counted(tx: Connection, wanted: Any, since: float, until: float = inf) -> Counts:
    came = wanted.where(*_within(since, until)).group_by(*_FIRST_TWO)
    found: Counts = Counter()
    for value, span, count in tx.execute(came):
        found[value, max(int(span), 0)] += count
    return found


def _within(since: float, until: float) -> list[ColumnElement[bool]]:
    """That a notice came in that time and is no part of another one."""
    return [*_seen(since, until), UNMERGED]


def _seen(since: float, until: float) -> list[ColumnElement[bool]]:
    ended = [] if until == inf else [notices.c.first_seen < until]
    return [notices.c.first_seen >= since, *ended]


def _span(since: float, width: float) -> ColumnElement[int]:
    """The number of the span in which a notice came; rounded, since the databases cut in different ways."""
    return cast(func.round((notices.c.first_seen - since) / width - 0.5), Integer)


def passages(tx: Connection, since: float, until: float = inf) -> list[Passage]:
    """The notices seen in that time and delivered: when each was published, seen, queued, and delivered to each hook.

    It goes from the notices of the time to their events: from the deliveries it would go through all of them.
    """
    said = (events.c.payload[name].as_string() for name in ("published", "published_precision"))
    wanted = select(deliveries.c.hook, *said, events.c.at, deliveries.c.created, deliveries.c.finished)
    wanted = (
        wanted.select_from(notices)
        .join(events, events.c.notice_id == notices.c.id.concat(_NOTHING))
        .join(deliveries, deliveries.c.event_id == events.c.id.concat(_NOTHING))
        .where(*_seen(since, until), events.c.type == "notice.new", deliveries.c.state == "delivered")
    )
    rows: list[Any] = list(tx.execute(wanted))
    return [Passage(*row) for row in rows]


def oldest(tx: Connection) -> float | None:
    """When the first notice was seen; None where there is none."""
    found: float | None = tx.scalar(select(func.min(notices.c.first_seen)))
    return found


def troubles(tx: Connection, since: float) -> Counter[str]:
    """How many incidents each column had that began since then."""
    counted = select(incidents.c.column, func.count()).where(incidents.c.opened >= since)
    return Counter(dict(tx.execute(counted.group_by(incidents.c.column))))
