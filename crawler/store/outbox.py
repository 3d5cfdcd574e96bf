"""The outbox: events written with the change they tell of, and the ledger of their deliveries to each hook.

    add -> events --fan_out--> deliveries --claim--> sent by feeds.alerts --record_attempts--> delivered, queued, dead

An event's id is its webhook-id on every try to every hook.  A crash between a receiver's answer and `record_attempts`
leaves a lease that runs out, and the same id is sent again: at least once, never twice under two names.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    bindparam,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    union_all,
    update,
)

from crawler.exceptions import UnknownNotice
from crawler.store import leases, tables, upsert
from crawler.store.ledger import Delivery, dead, deliveries, latencies, next_due, oldest_age, pending, totals

__all__ = [
    "Delivery",
    "dead",
    "deliveries",
    "latencies",
    "next_due",
    "oldest_age",
    "pending",
    "totals",
]  # the reading half, so that callers need one name

Choose = Callable[[str, Mapping[str, Any]], Sequence[str]]
"""The hooks that want an event, by its type and payload."""

_d, _e, _h = tables.deliveries, tables.events, tables.hooks

LEASE = 120.0  # seconds; longer than a batch of `claim` takes when every receiver hangs
_LONGEST_WAIT = 2 * 86400.0  # more than any step of the schedule, and any Retry-After that is obeyed
_FAN_OUT_BATCH = 500


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened once and is told to every hook that wants it."""

    id: str  # the webhook-id
    type: str
    at: float
    payload: Mapping[str, Any]  # `data` of the webhook body, as it was then


@dataclass(frozen=True, slots=True)
class Claimed:
    """One event that is owed to one hook, leased to the caller until ``lease_until``."""

    id: int
    hook: str
    attempts: int  # made before
    created: float
    lease_until: float
    event: Event


@dataclass(frozen=True, slots=True)
class Attempt:
    """What one try came to.  ``due``: when to try again after a failure; None buries the delivery as a dead letter."""

    at: float
    seconds: float
    ok: bool
    status: int | None = None  # HTTP status, None when there was no answer
    error: str = ""  # one line without any secret
    due: float | None = None


def event_id(subject: str, type: str, number: int, at: float | None = None) -> str:
    """The id of an event: a function of what happened, so that writing it twice writes it once.

    ``subject`` is the notice or column, ``number`` counts its events of this type, ``at`` does where nothing else can.
    """
    said = f"{subject}\n{type}\n{number}\n{'' if at is None else repr(at)}"
    return "evt_" + hashlib.sha256(said.encode()).hexdigest()[:24]


def add(
    tx: Connection,
    type: str,
    *,
    at: float,
    payload: Mapping[str, Any],
    notice_id: str | None = None,
    column: str | None = None,
    number: int = 0,
) -> str:
    """Write an event unless it is already there, and return its id (``evt_…``)."""
    id = event_id(notice_id or column or "", type, number, at if type.startswith("source.") else None)
    row = {"id": id, "type": type, "notice_id": notice_id, "column": column, "at": at, "payload": payload}
    upsert.add(tx, _e, [row | {"fanned_out": False}])
    return id


# --------------------------------------------------------------------------------------------------------------------
# From events to deliveries


def owed(tx: Connection, now: float) -> tuple[bool, list[str]]:
    """Whether events wait to be fanned out, and the hooks to which something is due: one cheap query."""
    due = select(_d.c.hook).where(_due(now), leases.free(_d, now)).distinct()
    fresh = select(literal("")).where(exists().where(_e.c.fanned_out.is_(False)))
    found = set(tx.scalars(union_all(fresh, due)))
    return "" in found, sorted(found - {""})


