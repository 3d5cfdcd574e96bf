"""Which way a hook is served, by the scheme of its address, what goes together as one message, and how many may go."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from crawler.config.hooks import Hook
from crawler.store.delivery.fanout import Window
from crawler.store.delivery.outbox import Claimed, Event
from feeds.alerts import apprise, chat, jsonl, mail, webhook
from feeds.alerts.schedule import Answer
from feeds.alerts.wire import Wire

SINGLES = 5  # more than these, due at once to people, go as one message
CALM = 5.0  # seconds without another event after which people are told of what has come
LONGEST_STORM = 600.0  # seconds that people wait at most while it does not calm down
MOST_TOGETHER = 1000  # events that one message tells of
A_MINUTE = 20  # messages that a chat robot takes in a minute; DingTalk silences it for ten after more


async def send(wire: Wire, hook: Hook, events: Sequence[Event], base_url: str, now: float) -> Answer:
    """Send one parcel in the way that the scheme of the hook's address names."""
    if hook.scheme in ("http", "https"):
        return await webhook.send(wire, hook, events[0], now)
    if hook.scheme == "file":
        return await jsonl.send(hook, events)
    if hook.scheme in chat.PLATFORMS:
        return await chat.send(wire, hook, events, base_url, now)
    if mail.serves(hook):
        return await mail.send(wire, hook, events, base_url)
    return await apprise.send(wire, hook, events, base_url)


def window(hook: Hook) -> Window | None:
    """How long events are gathered for ``hook``: its digest; for people else until it is calm, so that none storms."""
    if hook.digest:
        return Window(hook.digest, hook.digest)
    return Window(CALM, LONGEST_STORM) if hook.for_people else None


def a_minute(hook: Hook) -> int | None:
    """How many messages ``hook`` takes in a minute; None where nobody counts."""
    return A_MINUTE if hook.scheme in chat.PLATFORMS else None


def parcels(hook: Hook, batch: Sequence[Claimed]) -> list[list[Claimed]]:
    """What of ``batch`` goes together as one message: for people, a digest or a burst; else each by itself.

    A message that failed is sent again as it was.  What its receiver has refused in company goes alone, so that one
    message that is never accepted takes no other with it.
    """
    found: list[list[Claimed]] = []
    for _, together in groupby(batch, key=lambda c: (c.attempts, c.alone)):
        group = list(together)
        at_once = hook.for_people and not group[0].alone and len(group) > (1 if hook.digest else SINGLES)
        found += [group] if at_once else [[c] for c in group]
    return found
