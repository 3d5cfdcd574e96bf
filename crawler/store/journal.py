"""The journal: what happened, in the order in which it was committed, so that whoever follows it misses nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, select

from crawler.store.tables import journal

MOST = 500  # entries in one answer
_ALONE = select(func.pg_advisory_xact_lock(0x4A554447))
_ADD = insert(journal)
_AFTER = select(journal).where(journal.c.number > bindparam("last")).order_by(journal.c.number).limit(MOST)


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that happened to a notice or a column."""

    number: int  # grows; numbers may be missing
    at: float  # POSIX seconds
    type: str  # notice.new, notice.revised, notice.withdrawn, notice.merged, source.broken, source.recovered
    notice_id: str | None
    column: str | None
    into: str | None  # merged: the notice that it is part of now
    why: str


def alone(tx: Connection) -> None:
    """Wait until nobody else judges or writes the journal, and hold that to the end of the transaction.

    SQLite has one writer anyway.  Else a number could be committed after a higher one was read, and its entry missed.
    """
    if tx.dialect.name == "postgresql":
        tx.execute(_ALONE)


def add(
    tx: Connection,
    type: str,
    *,
    at: float,
    notice_id: str | None = None,
    column: str | None = None,
    into: str | None = None,
    why: str = "",
) -> None:
    """Write down what happened in this transaction."""
    alone(tx)
    tx.execute(_ADD, {"at": at, "type": type, "notice_id": notice_id, "column": column, "into": into, "why": why})


def after(tx: Connection, last: int) -> list[Entry]:
    """The entries after the one numbered ``last``, the oldest first, `MOST` at once."""
    return [_entry(row) for row in tx.execute(_AFTER, {"last": last})]


def bounds(tx: Connection) -> tuple[int, int]:
    """The numbers of the oldest and of the newest entry that is kept; zeros where there is none."""
    oldest, newest = tx.execute(select(func.min(journal.c.number), func.max(journal.c.number))).one()
    return oldest or 0, newest or 0


def forget(tx: Connection, before: float) -> int:
    """Delete the entries from before ``before``, but for the newest of all; returns how many."""
    newest = tx.scalar(select(func.max(journal.c.number))) or 0
    return tx.execute(delete(journal).where(journal.c.at < before, journal.c.number < newest)).rowcount


def _entry(row: Any) -> Entry:
    return Entry(**{name: getattr(row, name) for name in Entry.__slots__})
