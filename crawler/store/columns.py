"""Columns: what is configured to be looked at, when, by whom, and how the looks went."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Connection, bindparam, delete, func, insert, or_, select, update

from crawler.items import Column, Due, Look, Outcome, Source, State
from crawler.judging.columns import pace
from crawler.judging.columns.health import Health, after_look, spread
from crawler.reading.address import shard_of
from crawler.store import coverage, healthrows, incidents, leases, links, rhythms, upsert
from crawler.store.shards import Held
from crawler.store.tables import columns, lists
from crawler.store.tables import links as links_found
from crawler.store.tables import looks as look_rows
from crawler.store.text import one_line

_SPREAD = 3.0  # seconds over which columns that are all due now are laid
_CLOCK_JUMP = 60.0  # a look this far in the future was made before somebody set the clock back
_TITLES = 2000  # of links among which titles are looked for that a list bears again
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
        "host": urlsplit(column.url).hostname or "",
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

    ``only``: these columns, due or not.  ``held``: only columns of these shards, where several processes share the
    work.  A column on which somebody works is never given.
    """
    if held is not None:
        wanted = _DUE.where(columns.c.due <= now, columns.c.shard.in_(held.shards))
        if held.rendered is not None:
            wanted = wanted.where(columns.c.rendered.is_(held.rendered))
    elif only is None:
        wanted = _DUE.where(or_(columns.c.due <= now, columns.c.last_look > now + _CLOCK_JUMP))
    else:
        wanted = _DUE.where(columns.c.key.in_(only))
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


_SEEN = ("etag", "last_modified", "body_hash", "fingerprint")
_BEFORE = select(*columns.c["key", "name", *healthrows.NAMES, *_SEEN], *rhythms.READ).where(
    columns.c.enabled, columns.c.key.in_(leases.KEYS)
)
_INSERT_LOOK = insert(look_rows)
_AFTER = (
    update(columns)
    .where(columns.c.key == bindparam("b_key"))
    .values(
        {n: bindparam(n) for n in (*healthrows.NAMES, *_SEEN, "basis")} | {"lease_owner": None, "lease_until": None}
    )
)


@dataclass(frozen=True, slots=True)
class LastList:
    """The last list of a column that was understood."""

    keys: Sequence[str]  # of its links, in its order
    at: float  # POSIX seconds
    failures: int  # failed looks since, in a row


def last_list(tx: Connection, column: str) -> LastList:
    """What a list of ``column`` that is read now is compared with; no keys where there is nothing to compare."""
    row = tx.execute(_LAST, {"column": column}).one_or_none()
    return LastList(row.listed or (), row.last_ok or 0.0, row.failures) if row else LastList((), 0.0, 0)


_LAST = (
    select(lists.c["keys"].label("listed"), columns.c.last_ok, columns.c.failures)
    .select_from(columns.outerjoin(lists, lists.c.column == columns.c.key))
    .where(columns.c.key == bindparam("column"))
)


def listed(tx: Connection, column: str) -> list[str]:
    """The keys of the links on the last list of ``column`` that was understood, in its order."""
    return list(tx.execute(select(lists.c["keys"]).where(lists.c.column == column)).scalar() or ())


def titles(tx: Connection, column: str) -> list[str]:
    """The titles that the lists of ``column`` ever gave their links, the last two thousand."""
    newest = select(links_found.c.title).where(links_found.c.column == column).order_by(links_found.c.first_seen.desc())
    return list(tx.scalars(newest.limit(_TITLES)))


def record(
    tx: Connection, made: Sequence[Look], *, every: Mapping[str, Column], listed: Sequence[str] | None = None
) -> None:
    """Remember looks: the looks themselves, the health and next look of their columns, incidents and their events.

    ``every`` holds the configured columns.  The links of a look must be added in the same transaction or an earlier
    one: a list whose validators are kept is not read again until it changes.  ``listed``: the keys on the list of the
    last of these looks, where it was read.
    """
    if not made:
        return
    tx.execute(_INSERT_LOOK, [_look_values(look) for look in made])
    keys = sorted({look.column for look in made if look.column in every})
    rows, unread = leases.rows_of(tx, _BEFORE, keys), links.unread(tx, keys)
    health = {row.key: healthrows.health(row[2 : 2 + len(healthrows.NAMES)]) for row in rows}
    planner = rhythms.Planner(tx, rows)
    seen = {row.key: {n: getattr(row, n) for n in _SEEN} for row in rows}
    followed = []
    for look in made:
        if before := health.get(look.column):
            after = _after(before, look, every[look.column], unread.get(look.column, ""))
            after = replace(after, due=planner.due(look, after, every[look.column], before.last_ok))
            health[look.column] = after
            seen[look.column] |= _newly_seen(look)
            followed.append((look, before, after))
    if health:
        tx.execute(_AFTER, [_row_after(key, health[key], seen[key], planner) for key in sorted(health)])
    planner.save(tx)
    coverage.note(tx, followed)
    if troubled := [(look, after) for look, before, after in followed if _in_trouble(before, after)]:
        incidents.follow(tx, troubled, {row.key: row.name for row in rows})
    if listed is not None and made[-1].column in health:
        upsert.put(tx, lists, {"column": made[-1].column, "keys": list(listed)})