def fan_out(tx: Connection, choose: Choose, now: float, *, windows: Mapping[str, float] | None = None) -> int:
    """Turn events into one delivery for each hook that ``choose`` names; returns how many.

    A hook in ``windows`` (seconds, its digest) waits that long from the first event on; what comes within goes along.
    An event for a hook that its receiver has disabled becomes a dead letter at once, to be replayed when it is back.
    """
    rows = tx.execute(_unfanned()).all()
    gone, waits = disabled(tx), _open_windows(tx, now, windows or {})
    pairs = [(row.id, hook) for row in rows for hook in choose(row.type, row.payload)]
    upsert.add(tx, _d, [_row(event, hook, now, waits.get(hook, now), gone.get(hook)) for event, hook in pairs])
    if rows:
        tx.execute(update(_e).where(_e.c.id.in_([r.id for r in rows])).values(fanned_out=True))
    return len(pairs)


def _row(event: str, hook: str, now: float, due: float, gone: str | None) -> dict[str, Any]:
    """A new delivery: queued until ``due``, or dead where the hook is ``gone`` (the why)."""
    row = {"event_id": event, "hook": hook, "attempts": 0, "created": now}
    if gone is None:
        return row | {"state": "queued", "due": due, "finished": None, "last_error": ""}
    return row | {"state": "dead", "due": None, "finished": now, "last_error": gone}


def _unfanned() -> Select[Any]:
    query = select(_e.c.id, _e.c.type, _e.c.payload).where(_e.c.fanned_out.is_(False))
    return query.order_by(_e.c.at, _e.c.id).limit(_FAN_OUT_BATCH).with_for_update(skip_locked=True)


def _open_windows(tx: Connection, now: float, windows: Mapping[str, float]) -> dict[str, float]:
    """When the digest window of each hook ends: that of deliveries already waiting in it, or a new one."""
    waiting = and_(_d.c.state == "queued", _d.c.attempts == 0, _d.c.due > now)
    query = select(_d.c.hook, func.min(_d.c.due)).where(waiting).group_by(_d.c.hook)
    ends = _pairs(tx, query) if windows else {}
    return {hook: min(ends.get(hook, now + seconds), now + seconds) for hook, seconds in windows.items()}


# --------------------------------------------------------------------------------------------------------------------
# From deliveries to results


def claim(tx: Connection, hook: str, *, now: float, owner: str, limit: int, lease: float = LEASE) -> list[Claimed]:
    """Lease what is due to ``hook``: first tries before retries, each in the order of events.

    A message that fails is due later, so it holds up none of those behind it.  Rows that another worker is just
    leasing are skipped (PostgreSQL) or waited for (SQLite has one writer).
    """
    wanted = select(_d, _e.c.type, _e.c.at, _e.c.payload).join(_e).where(_due(now), _d.c.hook == hook)
    wanted = wanted.order_by(_d.c.attempts > 0, _d.c.id).limit(limit)
    rows = leases.take(tx, _d, wanted, now=now, owner=owner, lease=lease)
    return [_claimed(row, now + lease) for row in rows]


def record_attempts(tx: Connection, tried: Sequence[tuple[int, Attempt]]) -> None:
    """Remember tries (delivery, attempt) and what becomes of each: delivered, tried again at ``due``, or dead.

    A failure never takes back what another try has delivered.
    """
    if tried:
        tx.execute(_ATTEMPT, [_attempt_row(id, attempt) for id, attempt in tried])
        tx.execute(_RESULT, [_result_row(id, attempt) for id, attempt in tried])


def _attempt_row(id: int, a: Attempt) -> dict[str, Any]:
    return {"delivery_id": id, "at": a.at, "status": a.status, "seconds": a.seconds, "error": a.error}


def _result_row(id: int, a: Attempt) -> dict[str, Any]:
    state = "delivered" if a.ok else "queued" if a.due is not None else "dead"
    ended = {"due": a.due, "finished": None} if state == "queued" else {"due": None, "finished": a.at + a.seconds}
    return {"id_": id, "ok": a.ok, "state": state, "last_status": a.status, "last_error": a.error} | ended


