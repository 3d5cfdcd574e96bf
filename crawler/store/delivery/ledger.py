"""The ledger of deliveries as people and metrics read it; `crawler.store.delivery.outbox` writes it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, func, select

from crawler.exceptions import UnknownNotice
from crawler.store import tables
from crawler.store.keys import among, rows_of

_d, _e, _a = tables.deliveries, tables.events, tables.attempts
_TRIES = select(_a).where(among(_a.c.delivery_id)).order_by(_a.c.id)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One row of the ledger, as people see it."""

    id: int
    event_id: str
    type: str
    at: float  # of the event
    title: str
    notice_id: str | None
    column: str | None
    hook: str
    state: str  # queued, delivered, dead
    attempts: int
    created: float
    due: float | None
    finished: float | None
    last_status: int | None
    last_error: str


def deliveries(
    tx: Connection,
    state: str | None = None,
    limit: int = 100,
    *,
    notice_id: str | None = None,
    hook: str | None = None,
    before: int | None = None,
) -> list[Delivery]:
    """The newest deliveries first; in ``state``, of one notice, to one hook, ``before`` an id where these are given."""
    title = _e.c.payload["title"].as_string().label("title")
    query = select(_d, _e.c.type, _e.c.at, _e.c.notice_id, _e.c.column, title).join(_e)
    if state is not None:
        query = query.where(_d.c.state == state)
    if notice_id is not None:
        query = query.where(_e.c.notice_id == notice_id)
    if hook is not None:
        query = query.where(_d.c.hook == hook)
    if before is not None:
        query = query.where(_d.c.id < before)
    rows = tx.execute(query.order_by(_d.c.id.desc()).limit(limit))
    return [_delivery(row) for row in rows]


def delivery(tx: Connection, id: str) -> Delivery:
    """One delivery.  Raises UnknownNotice."""
    if id.isascii() and id.isdigit() and len(id) < 19:  # 64 bits
        for found in deliveries(tx, limit=1, before=int(id) + 1):
            if found.id == int(id):
                return found
    raise UnknownNotice(f"no delivery {id!r}")


@dataclass(frozen=True, slots=True)
class Try:
    """One try of a delivery; ``seconds`` is how long the receiver took."""

    delivery_id: int
    at: float
    ok: bool
    status: int | None
    seconds: float
    error: str


@dataclass(frozen=True, slots=True)
class Passage:
    """When one notice was where, on its way from its publisher to one hook."""

    hook: str
    published: str | None  # RFC 3339, with the precision beside it
    precision: str | None
    seen: float  # by us
    queued: float
    delivered: float


def tries(tx: Connection, deliveries: Iterable[int]) -> dict[int, list[Try]]:
    """Every try of these deliveries, by delivery, in their order."""
    found: dict[int, list[Try]] = {}
    for row in rows_of(tx, _TRIES, deliveries):
        found.setdefault(row.delivery_id, []).append(Try(**{name: getattr(row, name) for name in Try.__slots__}))
    return found


def passages_after(tx: Connection, last: int) -> tuple[list[Passage], int]:
    """The new notices that were delivered by tries after the try ``last``, and the last try that was looked at."""
    newest = tx.scalar(select(func.max(_a.c.id))) or last
    payload = (_e.c.payload[name].as_string() for name in ("published", "published_precision"))
    times = (_e.c.at, _d.c.created, _a.c.at + _a.c.seconds)
    query = select(_d.c.hook, *payload, *times).select_from(_a).join(_d).join(_e)
    query = query.where(_a.c.id > last, _a.c.id <= newest, _a.c.ok, _e.c.type == "notice.new")
    rows: Iterable[Any] = tx.execute(query)
    return [Passage(*row) for row in rows], newest


def pending(tx: Connection) -> int:
    """How many deliveries are still owed, and events not yet fanned out."""
    queued = select(func.count()).select_from(_d).where(tables.queued)
    fresh = select(func.count()).select_from(_e).where(_e.c.fanned_out.is_(False))
    return (tx.scalar(queued) or 0) + (tx.scalar(fresh) or 0)


def dead(tx: Connection) -> int:
    """How many dead letters there are."""
    return tx.scalar(select(func.count()).select_from(_d).where(tables.dead)) or 0


def oldest_age(tx: Connection, now: float) -> float:
    """Seconds that the oldest overdue delivery, or event not fanned out, is late; 0.0 when nothing is."""
    due = tx.scalar(select(func.min(_d.c.due)).where(tables.queued, _d.c.due <= now))
    fresh = tx.scalar(select(func.min(_e.c.at)).where(_e.c.fanned_out.is_(False)))
    return max((now - t for t in (due, fresh) if t is not None), default=0.0)


def next_due(tx: Connection) -> float | None:
    """When the next delivery is due, or its lease runs out; None when nothing is queued."""
    free_at = func.coalesce(_d.c.lease_until, _d.c.due)
    found: float | None = tx.scalar(select(func.min(free_at)).where(tables.queued))
    return found


def waiting(tx: Connection, hook: str) -> int:
    """How many deliveries are still owed to ``hook``."""
    return tx.scalar(select(func.count()).select_from(_d).where(tables.queued, _d.c.hook == hook)) or 0


def totals(tx: Connection) -> dict[tuple[str, str], int]:
    """How many deliveries each hook has in each state."""
    return open_totals(tx) | finished_totals(tx)


def open_totals(tx: Connection) -> dict[tuple[str, str], int]:
    """How many deliveries each hook has that are owed or were given up: few, and known from an index."""
    found = (
        (hook, state, number)
        for state, which in (("queued", tables.queued), ("dead", tables.dead))
        for hook, number in tx.execute(select(_d.c.hook, func.count()).where(which).group_by(_d.c.hook))
    )
    return {(hook, state): number for hook, state, number in found}


def finished_totals(tx: Connection) -> dict[tuple[str, str], int]:
    """How many deliveries each hook has accepted; reads them all."""
    query = select(_d.c.hook, func.count()).where(_d.c.state == "delivered").group_by(_d.c.hook)
    return {(hook, "delivered"): number for hook, number in tx.execute(query)}


def latencies(tx: Connection, since: float) -> list[tuple[str, float]]:
    """For each delivery finished since then: its hook, and seconds from the event to the receiver's answer."""
    query = select(_d.c.hook, _d.c.finished - _e.c.at).join(_e)
    query = query.where(_d.c.state == "delivered", _d.c.finished >= since)
    return [(hook, seconds) for hook, seconds in tx.execute(query.order_by(_d.c.finished))]


def _delivery(row: Row[Any]) -> Delivery:
    return Delivery(**{f: getattr(row, f) for f in Delivery.__slots__} | {"title": row.title or ""})
