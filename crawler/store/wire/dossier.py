"""All that is kept of one notice beyond what it says now: its earlier texts, the pages it was read on, its way out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from crawler.store.delivery.ledger import Passage
from crawler.store.tables import captures, deliveries, events, links, notices, revisions

_MOST_CAPTURES = 40


@dataclass(frozen=True, slots=True)
class Text:
    """What a notice said from ``seen`` on."""

    seen: float
    title: str
    body: str

    @property
    def whole(self) -> str:
        """Title and body, as texts are compared."""
        return f"{self.title}\n{self.body}"


@dataclass(frozen=True, slots=True)
class Kept:
    """One page that was kept as evidence of a notice."""

    id: int
    url: str
    fetched_at: float
    status: int
    content_type: str
    size: int
    sha256: str


def texts(tx: Connection, notice_id: str) -> list[Text]:
    """Every text of a notice that was revised, the one first seen first; none of one that never was."""
    said = select(*revisions.c["seen", "title", "body"]).where(revisions.c.notice_id == notice_id)
    return [Text(*row) for row in tx.execute(said.order_by(revisions.c.number))]


_KEPT = select(*captures.c["id", "url", "fetched_at", "status", "content_type", "size", "sha256"])


def kept(tx: Connection, notice_id: str) -> list[Kept]:
    """The pages on which a notice was read, the newest first."""
    pages = _KEPT.join(links, links.c.key == captures.c.link).where(links.c.notice_id == notice_id)
    rows = tx.execute(pages.order_by(captures.c.fetched_at.desc(), captures.c.id.desc()).limit(_MOST_CAPTURES))
    return [Kept(*row) for row in rows]


def way(tx: Connection, notice_id: str) -> list[Passage]:
    """When the notice was published, seen, queued and delivered, for each hook that it was delivered to as new."""
    said = select(deliveries.c.hook, *notices.c["published", "published_precision"], events.c.at)
    said = said.add_columns(deliveries.c.created, deliveries.c.finished).select_from(deliveries)
    said = said.join(events).join(notices, notices.c.id == events.c.notice_id)
    wanted = said.where(
        events.c.notice_id == notice_id, events.c.type == "notice.new", deliveries.c.state == "delivered"
    )
    rows: list[Any] = list(tx.execute(wanted.order_by(deliveries.c.finished)))
    return [Passage(*row) for row in rows]
