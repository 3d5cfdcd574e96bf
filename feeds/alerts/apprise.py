"""Every other scheme (mail, Slack, Telegram …): Apprise, in a thread of its own, under our address guard."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from crawler.config import Hook
from crawler.guard import Guard
from crawler.store.outbox import Event
from feeds.alerts.chat import harmless
from feeds.alerts.message import Message, message
from feeds.alerts.schedule import Answer
from feeds.alerts.wire import Wire

_MOST = 3000  # bytes; Apprise cuts further where a service takes less
_threads = ThreadPoolExecutor(4, thread_name_prefix="apprise")  # a hanging service pins one of these, nothing else


async def send(wire: Wire, hook: Hook, events: Sequence[Event], base_url: str) -> Answer:
    """Send events through Apprise as one message."""
    text = harmless(message(events, hook.language, base_url, _MOST))
    sending = asyncio.get_running_loop().run_in_executor(_threads, _notify, wire.guard, hook.url, text)
    try:
        async with asyncio.timeout(wire.deadline):
            error = await sending
    except TimeoutError:
        error = f"no answer within {wire.deadline:g} s"
    return Answer(not error, error=error)


def _notify(guard: Guard, url: str, text: Message) -> str:
    """Send; returns why it failed, or "".  Apprise's own words stay unsaid, since they may hold the address."""
    import apprise  # 0.4 s, and only for those who have such a hook

    logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)
    service = apprise.Apprise(asset=apprise.AppriseAsset(async_mode=False))  # in this thread, where the guard watches
    try:
        with guard.watching():
            if not service.add(url):
                return "Apprise does not understand the address"
            sent = service.notify(title=text.title, body=text.body, body_format=apprise.NotifyFormat.TEXT)
    except Exception as e:  # 173 services by many hands: whatever one raises is a failed delivery, not our end
        return f"Apprise failed: {type(e).__name__}"
    return "" if sent else "Apprise reports a failure"
