"""Links: every article address that was ever found, and the sighting it became."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Double, bindparam, func, select, update

from crawler.items import Due, Link
from crawler.reading.address import canonical_url, shard_of
from crawler.store import changes, leases, upsert
from crawler.store.keys import among, rows_of
from crawler.store.tables import links, notices, stuck
from crawler.store.text import one_line
from crawler.store.watch import identity
from crawler.store.watch.shards import Held
from crawler.store.watch.visits import FREE, due_of

# Visits that a changed title or text on the list may cause.  Some lists print a counter or a clock inside the link;
# it would be visited after every look (lemon24/reader met the same, its issue 225).
MOST_RELISTED = 8
_TITLE = 500  # characters; a title of 1 MB is an attack


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
    added = {row.key: due_of(row) for row in rows if row.lease_owner}
    names = [(alias, link.key) for link in fresh for alias in link.aliases]
    identity.name(tx, [*names, *known.items()])
    again = _relist(tx, column, _as_known(listed, known), now, leased, held)
    return [added.get(key) or again[known[key]] for key in listed if key in added or known.get(key) in again]


def _to_visit(row: dict[str, Any], leased: dict[str, Any], held: Held | None) -> dict[str, Any]:
    """``row``, leased where it is ours to visit."""
    ours = held is None or row["shard"] in held.shards
    return row | (leased if ours else FREE)


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
    among(links.c.key),
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
    for row in rows_of(tx, _MINE, sorted(listed), column=column, now=now):
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
            again[row.key] = due_of(changed_row)
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


_UNREAD = (
    select(links.c.column, func.count(), func.min(links.c.url), func.min(links.c.why))
    .where(stuck, among(links.c.column))
    .group_by(links.c.column)
)


def unread(tx: Connection, keys: Iterable[str]) -> dict[str, str]:
    """Of the columns with these keys those whose lists name articles that could not be read, and why in one line."""
    return {
        column: f"{number} article{'s' if number > 1 else ''} on the list cannot be read, {url}: {why}"
        for column, number, url, why in rows_of(tx, _UNREAD, keys)
    }


_LIVE = select(func.count()).where(
    links.c.notice_id == bindparam("notice_id"),
    links.c.gone == 0,
    links.c.state != "gone",
    func.coalesce(links.c.role, "") != "excerpt",  # what quotes a notice does not keep it
)


def live(tx: Connection, notice_id: str) -> int:
    """How many sightings of a notice were not found deleted at their last visit."""
    return int(tx.execute(_LIVE, {"notice_id": notice_id}).scalar_one())
