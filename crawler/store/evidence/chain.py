"""The chain's rows: links are added in the transaction of what they speak of, by one writer at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, insert, select

from crawler.evidence.chain import Link, flaw, linked
from crawler.evidence.statement import stated
from crawler.items import timestamp
from crawler.store import journal
from crawler.store.keys import among, rows_of
from crawler.store.tables import chain, notices

FORMAT = 1
"""Named in every link: how its event is to be understood."""
_BATCH = 500
_ADD = insert(chain)
_HEAD = select(chain.c.number, chain.c.link, chain.c.hash).order_by(chain.c.number.desc()).limit(1)
_NEXT = select(chain).where(chain.c.number > bindparam("after")).order_by(chain.c.number).limit(_BATCH)
_LAST = select(chain.c.link).where(chain.c.type == "verdict", chain.c.subject == bindparam("subject"))
_LAST = _LAST.order_by(chain.c.number.desc()).limit(1)
_NOTICE = select(notices).where(notices.c.id == bindparam("id"))
_ABOUT = select(chain).where(chain.c.type == bindparam("type"), among(chain.c.subject))
_ABOUT = _ABOUT.order_by(chain.c.number)


def append(tx: Connection, type: str, subject: str, at: float, event: Mapping[str, Any]) -> Link:
    """Add the link that says ``event`` of ``subject``, which happened at ``at``."""
    journal.alone(tx)
    link = linked(head(tx), {**event, "type": type, "subject": subject, "at": timestamp(at), "format": FORMAT})
    row = {"number": link.number, "type": type, "subject": subject, "link": link.text, "hash": link.hash}
    tx.execute(_ADD, row)
    return link


def say(tx: Connection, notice_id: str, change: str, at: float, **more: Any) -> None:
    """Add a link with the verdict as it stands, and ``more`` of what it rests on; none where the last said the same.

    ``change``: what was done to the notice.  A fact in ``more`` (a capture, a sighting) is news by itself.
    """
    row = tx.execute(_NOTICE, {"id": notice_id}).one()
    statement, told = stated(row._mapping), {name: value for name, value in more.items() if value is not None}
    last = tx.execute(_LAST, {"subject": notice_id}).scalar()
    if told or last is None or Link(0, last, "").event["statement"] != statement:
        append(tx, "verdict", notice_id, at, {"change": change, "statement": statement, **told})


def head(tx: Connection) -> Link | None:
    """The last link, None while there is none."""
    row = tx.execute(_HEAD).one_or_none()
    return Link(row.number, row.link, row.hash) if row else None


def every(tx: Connection) -> Iterator[Row[Any]]:
    """All rows, in order."""
    after = -1 << 62
    while rows := tx.execute(_NEXT, {"after": after}).all():
        yield from rows
        after = rows[-1].number


def about(tx: Connection, type: str, subjects: Sequence[str]) -> list[Row[Any]]:
    """The rows of one type that speak of any of ``subjects``, in order."""
    return rows_of(tx, _ABOUT, subjects, type=type)


def between(tx: Connection, first: int, last: int) -> list[Link]:
    """The links from ``first`` to ``last``, both with."""
    wanted = select(*chain.c["number", "link", "hash"]).where(and_(chain.c.number >= first, chain.c.number <= last))
    return [Link(*row) for row in tx.execute(wanted.order_by(chain.c.number))]


def broken(tx: Connection, last: Link, number: int) -> str:
    """The first flaw in the ``number`` links up to ``last``, "" where each follows the one before it."""
    first = max(1, last.number - number)
    before, links = None, between(tx, first, last.number)
    if first > 1:
        before = links.pop(0)
    for link in links:
        if why := flaw(before, link):
            return f"link {link.number}: {why}"
        before = link
    return ""
