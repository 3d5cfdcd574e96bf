"""Figures: how much there is of what, for the metrics and the status page."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from crawler.store.tables import looks, notices


def looks_after(tx: Connection, last: int) -> tuple[dict[tuple[str, str], int], int]:
    """How many looks after the look ``last`` each column has of each outcome, and the last look counted."""
    newest = tx.scalar(select(func.max(looks.c.id))) or last
    counted = select(looks.c.column, looks.c.outcome, func.count()).where(looks.c.id > last, looks.c.id <= newest)
    rows = tx.execute(counted.group_by(looks.c.column, looks.c.outcome))
    return {(column, outcome): n for column, outcome, n in rows}, newest


def notices_by_kind(tx: Connection) -> dict[tuple[str, bool], int]:
    """How many notices there are of each kind, alertable and not."""
    counted = select(notices.c.kind, notices.c.alertable, func.count()).where(notices.c.merged_into.is_(None))
    rows = tx.execute(counted.group_by(notices.c.kind, notices.c.alertable))
    return {(kind, alertable): n for kind, alertable, n in rows}
