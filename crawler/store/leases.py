"""Leases: who works on a row, and when it is free again if nobody hears from them.

Statements here and in the modules around are built once, with named parameters: SQLAlchemy takes longer to build one
than to run it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Table,
    Update,
    and_,
    bindparam,
    or_,
    select,
    update,
)

from crawler.store.keys import MANY, among, batched
from crawler.store.tables import columns, deliveries, links

LONGEST = 86400.0  # a lease that runs longer was taken before somebody set the clock back


def free(table: Table, now: float | ColumnElement[float]) -> ColumnElement[bool]:
    """Rows on which nobody works."""
    until = table.c.lease_until
    return or_(until.is_(None), until <= now, until > now + LONGEST)


def take(
    tx: Connection,
    table: Table,
    wanted: Select[Any],
    *,
    now: float,
    owner: str,
    lease: float,
    given: Mapping[str, Any] | None = None,
) -> list[Any]:
    """Lease the free rows that ``wanted`` selects (primary key first) to ``owner`` for ``lease`` seconds.

    Two claimers never get the same row: SQLite has one writer, PostgreSQL skips rows that another one has locked.
    ``given``: the values of parameters in ``wanted``.
    """
    wanted = wanted.where(free(table, now)).with_for_update(skip_locked=True, of=table)
    rows = tx.execute(wanted, given).all()
    for keys in batched((row[0] for row in rows), MANY):
        tx.execute(_taken(table), {"keys": keys, "owner": owner, "until": now + lease})
    return list(rows)


@cache
def _taken(table: Table) -> Update:
    key = table.primary_key.columns[0]
    return update(table).where(among(key)).values(lease_owner=bindparam("owner"), lease_until=bindparam("until"))


def release(tx: Connection, table: Table, owner: str | None = None, keys: Collection[str] | None = None) -> int:
    """Free the rows leased to ``owner``, or to anybody; of these ``keys``, or all; returns how many."""
    held = table.c.lease_owner.is_not(None) if owner is None else table.c.lease_owner == owner
    if keys is not None:
        held = and_(held, table.primary_key.columns[0].in_(keys))
    return tx.execute(update(table).where(held).values(lease_owner=None, lease_until=None)).rowcount


def release_dead(tx: Connection, died: Callable[[str], bool]) -> int:
    """Free what is leased to owners that have ``died``; returns how many rows."""
    freed = 0
    for table in (columns, links, deliveries):
        owners = tx.scalars(select(table.c.lease_owner).where(table.c.lease_owner.is_not(None)).distinct()).all()
        freed += sum(release(tx, table, owner) for owner in owners if died(owner))
    return freed


def of(tx: Connection, table: Table, owner: str, *which: ColumnElement[bool]) -> set[str]:
    """The keys of the rows leased to ``owner`` for which ``which`` holds."""
    return set(tx.scalars(select(table.primary_key.columns[0]).where(table.c.lease_owner == owner, *which)))
