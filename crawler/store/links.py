"""Links: every article address that was ever found, the visits it is owed, and the sighting it became."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Double, Select, Update, bindparam, case, func, select, update

from crawler.items import Due, Link
from crawler.reading.address import canonical_url, shard_of
from crawler.store import changes, identity, leases, upsert
from crawler.store.shards import Held, visited_with
from crawler.store.tables import columns, links, notices, stuck
from crawler.store.text import one_line

_FREE: dict[str, Any] = {"lease_owner": None, "lease_until": None}
MOST_ATTEMPTS = 36  # a week: the eighth comes after 7.6 hours, from then on one every 6 hours
# Visits that a changed title or text on the list may cause.  Some lists print a counter or a clock inside the link;
# it would be visited after every look (lemon24/reader met the same, its issue 225).
MOST_RELISTED = 8
LONGEST_RETRY = 6 * 3600.0
_TITLE = 500  # characters; a title of 1 MB is an attack

State = Literal["pending", "read", "gone", "dropped"]


_LIVE = select(func.count()).where(
    links.c.notice_id == bindparam("notice_id"),
    links.c.gone == 0,
    links.c.state != "gone",
    func.coalesce(links.c.role, "") != "excerpt",  # what quotes a notice does not keep it
)


def live(tx: Connection, notice_id: str) -> int:
    """How many sightings of a notice were not found deleted at their last visit."""
    return int(tx.execute(_LIVE, {"notice_id": notice_id}).scalar_one())


# --------------------------------------------------------------------------------------------------------------------
# Finding


def add(
    tx: Connection,
    column: str,
    found: Sequence[Link],
    *,
    now: float,
    owner: str,
    lease: float = 3600.0,
    baseline: bool,
    held: Held | None = None,
) -> list[Due]:
    """Remember the links of a list; the visits to make now, in list order, leased to ``owner`` for ``lease`` seconds.

    Visited are links never seen before, and those of this column whose title, text or address on the list changed.
    ``held``: links of other shards are left to whoever holds these, due now.
    """
    listed: dict[str, Link] = {}
    for link in found:
        listed.setdefault(link.key, link)
    known = identity.standing(tx, found)
    fresh = [link for key, link in listed.items() if key not in known]
    leased = {"lease_owner": owner, "lease_until": now + lease}
    rows = upsert.added(tx, links, [_to_visit(_fresh(column, link, now, baseline), leased, held) for link in fresh])
    added = {row.key: _due(row) for row in rows if row.lease_owner}
    names = [(alias, link.key) for link in fresh for alias in link.aliases]
    identity.name(tx, [*names, *known.items()])
    again = _relist(tx, column, _as_known(listed, known), now, leased, held)
    return [added.get(key) or again[known[key]] for key in listed if key in added or known.get(key) in again]


def _to_visit(row: dict[str, Any], leased: dict[str, Any], held: Held | None) -> dict[str, Any]:
    """``row``, leased where it is ours to visit."""
    ours = held is None or row["shard"] in held.shards
    return row | (leased if ours else _FREE)


def _as_known(listed: Mapping[str, Link], known: Mapping[str, str]) -> dict[str, Link]:
    """What the list says of the links that are known, by their keys; what it says under that very key counts most."""
    said: dict[str, Link] = {}
    for key, link in listed.items():
        if key in known and (key == known[key] or known[key] not in said):
            said[known[key]] = link
    return said


def _fresh(column: str, link: Link, now: float, baseline: bool) -> dict[str, Any]:
    return _listed(link) | {
        "key": link.key,
        "column": column,
        "url": link.url,
        "fetch_url": link.fetch_url,
        "shard": shard_of(link.fetch_url or link.url),
        "published": link.published.at if link.published else None,
        "published_precision": link.published.precision if link.published else None,
        "first_seen": now,
        "baseline": baseline,
        "state": "pending",
        "due": now,
    }


def _listed(link: Link) -> dict[str, Any]:
    return {"title": one_line(link.title, _TITLE), "text": link.text}


_MINE = select(*links.c["key", "url", "shard", "title", "text", "state", "relisted", "notice_id"]).where(
    links.c.key.in_(leases.KEYS),
    links.c.column == bindparam("column"),
    links.c.relisted < MOST_RELISTED,
    ((links.c.gone == 0) & (links.c.doubts == 0)) | (links.c.state == "gone"),  # a second look has its own time
    leases.free(links, bindparam("now", type_=Double)),
)


def _relist(
    tx: Connection, column: str, listed: Mapping[str, Link], now: float, leased: dict[str, Any], held: Held | None
) -> dict[str, Due]:
    """Make links that look different on the list due now; only the column that found a link first has a say in it."""
    again = {}
    for row in leases.rows_of(tx, _MINE, sorted(listed), column=column, now=now):
        new, moved = _listed(listed[row.key]), _moved(row, listed[row.key])
        lost = row.state in ("dropped", "gone")  # given up or withdrawn, and listed again
        if not lost and not moved and new["title"] in ("", row.title) and new["text"] in (None, row.text):
            continue
        tried = {"state": "pending", "attempts": 0} if lost else {}
        values = {"shard": row.shard} | {k: v for k, v in new.items() if v} | moved | tried
        values = _to_visit(values | {"due": now, "relisted": row.relisted + 1}, leased, held)
        if moved and row.notice_id:
            _point(tx, row, moved["url"])
        changed = update(links).where(links.c.key == row.key).values(values).returning(links)
        changed_row = tx.execute(changed).one()
        if changed_row.lease_owner:
            again[row.key] = _due(changed_row)
    return again


def _moved(row: Any, link: Link) -> dict[str, Any]:
    """The address at which the list now shows a document that was known at another one; {} where it did not move."""
    if link.key == row.key or link.url == row.url:
        return {}
    there = {"url": link.url, "fetch_url": link.fetch_url, "shard": shard_of(link.fetch_url or link.url)}
    return there | {"etag": None, "last_modified": None}


def _point(tx: Connection, row: Any, url: str) -> None:
    """Send readers of the notice that a link was read as to where it is now, if they were sent to that link."""
    pointed = update(notices).where(notices.c.id == row.notice_id, notices.c.url.in_((row.url, canonical_url(row.url))))
    if tx.execute(pointed.values(url=canonical_url(url))).rowcount:
        changes.add(tx, row.notice_id)


# --------------------------------------------------------------------------------------------------------------------
# Visiting


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
    return [_due(row) for row in rows]


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


_THESE = select(links).where(links.c.key.in_(leases.KEYS), links.c.state != "dropped", links.c.gone == 0)


def lease(
    tx: Connection, keys: Sequence[str], *, now: float, owner: str, lease: float = 3600.0, held: Held | None = None
) -> list[Due]:
    """Lease these links to ``owner`` for ``lease`` seconds, due or not, but for those on which somebody works.

    Nor those found deleted: their second look has its own time, so that one mishap is not looked at twice.  Those of
    other shards than ``held`` are due now, for whoever holds these.
    """
    rows: list[Any] = []
    these = _THESE if held is None else _THESE.where(links.c.shard.in_(held.shards))
    for some in leases.batched(sorted(set(identity.resolve(tx, keys).values())), leases.MANY):
        rows += leases.take(tx, links, these, now=now, owner=owner, lease=lease, given={"keys": some})
        if held is not None:
            tx.execute(_hasten(held), {"keys": some, "now": now})
    return [_due(row) for row in rows]


def _hasten(held: Held) -> Update:
    others = (links.c.shard.not_in(held.shards), links.c.due > bindparam("now", type_=Double))
    these = (links.c.key.in_(leases.KEYS), links.c.state != "dropped", links.c.gone == 0)
    return update(links).where(*these, *others).values(due=bindparam("now", type_=Double))


def _due(row: Any) -> Due:
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
    .values(attempts=0, visits=links.c.visits + bindparam("made"), **_FREE)
)


def visits(tx: Connection, key: str) -> tuple[int, bool]:
    """How often a link was visited and answered, and whether a baseline found it."""
    row = tx.execute(select(links.c.visits, links.c.baseline).where(links.c.key == key)).one_or_none()
    return (row.visits, row.baseline) if row else (0, False)


def gone(tx: Connection, key: str) -> int:
    """How many visits in a row found a link's page deleted."""
    return tx.execute(select(links.c.gone).where(links.c.key == key)).scalar() or 0


_UNREAD = (
    select(links.c.column, func.count(), func.min(links.c.url), func.min(links.c.why))
    .where(stuck, links.c.column.in_(leases.KEYS))
    .group_by(links.c.column)
)


def unread(tx: Connection, keys: Iterable[str]) -> dict[str, str]:
    """Of the columns with these keys those whose lists name articles that could not be read, and why in one line."""
    return {
        column: f"{number} article{'s' if number > 1 else ''} on the list cannot be read, {url}: {why}"
        for column, number, url, why in leases.rows_of(tx, _UNREAD, keys)
    }


def doubt(tx: Connection, keys: Iterable[str]) -> tuple[str, int]:
    """The wording that the last visits of a link, under any of ``keys``, read and did not believe, and how many did."""
    rows = leases.rows_of(tx, _DOUBT, sorted(set(identity.resolve(tx, keys).values())))
    return next(((row.doubted, row.doubts) for row in rows), ("", 0))


_DOUBT = select(*links.c["doubted", "doubts"]).where(links.c.key.in_(leases.KEYS), links.c.doubts > 0)


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
    tx.execute(update(links).where(links.c.key == key).values(values | _FREE))
    return again