def _row_after(key: str, health: Health, seen: Mapping[str, Any], planner: rhythms.Planner) -> dict[str, Any]:
    return {"b_key": key, "basis": planner.basis[key].value, **healthrows.values(health), **seen}


def _in_trouble(before: Health, after: Health) -> bool:
    return before.state.in_trouble or after.state.in_trouble


def _after(health: Health, look: Look, column: Column, unread: str) -> Health:
    return after_look(health, look, every=column.every, expect=column.expect, unread=unread)


def _newly_seen(look: Look) -> dict[str, str | None]:
    """What the next look is compared with: only a list that was understood counts."""
    if not look.outcome.ok:
        return {}
    seen = {n: v for n in ("body_hash", "fingerprint") if (v := getattr(look, n))}
    validators = {"etag": look.etag, "last_modified": look.last_modified}
    if look.status == 304:  # need not repeat them (RFC 9110, section 15.4.5)
        validators = {n: v for n, v in validators.items() if v}
    return seen | validators


def _look_values(look: Look) -> dict[str, Any]:
    return {
        "column": look.column,
        "at": look.at,
        "outcome": look.outcome.value,
        "status": look.status,
        "seconds": look.seconds,
        "bytes": look.bytes,
        "items": look.items,
        "new": look.new,
        "why": one_line(look.why),
    }


# --------------------------------------------------------------------------------------------------------------------
# Showing

_ROW = tuple(name for name in ColumnRow.__dataclass_fields__ if name != "daily")


def rows(tx: Connection, *, after: str | None = None, limit: int | None = None) -> list[ColumnRow]:
    """Every column that was ever configured, by key; if given, those ``after`` a key and at most ``limit``."""
    wanted = select(*columns.c[_ROW], *columns.c[rhythms.NAMES]).order_by(columns.c.key).limit(limit)
    found = tx.execute(wanted if after is None else wanted.where(columns.c.key > after)).mappings()
    return [_shown(row) for row in found]


def _shown(row: Mapping[Any, Any]) -> ColumnRow:
    kept = {name: row[name] for name in _ROW} | {"state": State(row["state"]), "last_outcome": _outcome(row)}
    return ColumnRow(**kept, daily=rhythms.rhythm(row).daily(row["last_look"] or 0.0))


def _outcome(row: Mapping[Any, Any]) -> Outcome | None:
    return Outcome(row["last_outcome"]) if row["last_outcome"] else None


def unlooked(tx: Connection, now: float) -> float:
    """Seconds for which a look has been due and none was made at any column; 0 when nothing is due."""
    due, last = tx.execute(
        select(func.min(columns.c.due), func.max(columns.c.last_look)).where(columns.c.enabled)
    ).one()
    return 0.0 if due is None else max(0.0, now - max(due, last or 0.0))


def any_rendered(tx: Connection) -> bool:
    """Whether a column needs a browser."""
    return tx.execute(select(columns.c.key).where(columns.c.enabled, columns.c.rendered).limit(1)).first() is not None


def looks(tx: Connection, column: str, limit: int, *, before: float | None = None) -> list[Look]:
    """The last looks at ``column``, newest first; those made ``before`` a moment, where that is given."""
    names = ("column", "at", "outcome", "status", "seconds", "bytes", "items", "new", "why")
    wanted = select(*look_rows.c[names]).where(look_rows.c.column == column)
    if before is not None:
        wanted = wanted.where(look_rows.c.at < before)
    newest_first = wanted.order_by(look_rows.c.at.desc(), look_rows.c.id.desc()).limit(limit)
    return [Look(**{**row, "outcome": Outcome(row["outcome"])}) for row in tx.execute(newest_first).mappings()]


def forget_looks(tx: Connection, before: float) -> int:
    """Delete the looks made before ``before``; returns how many."""
    return tx.execute(delete(look_rows).where(look_rows.c.at < before)).rowcount
