"""What people correct by hand: two notices that are one, and a sighting that is of another; both are remembered.

A merged notice stays as it was, hidden behind the one it went into: its texts go on being known, and so does its id.
"""

from __future__ import annotations

from sqlalchemy import Connection, and_, delete, or_, select, update

from crawler.exceptions import UnknownNotice
from crawler.items import Change, ChangeType, Notice, Sighting
from crawler.judging.judge import merged
from crawler.store import changes, journal
from crawler.store.evidence import chain
from crawler.store.tables import links as link_rows
from crawler.store.tables import notices as notice_rows
from crawler.store.tables import related
from crawler.store.watch import identity
from crawler.store.wire import notices


def merge(tx: Connection, kept: str, other: str, *, now: float) -> Notice:
    """Make the notice ``other`` part of the notice ``kept``; nothing is sent.  Raises UnknownNotice.

    The better original speaks for both.  What ``other`` was read at are reprints from now on.
    """
    journal.alone(tx)
    a, b = notices.get(tx, kept), notices.get(tx, other)
    if a.id == b.id:
        raise UnknownNotice(f"{other}: is {kept} already")
    notices.apply(tx, Change(ChangeType.REPRINT, merged(a, b, now)), key="", now=now)
    moved = {"notice_id": a.id, "role": "reprint", "because": notices.BY_HAND}
    tx.execute(update(link_rows).where(link_rows.c.notice_id == b.id).values(moved))
    gone = or_(notice_rows.c.id == b.id, notice_rows.c.merged_into == b.id)
    hidden = tx.execute(update(notice_rows).where(gone).values(merged_into=a.id).returning(notice_rows.c.id)).scalars()
    for id in sorted(hidden):
        chain.say(tx, id, "merged", now)
    one = or_(
        and_(related.c.notice_id == a.id, related.c.other_id == b.id),
        and_(related.c.notice_id == b.id, related.c.other_id == a.id),
    )
    tx.execute(delete(related).where(one))
    changes.add(tx, b.id)
    journal.add(tx, "notice.merged", at=now, notice_id=b.id, into=a.id)
    return notices.get(tx, a.id)


def sighted(tx: Connection, address: str, key: str) -> tuple[str, Sighting, Notice]:
    """The link that is read at an ``address`` or under its ``key``, that sighting, and the notice it is one of.

    Raises UnknownNotice, also where the notice would be left without its only sighting or the one that speaks for it.
    """
    link = identity.resolve(tx, [key]).get(key) or address
    row = tx.execute(select(link_rows.c.notice_id, link_rows.c.url).where(link_rows.c.key == link)).one_or_none()
    if row is None or row.notice_id is None:
        raise UnknownNotice(f"{address}: no notice was read there")
    notice = notices.get(tx, row.notice_id)
    if len(notice.sightings) == 1:
        raise UnknownNotice(f"{address}: is the only sighting of {notice.id}; there is nothing to split")
    if row.url == notice.url:
        raise UnknownNotice(f"{address}: speaks for {notice.id}; split its other sightings instead")
    return link, next(s for s in notice.sightings if s.url == row.url), notice


def split(tx: Connection, link: str, change: Change, *, now: float) -> Notice:
    """Make the sighting at ``link`` the notice that ``change`` says; nothing is sent.

    Where it was a notice before it was merged, it is that one again.
    """
    before = tx.execute(select(link_rows.c.notice_id).where(link_rows.c.key == link)).scalar_one()
    journal.alone(tx)
    tx.execute(update(notice_rows).where(notice_rows.c.id == change.notice.id).values(merged_into=None))
    notices.apply(tx, change, key=link, now=now)
    changes.add(tx, before)
    journal.add(tx, "notice.split", at=now, notice_id=change.notice.id, why=f"was part of {before}")
    return notices.get(tx, change.notice.id)
