"""Visits: what every article address is owed, who makes it, and what came of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Double, Select, Update, bindparam, case, func, select, update

from crawler.items import Due
from crawler.store import leases
from crawler.store.keys import MANY, among, batched, rows_of
from crawler.store.tables import columns, links
from crawler.store.text import one_line
from crawler.store.watch import identity
from crawler.store.watch.shards import Held, visited_with

FREE: dict[str, Any] = {"lease_owner": None, "lease_until": None}
MOST_ATTEMPTS = 36  # a week: the eighth comes after 7.6 hours, from then on one every 6 hours
LONGEST_RETRY = 6 * 3600.0

State = Literal["pending", "read", "gone", "dropped"]


def claim(
    tx: Connection,
    *,
    now: float,
    owner: str,
    limit: int,
    lease: float = 3600.0,
    columns: Collection[str] | None = None,
    gone_now: bool = False,
    held: Held | None = None,
) -> list[Due]:
    """Lease up to ``limit`` due visits to ``owner`` for ``lease`` seconds: unread links first, news before baseline.

    ``columns``: only links found there.  ``gone_now``: also links that await a second look, due or not, because the
    first found them deleted or read what is not believed yet.  ``held``: only links of these shards, where several
    processes share the work.  A link on which somebody works is never given, nor one of a disabled column.
    """
    wanted = _WANTED[columns is not None, gone_now]
    if held is not None:
        wanted = wanted.where(links.c.shard.in_(held.shards), *visited_with(held.rendered))
    given = {"now": now, "columns": columns and sorted(columns), "limit": limit}
    rows = leases.take(tx, links, wanted, now=now, owner=owner, lease=lease, given=given)
    return [due_of(row) for row in rows]


def _wanted(some_columns: bool, gone_now: bool) -> Select[Any]:
    owed = links.c.due <= bindparam("now", type_=Double)
    if gone_now:
        owed = owed | (((links.c.gone > 0) | (links.c.doubts > 0)) & links.c.due.is_not(None))
    closed = select(columns.c.key).where(~columns.c.enabled)
    wanted = select(links).where(owed, links.c.state != "dropped", links.c.column.not_in(closed))
    if some_columns:
        wanted = wanted.where(links.c.column.in_(bindparam("columns", expanding=True)))
    unread_first = case((links.c.state == "pending", 0), else_=1)
    wanted = wanted.order_by(unread_first, links.c.baseline, links.c.due, links.c.key)
    return wanted.limit(bindparam("limit"))


_WANTED = {(some, gone): _wanted(some, gone) for some in (False, True) for gone in (False, True)}


_THESE = select(links).where(among(links.c.key), links.c.state != "dropped", links.c.gone == 0)


def lease(
    tx: Connection, keys: Sequence[str], *, now: float, owner: str, lease: float = 3600.0, held: Held | None = None
) -> list[Due]:
    """Lease these links to ``owner`` for ``lease`` seconds, due or not, but for those on which somebody works.

    Nor those found deleted: their second look has its own time, so that one mishap is not looked at twice.  Those of
    other shards than ``held`` are due now, for whoever holds these.
    """
    rows: list[Any] = []
    these = _THESE if held is None else _THESE.where(links.c.shard.in_(held.shards))
    for some in batched(sorted(set(identity.resolve(tx, keys).values())), MANY):
        rows += leases.take(tx, links, these, now=now, owner=owner, lease=lease, given={"keys": some})
        if held is not None:
            tx.execute(_hasten(held), {"keys": some, "now": now})
    return [due_of(row) for row in rows]


def _hasten(held: Held) -> Update:
    others = (links.c.shard.not_in(held.shards), links.c.due > bindparam("now", type_=Double))
    these = (among(links.c.key), links.c.state != "dropped", links.c.gone == 0)
    return update(links).where(*these, *others).values(due=bindparam("now", type_=Double))


def release(tx: Connection, owner: str | None = None, keys: Collection[str] | None = None) -> int:
    """Free the links leased to ``owner``, or to anybody; of these ``keys``, or all; returns how many."""
    return leases.release(tx, links, owner, keys)


def leased(tx: Connection, owner: str, now: float) -> set[str]:
    """The keys of the links that are due and leased to ``owner``."""
    return leases.of(tx, links, owner, links.c.due <= now)


def finish(
    tx: Connection,
    key: str,
    *,
    now: float,
    state: State,
    due: float | None,
    why: str = "",
    notice_id: str | None = None,
    role: str | None = None,
    overlap: float | None = None,
    etag: str | None = None,
    last_modified: str | None = None,
    body_hash: str | None = None,
    gone: int = 0,
    doubted: str | None = None,
    doubts: int = 0,
    aliases: Iterable[str] = (),
) -> None:
    """Record a visit that was answered; the next one is at ``due`` (None: never).

    What is None of the sighting and of the validators stays as it was, what is "" is forgotten.  ``gone``: visits in a
    row that found the page deleted, ``doubts``: that read the wording ``doubted``.  ``aliases``: other keys under which
    the page is known from now on.
    """
    values = {
        "b_key": key,
        "state": state,
        "due": due,
        "why": one_line(why),
        "gone": gone,
        "doubted": doubted,
        "doubts": doubts,
        "made": 0 if gone or doubts else 1,  # a second look is none of the plan's
        "notice_id": notice_id,
        "role": role,
        "overlap": overlap,
        "etag": etag,
        "last_modified": last_modified,
        "body_hash": body_hash,
    }
    tx.execute(_FINISH, values)
    identity.name(tx, [(alias, key) for alias in aliases])


_KEPT = ("notice_id", "role", "overlap", "etag", "last_modified", "body_hash")


def _kept(name: str) -> ColumnElement[Any]:
    column = links.c[name]
    kept = func.coalesce(bindparam(name, type_=column.type), column)
    return kept if name == "overlap" else func.nullif(kept, "")


_FINISH = (
    update(links)
    .where(links.c.key == bindparam("b_key"))
    .values({name: _kept(name) for name in _KEPT})
    .values({name: bindparam(name) for name in ("state", "due", "why", "gone", "doubted", "doubts")})
    .values(attempts=0, visits=links.c.visits + bindparam("made"), **FREE)
)


def made(tx: Connection, key: str) -> tuple[int, bool]:
    """How often a link was visited and answered, and whether a baseline found it."""
    row = tx.execute(_MADE, {"key": key}).one_or_none()
    return (row.visits, row.baseline) if row else (0, False)


_MADE = select(links.c.visits, links.c.baseline).where(links.c.key == bindparam("key"))


def gone(tx: Connection, key: str) -> int:
    """How many visits in a row found a link's page deleted."""
    return tx.execute(select(links.c.gone).where(links.c.key == key)).scalar() or 0


