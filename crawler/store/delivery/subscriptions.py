"""WebSub subscriptions: who is sent a feed when it has changed, until when, and what is still to be sent.

What is due stands here and nowhere else, so a crash forgets nothing; a feed that changes twice before it could be sent
is sent once, as it is then.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, delete, func, or_, select, update

from crawler.store import upsert
from crawler.store.keys import MANY, among, batched
from crawler.store.tables import subscriptions

_ROW = (subscriptions.c.topic == bindparam("b_topic"), subscriptions.c.callback == bindparam("b_callback"))
_TOUCH = update(subscriptions).where(among(subscriptions.c.topic)).values(due=bindparam("now"), attempts=0)
_DEFER = update(subscriptions).where(*_ROW).values(due=bindparam("b_due"), attempts=subscriptions.c.attempts + 1)
_SENT = update(subscriptions).where(*_ROW, subscriptions.c.due == bindparam("b_due")).values(due=None, attempts=0)
_DROP = delete(subscriptions).where(*_ROW)


@dataclass(frozen=True, slots=True)
class Subscription:
    """One topic to be sent to one callback; ``lease_until`` None: a hub that is told of it."""

    topic: str
    callback: str
    secret: str
    lease_until: float | None
    due: float | None
    attempts: int


def put(tx: Connection, topic: str, callback: str, secret: str, lease_until: float | None) -> None:
    """Subscribe, or renew a subscription."""
    row = {"topic": topic, "callback": callback, "secret": secret, "lease_until": lease_until}
    upsert.put(tx, subscriptions, row | {"due": None, "attempts": 0})


def drop(tx: Connection, topic: str, callback: str) -> None:
    """End a subscription."""
    tx.execute(_DROP, {"b_topic": topic, "b_callback": callback})


def changed(tx: Connection, topics: Iterable[str], *, hub: str, now: float) -> None:
    """Make everything due that is to be sent for these topics; ``hub``: the one to be told of them, "" for none."""
    wanted = sorted(set(topics))
    if hub:
        row = {"callback": hub, "secret": "", "lease_until": None, "due": now, "attempts": 0}
        upsert.add(tx, subscriptions, [row | {"topic": topic} for topic in wanted])
    for some in batched(wanted, MANY):
        tx.execute(_TOUCH, {"keys": some, "now": now})


def due(tx: Connection, now: float, limit: int) -> list[Subscription]:
    """What is to be sent by now, the longest due first."""
    wanted = select(subscriptions).where(subscriptions.c.due <= now).order_by(subscriptions.c.due).limit(limit)
    return [Subscription(**row._mapping) for row in tx.execute(wanted)]


def sent(tx: Connection, done: Subscription) -> None:
    """Note that it was sent, unless its topic has changed again meanwhile."""
    tx.execute(_SENT, {"b_topic": done.topic, "b_callback": done.callback, "b_due": done.due})


def defer(tx: Connection, failed: Subscription, until: float) -> None:
    """Note a failed attempt, and when to try again."""
    tx.execute(_DEFER, {"b_topic": failed.topic, "b_callback": failed.callback, "b_due": until})


def tidy(tx: Connection, now: float, hub: str) -> None:
    """Forget subscriptions that have run out, and hubs other than ``hub``."""
    ended = subscriptions.c.lease_until <= now
    other = subscriptions.c.lease_until.is_(None) & (subscriptions.c.callback != hub)
    tx.execute(delete(subscriptions).where(or_(ended, other)))


def count(tx: Connection) -> int:
    """How many subscriptions there are."""
    return int(tx.execute(select(func.count()).select_from(subscriptions)).scalar_one())
