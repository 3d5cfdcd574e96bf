"""Shards: the hosts, dealt into fixed shares, so that many processes share them and none is asked by two at once.

Whoever holds a shard (crawler.cluster) is alone with its hosts, and keeps the pauses between requests to each of them.
The number of shards bounds what handing them out costs, however many columns are due (docs/decisions/0049).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Select, select, union

from crawler.store import leases
from crawler.store.tables import columns, links


@dataclass(frozen=True, slots=True)
class Held:
    """What a process may work on now; ``rendered``: what needs a browser, what needs none, or both (None)."""

    shards: Collection[int]
    rendered: bool | None = None


def due(tx: Connection, now: float, *, rendered: bool) -> list[int]:
    """The shards in which a look or a visit is due that nobody works on, with a browser (``rendered``) or without."""
    return sorted(tx.scalars(_due(now, rendered)))


def _due(now: float, rendered: bool) -> Select[tuple[int]]:
    looks = select(columns.c.shard).where(
        columns.c.enabled, columns.c.due <= now, columns.c.rendered.is_(rendered), leases.free(columns, now)
    )
    closed = select(columns.c.key).where(~columns.c.enabled)
    visits = select(links.c.shard).where(
        links.c.due <= now,
        links.c.state != "dropped",
        links.c.column.not_in(closed),
        *visited_with(rendered),
        leases.free(links, now),
    )
    found = union(looks, visits).subquery()
    return select(found.c.shard)


def visited_with(rendered: bool | None) -> list[ColumnElement[bool]]:
    """The condition on links of columns that need a browser, or of those that need none; nothing for both."""
    if rendered is None:
        return []
    with_browser = select(columns.c.key).where(columns.c.rendered)
    return [links.c.column.in_(with_browser) if rendered else links.c.column.not_in(with_browser)]
