"""Which way a hook is served, by the scheme of its address, and what goes together as one message."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from crawler.config import Hook
from crawler.store.outbox import Claimed, Event
from feeds.alerts import apprise, chat, webhook
from feeds.alerts.schedule import Answer
from feeds.alerts.wire import Wire

SINGLES = 5  # more than these, due at once to a chat, go as one message (robots may send 20 a minute)


async def send(wire: Wire, hook: Hook, events: Sequence[Event], base_url: str, now: float) -> Answer:
    """Send one parcel in the way that the scheme of the hook's address names."""
    scheme = urlsplit(hook.url).scheme
    if scheme in ("http", "https"):
        return await webhook.send(wire, hook, events[0], now)
    if scheme in chat.PLATFORMS:
        return await chat.send(wire, hook, events, base_url, now)
    return await apprise.send(wire, hook, events, base_url)


def parcels(hook: Hook, batch: Sequence[Claimed]) -> list[list[Claimed]]:
    """What of ``batch`` goes together as one message: for people, a digest or a burst; else each by itself.

    What has failed before goes alone, so that one message that is never accepted takes no other with it.
    """
    fresh = [c for c in batch if c.attempts == 0]
    is_for_people = urlsplit(hook.url).scheme not in ("http", "https")
    if is_for_people and len(fresh) > (1 if hook.digest else SINGLES):
        return [fresh, *([c] for c in batch if c.attempts)]
    return [[c] for c in batch]
