"""Changes: what was written since the feeds were last published; their publisher consumes it."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, delete, func, insert, select

from crawler.store import meta
from crawler.store.keys import among, batched, rows_of
from crawler.store.tables import changes, links

_ADD = insert(changes)
_HORIZON = "changes forgotten up to"
_AT_ONCE = 500  # ids in one statement
_SEEN_IN = select(links.c.column).distinct().where(among(links.c.notice_id))


def add(tx: Connection, notice_id: str | None) -> None:
    """Note that a notice changed, or an incident (None)."""
    tx.execute(_ADD, {"notice_id": notice_id})


def pending(tx: Connection, after: int = 0) -> list[tuple[int, str | None]]:
    """What was noted and not yet consumed, oldest first: (id, notice or None), of ids above ``after``."""
    noted = select(changes).where(changes.c.id > after).order_by(changes.c.id)
    return [(row.id, row.notice_id) for row in tx.execute(noted)]


def done(tx: Connection, numbers: Iterable[int]) -> None:
    """Consume exactly what was read: on PostgreSQL a lower id may be committed after a higher one was read."""
    for some in batched(numbers, _AT_ONCE):
        tx.execute(delete(changes).where(changes.c.id.in_(some)))


def forget(tx: Connection) -> int:
    """Drop what was noted before this was last called: where several processes publish, none may consume it alone."""
    gone = tx.execute(delete(changes).where(changes.c.id <= int(meta.get(tx, _HORIZON) or 0))).rowcount
    meta.put(tx, _HORIZON, str(tx.scalar(select(func.coalesce(func.max(changes.c.id), 0)))))
    return gone


def sources_of(tx: Connection, notice_ids: Iterable[str]) -> set[str]:
    """The sources in which the notices were seen: the feeds that a change of them touches."""
    rows = rows_of(tx, _SEEN_IN, notice_ids)
    return {row.column.partition("/")[0] for row in rows}
