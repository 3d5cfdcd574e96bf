"""Processes: who shares the work on a PostgreSQL database, who of them was heard of, and what the dead had leased.

Signs of life are written and judged by the database's clock: those of the machines may differ.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, Double, bindparam, delete, extract, func, insert, select, update

from crawler.store.delivery import outbox
from crawler.store.tables import processes
from crawler.store.watch import columns, visits

SILENCE = 8.0  # seconds without a sign of life after which a process is taken for dead
BEAT = 2.0  # seconds between two signs of life
_NOW = extract("epoch", func.clock_timestamp()).cast(Double)
_BEAT = update(processes).where(processes.c.owner == bindparam("who")).values(beat=_NOW)


@dataclass(frozen=True, slots=True)
class Process:
    """One process; ``owner`` is what it signs its leases with, ``beat`` its last sign of life."""

    owner: str
    roles: tuple[str, ...]
    machine: str
    pid: int
    started: float
    beat: float


def join(tx: Connection, owner: str, roles: Collection[str]) -> None:
    """Say that the calling process works under the name ``owner``, before it leases anything."""
    me = {"owner": owner, "roles": " ".join(roles), "machine": socket.gethostname(), "pid": os.getpid()}
    tx.execute(insert(processes).values(**me, started=_NOW, beat=_NOW))


def beat(tx: Connection, owner: str) -> bool:
    """Say that ``owner`` lives; false when it was taken for dead, and others do its work."""
    return tx.execute(_BEAT, {"who": owner}).rowcount == 1


def leave(tx: Connection, owners: Iterable[str]) -> None:
    """Free all that ``owners`` had leased and forget them."""
    for owner in owners:
        tx.execute(delete(processes).where(processes.c.owner == owner))
        columns.release(tx, owner)
        visits.release(tx, owner)
        outbox.release(tx, owner)


def bury(tx: Connection) -> list[str]:
    """Free what the dead had leased: it is due again at once; returns whose it was."""
    silent = select(processes.c.owner).where(processes.c.beat < _NOW - SILENCE)
    dead = list(tx.scalars(silent.with_for_update(skip_locked=True)))
    leave(tx, dead)
    return dead


def alive(tx: Connection) -> list[Process]:
    """The processes that were heard of lately."""
    heard = select(processes).where(processes.c.beat >= _NOW - SILENCE).order_by(processes.c.started)
    return [
        Process(row.owner, tuple(row.roles.split()), row.machine, row.pid, row.started, row.beat)
        for row in tx.execute(heard)
    ]
