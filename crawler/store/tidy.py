"""What no longer serves anybody is let go: looks, attempts and sent events beyond their age."""

from __future__ import annotations

from sqlalchemy import and_, delete, exists, select

from crawler.store import Store, changes, journal
from crawler.store.tables import attempts, deliveries, events, robots
from crawler.store.watch import hosts, looks

LOOKS = 90 * 86400.0  # seconds that looks are kept: the health of ninety days can be drawn
ROBOTS = 30 * 86400.0  # seconds that a robots.txt serves while its server is down (RFC 9309, 2.3.1.4)
JOURNAL = 30 * 86400.0  # seconds for which a stream can be resumed where it broke off
EVENTS = 90 * 86400.0  # seconds that events which ended everywhere, and their deliveries, are kept


def tidy(store: Store, now: float) -> int:
    """Delete what is too old, in short transactions; returns how many rows.  Dead letters stay until replayed."""
    with store.begin() as tx:
        gone = looks.forget(tx, now - LOOKS)
        gone += tx.execute(delete(robots).where(robots.c.fetched_at < now - ROBOTS)).rowcount
        gone += hosts.forget(tx, now)
        gone += journal.forget(tx, now - JOURNAL)
        if store.shared:
            gone += changes.forget(tx)
    old = select(events.c.id).where(events.c.at < now - EVENTS, events.c.fanned_out)
    unfinished = exists().where(and_(deliveries.c.event_id == events.c.id, deliveries.c.state != "delivered"))
    with store.begin() as tx:
        ended = [row.id for row in tx.execute(old.where(~unfinished).limit(1000))]
        theirs = select(deliveries.c.id).where(deliveries.c.event_id.in_(ended))
        for statement in (
            delete(attempts).where(attempts.c.delivery_id.in_(theirs)),
            delete(deliveries).where(deliveries.c.event_id.in_(ended)),
            delete(events).where(events.c.id.in_(ended)),
        ):
            gone += tx.execute(statement).rowcount
    return gone
