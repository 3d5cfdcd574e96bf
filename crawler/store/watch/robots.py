"""robots.txt files, so that their 24 hours outlive a process."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, select

from crawler.store.keys import among, rows_of
from crawler.store.tables import robots
from crawler.store.upsert import put as put_row


@dataclass(frozen=True, slots=True)
class RobotsRow:
    """The robots.txt of one origin as it was last fetched."""

    origin: str  # scheme://host:port
    fetched_at: float
    status: int | None  # None: unreachable
    body: bytes


def get(tx: Connection, origin: str) -> RobotsRow | None:
    """The file last stored for ``origin``."""
    row = tx.execute(select(robots).where(robots.c.origin == origin)).one_or_none()
    return RobotsRow(row.origin, row.fetched_at, row.status, bytes(row.body)) if row else None


_OF = select(robots).where(among(robots.c.origin))


def of(tx: Connection, origins: Iterable[str]) -> list[RobotsRow]:
    """The files last stored for ``origins``, in one question for many."""
    rows = rows_of(tx, _OF, sorted(set(origins)))
    return [RobotsRow(row.origin, row.fetched_at, row.status, bytes(row.body)) for row in rows]


def put(tx: Connection, origin: str, fetched_at: float, status: int | None, body: bytes) -> None:
    """Store the file of ``origin`` in place of the one before."""
    values = {"origin": origin, "fetched_at": fetched_at, "status": status, "body": body}
    put_row(tx, robots, values)
