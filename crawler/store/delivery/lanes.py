"""Lanes: which of several processes sends to a hook, so that its messages keep their order and its receiver its pace.

A lane stays with the process that took it for as long as something is sent, and a lease longer: what is under way is
answered, and a minute's messages are counted, before another process takes over.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, func, select

from crawler.store import leases, upsert
from crawler.store.tables import lanes

FAN_OUT, PUBLISH = 0x464801, 0x464802
"""What one process does at a time, and those who come meanwhile after it."""


def take(tx: Connection, hooks: Iterable[str], *, now: float, owner: str, lease: float) -> set[str]:
    """Those of ``hooks`` to which ``owner`` may send from now on; all of them where nobody else can be at work."""
    wanted = sorted(hooks)  # in one order, so that two who ask for the same ones wait and do not block each other
    if tx.dialect.name != "postgresql" or not wanted:
        return set(wanted)
    free = (lanes.c.lease_owner == owner) | leases.free(lanes, now)
    rows = [{"hook": hook, "lease_owner": owner, "lease_until": now + lease} for hook in wanted]
    insert = upsert.into_postgresql(lanes).values(rows)
    new = {"lease_owner": insert.excluded.lease_owner, "lease_until": insert.excluded.lease_until}
    taken = insert.on_conflict_do_update(index_elements=["hook"], set_=new, where=free).returning(lanes.c.hook)
    return set(tx.scalars(taken))


def one_at_a_time(tx: Connection, what: int) -> None:
    """Wait until no other process is at ``what``, until the end of the transaction."""
    if tx.dialect.name == "postgresql":
        tx.execute(select(func.pg_advisory_xact_lock(what, func.hashtext(func.current_schema()))))
