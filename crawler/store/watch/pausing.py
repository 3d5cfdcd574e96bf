"""What a person decides of columns: it holds whatever is configured, and the crawl finds it when it claims next."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, select, update

from crawler.items import State
from crawler.store.tables import columns
from crawler.store.watch.columns import disable, soon

PAUSED = "paused by hand"


def hasten(tx: Connection, keys: Collection[str], now: float) -> list[str]:
    """Make those of ``keys`` that are looked at due now; they are returned."""
    mine = columns.c.key.in_(keys), columns.c.enabled
    tx.execute(update(columns).where(*mine).values(due=now))
    return list(tx.scalars(select(columns.c.key).where(*mine).order_by(columns.c.key)))


def pause(tx: Connection, keys: Collection[str], now: float) -> list[str]:
    """Look no more at those of ``keys`` that are looked at, until `resume`; they are returned."""
    stopped = list(tx.scalars(select(columns.c.key).where(columns.c.key.in_(keys), columns.c.enabled)))
    for key in stopped:
        disable(tx, key, now)
    tx.execute(update(columns).where(columns.c.key.in_(stopped)).values(paused_at=now, why=PAUSED))
    return sorted(stopped)


def resume(tx: Connection, keys: Collection[str], now: float) -> list[str]:
    """Look again, soon, at those of ``keys`` that are paused; they are returned."""
    paused = list(tx.scalars(select(columns.c.key).where(columns.c.key.in_(keys), columns.c.paused_at.is_not(None))))
    fresh = {"enabled": True, "paused_at": None, "state": State.NEW.value, "since": now, "why": ""}
    for key in paused:
        tx.execute(update(columns).where(columns.c.key == key).values(**fresh, due=soon(key, now)))
    return sorted(paused)