def postpone(tx: Connection, hook: str, until: float) -> None:
    """Put off what is queued for ``hook`` to ``until`` (its receiver has asked for a pause), and free its leases."""
    these = and_(_d.c.hook == hook, _d.c.state == "queued", _d.c.due < until)
    tx.execute(update(_d).where(these).values({"due": until} | _UNLEASED))


def release(tx: Connection, owner: str | None = None) -> int:
    """Free the leases of ``owner``, or all of them when nobody else can be at work; returns how many."""
    return leases.release(tx, _d, owner)


def bury(tx: Connection, hook: str, why: str, now: float) -> int:
    """Make a dead letter of everything queued for ``hook``; returns how many."""
    these = and_(_d.c.hook == hook, _d.c.state == "queued")
    buried = {"state": "dead", "due": None, "finished": now, "last_error": why}
    return tx.execute(update(_d).where(these).values(buried | _UNLEASED)).rowcount


# --------------------------------------------------------------------------------------------------------------------
# Hooks that are off, and letters called back


def disable_hook(tx: Connection, hook: str, why: str, now: float) -> None:
    """Send nothing more to ``hook`` (its receiver answered 410 Gone): what is queued becomes dead letters."""
    upsert.put(tx, _h, {"id": hook, "disabled_at": now, "why": why})
    bury(tx, hook, why, now)


def enable(tx: Connection, hook: str) -> None:
    """Send to ``hook`` again."""
    tx.execute(update(_h).where(_h.c.id == hook).values(disabled_at=None, why=""))


def disabled(tx: Connection) -> dict[str, str]:
    """The hooks that their receivers have disabled, with the why."""
    query = select(_h.c.id, _h.c.why).where(_h.c.disabled_at.is_not(None))
    return _pairs(tx, query)


def replay(tx: Connection, ids: Sequence[str], now: float) -> int:
    """Queue deliveries again under the same event id, and enable their hooks; returns how many.

    An id is a delivery's (``17``) or an event's (``evt_…``: all of its deliveries).  Raises UnknownNotice.
    """
    rows = [row for id in ids for row in _deliveries_of(tx, id)]
    again = {"state": "queued", "attempts": 0, "created": now, "due": now, "finished": None, "last_error": ""}
    these = _d.c.id.in_([row.id for row in rows])
    tx.execute(update(_d).where(these).values(again))
    for hook in {row.hook for row in rows}:
        enable(tx, hook)
    return len({row.id for row in rows})


def _deliveries_of(tx: Connection, id: str) -> Sequence[Any]:
    is_number = id.isascii() and id.isdigit() and len(id) < 19  # 64 bits
    mine = _d.c.id == int(id) if is_number else _d.c.event_id == id
    rows = tx.execute(select(_d.c.id, _d.c.hook).where(mine)).all()
    if not rows:
        raise UnknownNotice(f"no delivery {id!r}; `fenghuo deliveries` lists them")
    return rows


# --------------------------------------------------------------------------------------------------------------------
# Words of SQL

_UNLEASED: dict[str, None] = {"lease_owner": None, "lease_until": None}
_ATTEMPT = insert(tables.attempts)
_RESULT = (
    update(_d)
    .where(_d.c.id == bindparam("id_"), or_(_d.c.state != "delivered", bindparam("ok", type_=Boolean)))
    .values({c: bindparam(c) for c in ("state", "due", "finished", "last_status", "last_error")})
    .values({"attempts": _d.c.attempts + 1} | _UNLEASED)
)


def _due(now: float) -> ColumnElement[bool]:
    """Queued and due; a time too far ahead was set before somebody set the clock back."""
    return and_(_d.c.state == "queued", or_(_d.c.due <= now, _d.c.due > now + _LONGEST_WAIT))


def _pairs(tx: Connection, query: Select[Any]) -> dict[str, Any]:
    return {row[0]: row[1] for row in tx.execute(query)}


def _claimed(row: Row[Any], lease_until: float) -> Claimed:
    event = Event(row.event_id, row.type, row.at, row.payload)
    return Claimed(row.id, row.hook, row.attempts, row.created, lease_until, event)
