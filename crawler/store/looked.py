"""The last looks at a column, as people read them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select

from crawler.items import Outcome
from crawler.store.tables import looks


@dataclass(frozen=True, slots=True)
class Looked:
    """One look; ``status`` is None when there was no answer."""

    at: float
    outcome: Outcome
    status: int | None
    seconds: float | None
    bytes: int | None
    items: int | None
    new: int | None
    why: str


def last(tx: Connection, column: str, number: int) -> list[Looked]:
    """The last looks at ``column``, the newest first."""
    said = select(*looks.c["at", "outcome", "status", "seconds", "bytes", "items", "new", "why"])
    rows = tx.execute(said.where(looks.c.column == column).order_by(looks.c.at.desc()).limit(number))
    return [Looked(row.at, Outcome(row.outcome), *row[2:]) for row in rows]
