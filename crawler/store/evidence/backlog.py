"""Captures that wait for a place in a file, apart from what moves them: a round that found nothing asks only this."""

from __future__ import annotations

from sqlalchemy import Connection, select

from crawler.store.tables import captures, waiting

_FIRST = select(captures.c.id).where(waiting).limit(1)


def any_waiting(tx: Connection) -> bool:
    """Whether a capture waits; most often none does, and to know it needs no writer's lock."""
    return tx.execute(_FIRST).first() is not None
