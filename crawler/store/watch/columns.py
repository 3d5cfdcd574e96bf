"""Columns: what is configured to be looked at, when, by whom, and how the looks went."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, case, delete, func, insert, select, union_all, update

from crawler.items import Column, Due, Outcome, Source, State
from crawler.judging.columns import pace
from crawler.judging.columns.health import spread
from crawler.reading.address import shard_of, split
from crawler.store import leases, meta
from crawler.store.tables import columns, lists, needy, newest
from crawler.store.watch import incidents, looks, rhythms
from crawler.store.watch.shards import Held

_SPREAD = 3.0  # seconds over which columns that are all due now are laid
_CLOCK_JUMP = 60.0  # a look this far in the future was made before somebody set the clock back
_UNLEARNT = {"items": None, "usual": None, "newest": None, "longest_gap": None, **rhythms.UNLEARNT}
_FORGET = {"etag": None, "last_modified": None, "body_hash": None, "fingerprint": None}


@dataclass(frozen=True, slots=True)
class ColumnRow:
    """A column as the store knows it; times in POSIX seconds."""

    key: str
    source: str
    name: str
    url: str
    host: str
    enabled: bool
    paused_at: float | None
    every: float
    due: float
    baseline_at: float | None
    items: int | None
    last_look: float | None
    last_outcome: Outcome | None
    last_ok: float | None
    last_new: float | None
    failures: int
    state: State
    since: float | None
    why: str
    basis: str  # why the next look is when it is (judging.columns.pace.Basis)
    daily: float  # items a day that are to be expected


# --------------------------------------------------------------------------------------------------------------------
# Configuration


def sync(tx: Connection, entries: Iterable[tuple[str, Source, Column]], now: float) -> None:
    """Make the rows those of the configuration; what the looks taught stays.

    New columns are due now.  A changed address forgets what was seen at the old one, and begins in silence.  Columns
    that vanished or are disabled keep their history in state ``disabled``.
    """
    known = {row.key: row for row in tx.execute(select(columns))}
    wanted = {key: _configured(source, column) for key, source, column in entries if column.enabled}
    if fresh := [key for key in wanted if key not in known]:
        tx.execute(insert(columns), [_fresh(key, wanted[key], now) for key in fresh])
    if meta.get(tx, _COUNT) != (number := str(len(known) + len(fresh))):
        meta.put(tx, _COUNT, number)
    for key, row in known.items():
        if key in wanted:
            _reconfigure(tx, row, wanted[key], now)
        elif row.enabled:
            disable(tx, key, now)


def _configured(source: Source, column: Column) -> dict[str, Any]:
    return {
        "source": source.id,
        "name": f"{source.name} · {column.name}" if column.name else source.name,
        "url": column.url,
        "host": split(column.url).hostname or "",
        "shard": shard_of(column.url),
        "rendered": column.render,
        "every": column.every,
        "enabled": True,
        "fixed": column.fixed,
        "zone": source.timezone,
        "weight": pace.weight(source.authority, column.kind),
    }


def _fresh(key: str, configured: Mapping[str, Any], now: float) -> dict[str, Any]:
    return {**configured, "key": key, "due": soon(key, now), "state": State.NEW.value, "since": now}


def _reconfigure(tx: Connection, row: Any, configured: dict[str, Any], now: float) -> None:
    values = {k: v for k, v in configured.items() if v != getattr(row, k)}
    if row.paused_at is not None:
        values.pop("enabled", None)
    if "enabled" in values:
        values |= {"state": State.NEW.value, "since": now, "due": soon(row.key, now)}
    if "url" in values:
        tx.execute(delete(lists).where(lists.c.column == row.key))
        rhythms.forget(tx, row.key)
        values |= {**_FORGET, **_UNLEARNT, "baseline_at": None, "due": soon(row.key, now)}
    if "every" in values and not row.failures:
        values.setdefault("due", min(row.due, now + values["every"]))
    if values:
        tx.execute(update(columns).where(columns.c.key == row.key).values(values))


def disable(tx: Connection, key: str, now: float) -> None:
    """Look no more at a column; its history stays."""
    gone = {"enabled": False, "state": State.DISABLED.value, "since": now, "failures": 0, "why": ""}
    tx.execute(update(columns).where(columns.c.key == key).values(**gone, lease_owner=None, lease_until=None))
    incidents.close(tx, key, now)


def soon(key: str, now: float) -> float:
    """When a column that is due now is looked at, so that many are not looked at in one moment."""
    return now + _SPREAD * spread(key)


# --------------------------------------------------------------------------------------------------------------------
# Looking

_DUE = select(
    columns.c.key,
    columns.c.url,
    columns.c.etag,
    columns.c.last_modified,
    columns.c.body_hash,
    columns.c.fingerprint,
    columns.c.baseline_at,
).where(columns.c.enabled)


def claim(
    tx: Connection,
    *,
    now: float,
    owner: str,
    limit: int,
    lease: float = 600.0,
    only: Collection[str] | None = None,
    held: Held | None = None,
) -> list[Due]:
    """Lease up to ``limit`` columns that are due, longest due first, to ``owner`` for ``lease`` seconds.

    ``only``: these columns, due or not, those whose last look failed at the end.  ``held``: only columns of these
    shards, where several processes share the work.  A column on which somebody works is never given.
    """
    if held is not None:
        wanted = _DUE.where(columns.c.due <= now, columns.c.shard.in_(held.shards))
        if held.rendered is not None:
            wanted = wanted.where(columns.c.rendered.is_(held.rendered))
    elif only is None:
        if (looks.newest(tx) or 0.0) > now + _CLOCK_JUMP:
            mend(tx, now)
        wanted = _DUE.where(columns.c.due <= now)
    else:
        wanted = _DUE.where(columns.c.key.in_(only)).order_by(columns.c.failures > 0)  # they may hang
    wanted = wanted.order_by(columns.c.due, columns.c.key).limit(limit)
    rows = leases.take(tx, columns, wanted, now=now, owner=owner, lease=lease)
    return [
        Due(
            column=row.key,
            url=row.url,
            etag=row.etag,
            last_modified=row.last_modified,
            body_hash=row.body_hash,
            fingerprint=row.fingerprint,
            baseline=row.baseline_at is None,
        )
        for row in rows
    ]


def mend(tx: Connection, now: float) -> None:
    """Make due what was looked at in the future: before somebody set the clock back."""
    ahead = columns.c.last_look > now + _CLOCK_JUMP
    tx.execute(update(columns).where(columns.c.enabled, ahead, columns.c.due > now).values(due=now))


def release(tx: Connection, owner: str | None = None, keys: Collection[str] | None = None) -> int:
    """Free the columns leased to ``owner``, or to anybody; of these ``keys``, or all; returns how many."""
    return leases.release(tx, columns, owner, keys)


def leased(tx: Connection, owner: str, now: float) -> set[str]:
    """The keys of the columns that are due and leased to ``owner``."""
    return leases.of(tx, columns, owner, columns.c.enabled, columns.c.due <= now)


# --------------------------------------------------------------------------------------------------------------------
# Showing

URGENCY = (State.BROKEN, State.CHALLENGED, State.DEGRADED, State.QUIET, State.NEW, State.OK, State.DISABLED)
"""What needs attention first."""
_ROW = tuple(name for name in ColumnRow.__dataclass_fields__ if name != "daily")
_SHOWN = select(*columns.c[_ROW], *columns.c[rhythms.NAMES])


def rows(tx: Connection, *, after: str | None = None, limit: int | None = None) -> list[ColumnRow]:
    """Every column that was ever configured, by key; if given, those ``after`` a key and at most ``limit``."""
    wanted = _SHOWN.order_by(columns.c.key).limit(limit)
    if after is not None:
        wanted = wanted.where(columns.c.key > after)
    return [_shown(row) for row in tx.execute(wanted).mappings()]


def row(tx: Connection, key: str) -> ColumnRow | None:
    """One column; None where there is no such."""
    found = tx.execute(_SHOWN.where(columns.c.key == key)).mappings().one_or_none()
    return _shown(found) if found else None


def by_urgency(
    tx: Connection,
    limit: int | None = None,
    *,
    start: int = 0,
    states: Sequence[State] = URGENCY,
    source: str | None = None,
) -> list[ColumnRow]:
    """Columns (of ``source``) in these ``states``, in their order, then what was new last: ``limit`` from ``start``.

    Of each state no more are read than the page may show, in the order of an index: one may hold a hundred thousand.
    """
    rank = case({state.value: n for n, state in enumerate(states)}, value=columns.c.state)
    mine = [columns.c.source == source] if source is not None else []
    keys = select(columns.c.key).where(*mine).order_by(newest, columns.c.key)
    first = None if limit is None else start + limit
    each = (keys.where(columns.c.state == state.value).limit(first).subquery() for state in states)
    among = columns.c.key.in_(union_all(*(select(one) for one in each)))
    page = _SHOWN.where(among).order_by(rank, newest, columns.c.key).limit(limit).offset(start)
    return [_shown(row) for row in tx.execute(page).mappings()]


def tally(tx: Connection) -> Counter[State]:
    """How many columns are in each state; those that are well are what is left of all.

    All are not counted: to PostgreSQL a hundred thousand are 15 ms of every page.
    """
    needy = Counter({State(state): number for state, number in tx.execute(_NEEDY)})
    return needy + Counter({State.OK: int(meta.get(tx, _COUNT) or 0) - needy.total()})


_COUNT = "columns"  # in meta: how many there are; only `sync` adds any, and none is ever removed
_NEEDY = select(columns.c.state, func.count()).where(needy).group_by(columns.c.state)


def _shown(row: Mapping[Any, Any]) -> ColumnRow:
    kept = {name: row[name] for name in _ROW} | {"state": State(row["state"]), "last_outcome": _outcome(row)}
    return ColumnRow(**kept, daily=rhythms.rhythm(row).daily(row["last_look"] or 0.0))


def _outcome(row: Mapping[Any, Any]) -> Outcome | None:
    return Outcome(row["last_outcome"]) if row["last_outcome"] else None


def unlooked(tx: Connection, now: float) -> float:
    """Seconds for which a look has been due and none was made at any column; 0 when nothing is due."""
    due = tx.scalar(select(func.min(columns.c.due)).where(columns.c.enabled))
    return 0.0 if due is None or due >= now else max(0.0, now - max(due, looks.newest(tx) or 0.0))


def any_rendered(tx: Connection) -> bool:
    """Whether a column needs a browser."""
    return tx.execute(select(columns.c.key).where(columns.c.enabled, columns.c.rendered).limit(1)).first() is not None
