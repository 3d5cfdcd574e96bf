"""WebSub (W3C Recommendation of 2018): whoever subscribed hears of a changed feed at once.

Either a hub elsewhere is pinged, one POST for each changed feed of a publication, or we are the hub ourselves and send
every subscriber the feed.  What is due stands in the store until it is accepted; addresses of subscribers are guarded.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import random
import secrets
import time
from collections.abc import Callable
from functools import partial
from urllib.parse import urlencode, urlsplit

import structlog

from crawler.config.settings import Settings
from crawler.exceptions import StoreError
from crawler.store import Store
from crawler.store.delivery import subscriptions
from crawler.store.delivery.subscriptions import Subscription
from feeds.alerts.schedule import SPAN, Answer, next_try, parse_retry_after
from feeds.alerts.wire import Reply, Wire, redacted
from feeds.formats import FORMATS
from feeds.stamp import FOLDER

AT_ONCE = 16  # messages under way; one receiver that hangs holds up no other
LONGEST_LEASE, SHORTEST_LEASE = 10 * 86400, 300  # seconds
log = structlog.get_logger("websub")


class Pusher:
    """Sends what is due, and what has failed by the schedule of alerts."""

    def __init__(
        self,
        store: Store,
        settings: Callable[[], Settings],
        *,
        now: Callable[[], float] = time.time,
        leads: Callable[[], bool] = lambda: True,
    ) -> None:
        """``leads``: whether this process is the one that sends, where several share the store; asked in a thread."""
        self._store, self._settings, self._now, self._leads = store, settings, now, leads
        self._flying: dict[tuple[str, str], asyncio.Task[bool]] = {}

    async def serve(self, every: float = 1.0) -> None:
        """Send for ever, while a hub is configured."""
        while True:
            try:
                mine: bool = bool(self._settings().hub) and await asyncio.to_thread(self._leads)
                if mine:
                    await self._start()
            except StoreError as e:
                log.error("subscribers cannot be told", why=str(e))
            await asyncio.sleep(every)

    async def run(self) -> None:
        """Send what is due now; what fails stays for another time.  Raises StoreError."""
        failed = 0
        while failed < AT_ONCE and await self._start():
            failed += (await asyncio.gather(*self._flying.values())).count(False)

    async def close(self) -> None:
        """Drop what is under way; it stays due."""
        under_way = list(self._flying.values())
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)

    async def _start(self) -> bool:
        """Start sending what is due; false when nothing is."""
        for one in await asyncio.to_thread(self._due):
            key = (one.topic, one.callback)
            if key not in self._flying and len(self._flying) < AT_ONCE:
                task = self._flying[key] = asyncio.create_task(self._send(one))
                task.add_done_callback(partial(self._landed, key))
        return bool(self._flying)

    def _landed(self, key: tuple[str, str], _: asyncio.Task[bool]) -> None:
        self._flying.pop(key)

    def _due(self) -> list[Subscription]:
        now = self._now()
        with self._store.read() as tx:
            found = subscriptions.due(tx, now, AT_ONCE + len(self._flying))
        if found:
            with self._store.begin() as tx:
                subscriptions.tidy(tx, now, self._settings().websub.hub)
        return [one for one in found if one.lease_until is None or one.lease_until > now]

    async def _send(self, one: Subscription) -> bool:
        """Send one; false when it could not be noted what came of it."""
        settings = self._settings()
        try:
            async with Wire(settings) as wire:
                if one.lease_until is None:
                    reply = await ping(wire, one.callback, topic_url(settings, one.topic))
                else:
                    reply = await deliver(wire, settings, one)
            await asyncio.to_thread(self._note, one, reply)
        except (OSError, StoreError) as e:  # it stays due
            log.error("subscriber not told", topic=one.topic, why=str(e))
            return False
        return True

    def _note(self, one: Subscription, reply: Reply) -> None:
        now = self._now()
        pause = parse_retry_after(reply.headers.get("Retry-After"), now)
        answer = Answer(not reply.error, reply.status, reply.error, pause, gone=reply.status == 410)
        again = None if answer.ok else next_try(answer, one.attempts + 1, SPAN, random.random())
        if not answer.ok:
            log.warning("not accepted", topic=one.topic, by=redacted(one.callback), why=answer.error)
        with self._store.begin() as tx:
            if answer.gone and one.lease_until is not None:
                subscriptions.drop(tx, one.topic, one.callback)
            elif again is None:
                subscriptions.sent(tx, one)
            else:
                subscriptions.defer(tx, one, now + again)


def topic_url(settings: Settings, topic: str) -> str:
    """The address of a topic: what a feed's ``rel=self`` says."""
    return f"{settings.base_url}/feeds/{topic}"


async def ping(wire: Wire, hub: str, url: str) -> Reply:
    """Tell a hub that the feed at ``url`` has changed; some read the one parameter, some the other."""
    form = urlencode({"hub.mode": "publish", "hub.url": url, "hub.topic": url}).encode()
    return await wire.post(hub, form, {"Content-Type": "application/x-www-form-urlencoded"})


async def deliver(wire: Wire, settings: Settings, to: Subscription) -> Reply:
    """Send a subscriber the feed as it is now (section 7)."""
    body = await asyncio.to_thread((settings.data_dir / FOLDER / to.topic).read_bytes)
    headers = {
        "Content-Type": FORMATS[to.topic.rpartition(".")[2]].media_type,
        "Link": f'<{settings.hub}>; rel="hub", <{topic_url(settings, to.topic)}>; rel="self"',
    }
    if to.secret:
        headers["X-Hub-Signature"] = "sha256=" + hmac.new(to.secret.encode(), body, hashlib.sha256).hexdigest()
    return await wire.post(to.callback, body, headers)


async def intends(wire: Wire, callback: str, mode: str, topic: str, lease: int) -> bool:
    """Whether whoever is at ``callback`` really wants what was asked for (section 5.3)."""
    challenge = secrets.token_urlsafe(24)
    said = {"hub.mode": mode, "hub.topic": topic, "hub.challenge": challenge}
    if mode == "subscribe":
        said["hub.lease_seconds"] = str(lease)
    joint = "&" if urlsplit(callback).query else "?"
    reply = await wire.get(callback + joint + urlencode(said))
    return not reply.error and hmac.compare_digest(reply.text.encode(), challenge.encode())
