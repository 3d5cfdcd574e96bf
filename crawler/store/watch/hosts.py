"""Hosts that asked to be left alone for a while (Retry-After), so that every process obeys, and the next start does."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, bindparam, delete, select, update

from crawler.store import upsert
from crawler.store.keys import among, rows_of
from crawler.store.tables import hosts

_THESE = select(hosts).where(among(hosts.c.host))
_LATER = update(hosts).where(hosts.c.host == bindparam("b_host"), hosts.c.free_at < bindparam("b_until"))
_LATER = _LATER.values(free_at=bindparam("b_until"))


def hold(tx: Connection, host: str, until: float) -> None:
    """Leave ``host`` alone ``until`` then, or as long as it has asked for before."""
    upsert.add(tx, hosts, [{"host": host, "free_at": until}])
    tx.execute(_LATER, {"b_host": host, "b_until": until})


def held(tx: Connection, names: Iterable[str]) -> dict[str, float]:
    """Until when (POSIX seconds) each of these hosts asked to be left alone; those that did not are left out."""
    return {row.host: row.free_at for row in rows_of(tx, _THESE, sorted(set(names)))}


def forget(tx: Connection, before: float) -> int:
    """Drop those that may be asked again since ``before``; returns how many."""
    return tx.execute(delete(hosts).where(hosts.c.free_at < before)).rowcount
