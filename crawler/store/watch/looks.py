"""Looks: what was seen of a column before, what a look changes of it, and the looks that were made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from crawler.items import Column, Look, Outcome
from crawler.judging.columns.health import Health, after_look
from crawler.store import upsert
from crawler.store.keys import among, rows_of
from crawler.store.tables import columns, lists
from crawler.store.tables import links as links_found
from crawler.store.tables import looks as look_rows
from crawler.store.text import one_line
from crawler.store.watch import coverage, healthrows, incidents, links, rhythms

_TITLES = 2000  # of links among which titles are looked for that a list bears again

_SEEN = ("etag", "last_modified", "body_hash", "fingerprint")
_BEFORE = select(*columns.c["key", "name", *healthrows.NAMES, *_SEEN], *rhythms.READ).where(
    columns.c.enabled.is_not(False),  # by no index: SQLite would go through all that are enabled for the sake of a few
    among(columns.c.key),
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
    return list(tx.execute(_LISTED, {"column": column}).scalar() or ())


_LISTED = select(lists.c["keys"]).where(lists.c.column == bindparam("column"))


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
    rows, unread = rows_of(tx, _BEFORE, keys), links.unread(tx, keys)
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


def last(tx: Connection, column: str, limit: int, *, before: float | None = None) -> list[Look]:
    """The last looks at ``column``, newest first; those made ``before`` a moment, where that is given."""
    names = ("column", "at", "outcome", "status", "seconds", "bytes", "items", "new", "why")
    wanted = select(*look_rows.c[names]).where(look_rows.c.column == column)
    if before is not None:
        wanted = wanted.where(look_rows.c.at < before)
    newest_first = wanted.order_by(look_rows.c.at.desc(), look_rows.c.id.desc()).limit(limit)
    return [Look(**{**row, "outcome": Outcome(row["outcome"])}) for row in tx.execute(newest_first).mappings()]


def newest(tx: Connection) -> float | None:
    """When any column was looked at last."""
    found: float | None = tx.scalar(select(look_rows.c.at).order_by(look_rows.c.id.desc()).limit(1))
    return found


def forget(tx: Connection, before: float) -> int:
    """Delete the looks made before ``before``; returns how many."""
    return tx.execute(delete(look_rows).where(look_rows.c.at < before)).rowcount
