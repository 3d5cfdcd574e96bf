"""The outbox: events written with the change they tell of, and the ledger of their deliveries to each hook.

    add -> events --fan_out--> deliveries --claim--> sent by feeds.alerts --record_attempts--> delivered, queued, dead

An event's id is its webhook-id on every try to every hook.  A crash between a receiver's answer and `record_attempts`
leaves a lease that runs out, and the same id is sent again: at least once, never twice under two names.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Boolean,
    Connection,
    Double,
    Integer,
    Row,
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
from crawler.store.delivery import bell, hooks, lanes
from crawler.store.delivery.fanout import Choose, Window, fan_out, hasten
from crawler.store.delivery.ledger import Delivery, dead, deliveries, latencies, next_due, oldest_age, pending, totals
from crawler.store.keys import MANY, among, batched, rows_of

__all__ = [
    "Choose",
    "Delivery",
    "Window",
    "dead",
    "deliveries",
    "fan_out",
    "hasten",
    "latencies",
    "next_due",
    "oldest_age",
    "pending",
    "totals",
]  # the way in and the reading half, so that callers need one name

_d, _e = tables.deliveries, tables.events
_queued = tables.queued

LEASE = 120.0  # seconds; longer than a batch of `claim` takes when every receiver hangs
_LONGEST_WAIT = 2 * 86400.0  # more than any step of the schedule, and any Retry-After that is obeyed


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
    alone: bool = False  # was refused in company: goes as a message of its own


@dataclass(frozen=True, slots=True)
class Attempt:
    """What one try came to.  ``due``: when to try again after a failure; None buries the delivery as a dead letter."""

    at: float
    seconds: float
    ok: bool
    status: int | None = None  # HTTP status, None when there was no answer
    error: str = ""  # one line without any secret
    due: float | None = None
    alone: bool = False  # goes as a message of its own from now on


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
    hook: str = "",
    number: int = 0,
) -> str:
    """Write an event of a notice, a column or a hook unless it is there, and return its id (``evt_…``)."""
    id = event_id(notice_id or column or hook, type, number, None if type.startswith("notice.") else at)
    row = {"id": id, "type": type, "notice_id": notice_id, "column": column, "at": at, "payload": payload}
    upsert.add(tx, _e, [row | {"fanned_out": False}])
    bell.ring(tx)
    return id


# --------------------------------------------------------------------------------------------------------------------
# What is owed, and what comes of it


def owed(tx: Connection, now: float) -> tuple[bool, list[str]]:
    """Whether events wait to be fanned out, and the hooks to which something is due: one cheap query.

    It leaps from one hook to the next in an index, and so takes no longer for a million deliveries than for ten.
    """
    found = set(tx.scalars(_OWED, {"now": now}))
    return "" in found, sorted(found - {""})


def anything(tx: Connection) -> bool:
    """Whether an event waits to be fanned out or a delivery to be sent, due or not."""
    return bool(tx.scalar(_ANYTHING))


def claim(tx: Connection, hook: str, *, now: float, owner: str, limit: int, lease: float = LEASE) -> list[Claimed]:
    """Lease what is due to ``hook``, at most ``limit`` deliveries; as `claim_all` does."""
    return claim_all(tx, {hook: limit}, now=now, owner=owner, lease=lease)[hook]


def claim_all(
    tx: Connection, limits: Mapping[str, int], *, now: float, owner: str, lease: float = LEASE
) -> dict[str, list[Claimed]]:
    """Lease what is due to each hook of ``limits``: first tries before retries, each in the order of events.

    A message that fails is due later, so it holds up none of those behind it.  Rows that another worker is just
    leasing are skipped (PostgreSQL) or waited for (SQLite has one writer), and so are hooks to which another one
    sends.  An event that several hooks are owed is read once.
    """
    tx.execute(_MEND, {"now": now})
    mine = lanes.take(tx, limits, now=now, owner=owner, lease=lease)
    rows = {hook: _wanted(tx, hook, limit, now) if hook in mine else [] for hook, limit in limits.items()}
    until, every = now + lease, [row for found in rows.values() for row in found]
    for keys in batched((row.id for row in every), MANY):
        tx.execute(_LEASE, {"keys": keys, "owner": owner, "until": until})
    ids = sorted({row.event_id for row in every})
    events = {row.id: Event(*row) for row in rows_of(tx, _EVENTS, ids)}
    return {hook: [_claimed(row, events[row.event_id], until) for row in found] for hook, found in rows.items()}


def _wanted(tx: Connection, hook: str, limit: int, now: float) -> list[Row[Any]]:
    """The rows to lease: what was never tried, and while there is room what was."""
    rows: list[Row[Any]] = []
    for statement in (_FRESH, _TRIED):
        if len(rows) < limit:
            rows += tx.execute(statement, {"hook": hook, "now": now, "limit": limit - len(rows)}).all()
    return rows


def record_attempts(tx: Connection, tried: Sequence[tuple[int, Attempt]]) -> None:
    """Remember tries (delivery, attempt) and what becomes of each: delivered, tried again at ``due``, or dead.

    A failure never takes back what another try has delivered.
    """
    if tried:
        tx.execute(_ATTEMPT, [_attempt_row(id, attempt) for id, attempt in tried])
        tx.execute(_RESULT, [_result_row(id, attempt) for id, attempt in tried])


def _attempt_row(id: int, a: Attempt) -> dict[str, Any]:
    return {"delivery_id": id, "at": a.at, "ok": a.ok, "status": a.status, "seconds": a.seconds, "error": a.error}


def _result_row(id: int, a: Attempt) -> dict[str, Any]:
    state = "delivered" if a.ok else "queued" if a.due is not None else "dead"
    ended = {"due": a.due, "finished": None} if state == "queued" else {"due": None, "finished": a.at + a.seconds}
    said = {"last_status": a.status, "last_error": a.error, "to_go_alone": a.alone}
    return {"id_": id, "ok": a.ok, "state": state, **said} | ended


def postpone(tx: Connection, hook: str, until: float, *, urgent: bool = True) -> None:
    """Put off what is queued for ``hook`` to ``until``, what is ``urgent`` or only the rest.

    Leases stay: what is under way may yet be answered.
    """
    these = and_(_queued, _d.c.hook == hook, _d.c.due < until)
    tx.execute(update(_d).where(these if urgent else and_(these, _d.c.urgent.is_(False))).values(due=until))


def resume(tx: Connection, hook: str, now: float, until: float) -> None:
    """Let go at once what was put off to ``until`` at most, and all that failed: the receiver of ``hook`` is back."""
    waited = or_(_d.c.attempts > 0, _d.c.due <= until)
    tx.execute(update(_d).where(_queued, _d.c.hook == hook, _d.c.due > now, waited).values(due=now))


def put_back(tx: Connection, ids: Iterable[int]) -> None:
    """Free the leases of deliveries that were claimed and are not sent now."""
    for some in batched(ids, MANY):
        tx.execute(update(_d).where(_d.c.id.in_(some)).values(_UNLEASED))


def release(tx: Connection, owner: str | None = None) -> int:
    """Free the leases of ``owner``, or all of them when nobody else can be at work; returns how many."""
    leases.release(tx, tables.lanes, owner)
    return leases.release(tx, _d, owner)


def bury(tx: Connection, hook: str, why: str, now: float, *, before: float | None = None) -> int:
    """Make a dead letter of everything queued for ``hook`` (since ``before`` at the latest); returns how many."""
    these = and_(_queued, _d.c.hook == hook, *(() if before is None else (_d.c.created <= before,)))
    buried = {"state": "dead", "due": None, "finished": now, "last_error": why}
    return tx.execute(update(_d).where(these).values(buried | _UNLEASED)).rowcount


# --------------------------------------------------------------------------------------------------------------------
# Hooks that are off, and letters called back


def disable_hook(tx: Connection, hook: str, why: str, now: float) -> None:
    """Send nothing more to ``hook`` (its receiver answered 410 Gone): what is queued becomes dead letters."""
    hooks.disable(tx, hook, why, now)
    bury(tx, hook, why, now)


def replay(tx: Connection, ids: Sequence[str], now: float) -> int:
    """Queue deliveries again under the same event id, due now whatever the hour, and enable their hooks; how many.

    An id is a delivery's (``17``) or an event's (``evt_…``: all of its deliveries).  Raises UnknownNotice.
    """
    rows = [row for id in ids for row in _deliveries_of(tx, id)]
    again = {"state": "queued", "attempts": 0, "created": now, "due": now, "finished": None, "last_error": ""}
    again |= {"urgent": True, "alone": False}
    these = _d.c.id.in_([row.id for row in rows])
    tx.execute(update(_d).where(these).values(again))
    for hook in {row.hook for row in rows}:
        hooks.enable(tx, hook)
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
    .values({"attempts": _d.c.attempts + 1, "alone": or_(_d.c.alone, bindparam("to_go_alone", type_=Boolean))})
    .values(_UNLEASED)
)
_now = bindparam("now", type_=Double)
_far = and_(_queued, _d.c.due > _now + _LONGEST_WAIT)  # from before somebody set the clock back
_MEND = update(_d).where(_far).values(due=_now)
_due, _free = _d.c.due <= _now, leases.free(_d, _now)
_NEXT = select(_d).where(_queued, _d.c.hook == bindparam("hook"), _due, _free).order_by(_d.c.due, _d.c.id)
_NEXT = _NEXT.limit(bindparam("limit", type_=Integer)).with_for_update(skip_locked=True)
_FRESH, _TRIED = _NEXT.where(_d.c.attempts == 0), _NEXT.where(_d.c.attempts > 0)
_LEASE = update(_d).where(among(_d.c.id))
_LEASE = _LEASE.values(lease_owner=bindparam("owner"), lease_until=bindparam("until"))
_EVENTS = select(*_e.c["id", "type", "at", "payload"]).where(among(_e.c.id))
_ANYTHING = select(or_(exists().where(_e.c.fanned_out.is_(False)), exists().where(_queued)))
_owing = select(func.min(_d.c.hook).label("hook")).where(_queued).cte("owing", recursive=True)
_owing = _owing.union_all(
    select(select(func.min(_d.c.hook)).where(_queued, _d.c.hook > _owing.c.hook).scalar_subquery()).where(
        _owing.c.hook.is_not(None)
    )
)
_is_due = exists().where(_queued, _d.c.hook == _owing.c.hook, _due, _free)
_OWED = union_all(
    select(literal("")).where(exists().where(_e.c.fanned_out.is_(False))),
    select(_owing.c.hook).where(_owing.c.hook.is_not(None), _is_due),
    select(_d.c.hook).where(_far, _d.c.due == select(func.max(_d.c.due)).where(_queued).scalar_subquery()),
)


def _claimed(row: Row[Any], event: Event, lease_until: float) -> Claimed:
    return Claimed(row.id, row.hook, row.attempts, row.created, lease_until, event, row.alone)
