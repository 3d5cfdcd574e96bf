"""A few named values that outlive a process."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, select

from crawler.store.tables import meta
from crawler.store.upsert import put as put_row

_GET = select(meta.c.value).where(meta.c.key == bindparam("key"))


def get(tx: Connection, key: str) -> str | None:
    """The value stored under ``key``."""
    return tx.execute(_GET, {"key": key}).scalar()


def put(tx: Connection, key: str, value: str) -> None:
    """Store ``value`` under ``key`` in place of the one before."""
    put_row(tx, meta, {"key": key, "value": value})