def doubt(tx: Connection, keys: Iterable[str]) -> tuple[str, int]:
    """The wording that the last visits of a link, under any of ``keys``, read and did not believe, and how many did."""
    rows = rows_of(tx, _DOUBT, sorted(set(identity.resolve(tx, keys).values())))
    return next(((row.doubted, row.doubts) for row in rows), ("", 0))


_DOUBT = select(*links.c["doubted", "doubts"]).where(among(links.c.key), links.c.doubts > 0)


def retry(tx: Connection, key: str, *, now: float, why: str, after: float = 60.0) -> bool:
    """Record a failed visit: try again after ``after`` seconds, four times as long after every failure, up to 6 hours.

    False when the link is given up, after a week of failures; a read link stays read.
    """
    row = tx.execute(select(links.c.attempts, links.c.state).where(links.c.key == key)).one_or_none()
    if row is None:
        return False
    attempts = row.attempts + 1
    again = bool(attempts < MOST_ATTEMPTS)
    wait = max(after, min(after * 4 ** (attempts - 1), LONGEST_RETRY))  # `after` itself may be a Retry-After
    values = {
        "attempts": attempts,
        "due": now + wait if again else None,
        "state": row.state if again or row.state != "pending" else "dropped",
        "why": one_line(why),
    }
    tx.execute(update(links).where(links.c.key == key).values(values | FREE))
    return again


def due_of(row: Any) -> Due:
    """The visit that a row of ``links`` is owed."""
    return Due(
        column=row.column,
        url=row.fetch_url or row.url,
        key=row.key,
        shown=row.url if row.fetch_url else None,
        title=row.title,
        etag=row.etag,
        last_modified=row.last_modified,
        body_hash=row.body_hash,
        baseline=row.baseline and row.notice_id is None,  # silent is the first reading, not a later change
        text=row.text,
        published=row.published,
        published_precision=row.published_precision,
    )
