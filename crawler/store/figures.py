"""Figures: how much there is of what, for the metrics and the status page."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from crawler.store.tables import captures, looks, notices, waiting
from crawler.store.wire.unmerged import UNMERGED


def looks_after(tx: Connection, last: int) -> tuple[dict[tuple[str, str], int], int]:
    """How many looks after the look ``last`` each column has of each outcome, and the last look counted."""
    newest = tx.scalar(select(func.max(looks.c.id))) or last
    counted = select(looks.c.column, looks.c.outcome, func.count()).where(looks.c.id > last, looks.c.id <= newest)
    rows = tx.execute(counted.group_by(looks.c.column, looks.c.outcome))
    return {(column, outcome): n for column, outcome, n in rows}, newest


def notices_by_kind(tx: Connection) -> dict[tuple[str, bool], int]:
    """How many notices there are of each kind, alertable and not."""
    counted = select(notices.c.kind, notices.c.alertable, func.count()).where(UNMERGED)
    rows = tx.execute(counted.group_by(notices.c.kind, notices.c.alertable))
    return {(kind, alertable): n for kind, alertable, n in rows}


@dataclass(frozen=True, slots=True)
class Evidence:
    """How many pages are kept, how many bytes they take compressed, and when the newest was fetched (0.0: none).

    ``waiting``: how many of them stand in the database alone, until they are written to a WARC file.
    """

    pages: int
    bytes: int
    newest: float
    waiting: int


def kept(tx: Connection) -> Evidence:
    """What is kept as evidence."""
    size = func.sum(captures.c.record_size)
    pages, taken, newest = tx.execute(select(func.count(), size, func.max(captures.c.fetched_at))).one()
    waits = tx.scalar(select(func.count()).where(waiting)) or 0
    return Evidence(pages, int(taken or 0), newest or 0.0, waits)
