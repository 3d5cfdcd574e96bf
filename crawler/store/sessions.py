"""Sessions: who is logged in on the page.  A session ends with its row, whatever a browser still holds."""

from __future__ import annotations

import hashlib

from sqlalchemy import Connection, delete, insert, select

from crawler.store.tables import sessions

MOST = 1000  # at once; the oldest end first


def begin(tx: Connection, secret: str, role: str, *, now: float, until: float) -> None:
    """Remember that whoever holds ``secret`` has ``role``, until then."""
    tx.execute(delete(sessions).where(sessions.c.until <= now))
    kept = select(sessions.c.id).order_by(sessions.c.begun.desc(), sessions.c.id).limit(MOST - 1)
    tx.execute(delete(sessions).where(sessions.c.id.not_in(kept)))
    tx.execute(insert(sessions), {"id": _id(secret), "role": role, "begun": now, "until": until})


def role(tx: Connection, secret: str, now: float) -> str | None:
    """The role of whoever holds ``secret``; None when that is no session, or no more."""
    wanted = select(sessions.c.role).where(sessions.c.id == _id(secret), sessions.c.until > now)
    found: str | None = tx.scalar(wanted)
    return found


def end(tx: Connection, secret: str) -> None:
    """End the session of ``secret``."""
    tx.execute(delete(sessions).where(sessions.c.id == _id(secret)))


def _id(secret: str) -> str:
    """A copy of the database logs nobody in."""
    return hashlib.sha256(secret.encode()).hexdigest()
