"""One round by hand: look at columns, or at one article, then deliver and publish, and end.

Nine rounds of ten find nothing, and are nearly all start.  What works on a finding is therefore loaded when there is
one: Scrapy by the crawl, and here, in `_Delivery` and `_leave`, what delivers, keeps evidence and publishes.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

import uvloop

from crawler.configuration import Configuration
from crawler.crawl import crawl
from crawler.descriptors import enough_descriptors
from crawler.items import Look
from crawler.job import Job, has_died, new_owner
from crawler.store import Store, leases, open_store
from crawler.store.delivery import outbox
from crawler.store.evidence import backlog
from crawler.store.watch import columns
from feeds import stamp

if TYPE_CHECKING:
    from feeds.alerts.deliver import Deliverer


@dataclass
class PollResult:
    """What one round did."""

    looks: list[Look] = field(default_factory=list)
    new: int = 0  # links never seen before
    delivered: int = 0
    published: list[str] = field(default_factory=list)  # feeds whose bytes changed


def poll(
    configuration: Configuration,
    *,
    only: Sequence[str] | None = None,
    alert_baseline: bool = False,
    on_progress: Callable[[int, int], None] | None = None,
) -> PollResult:
    """Look once at each column of ``only`` (all enabled ones), deliver, publish.  Raises StoreError, FenghuoError."""
    enough_descriptors()
    store = open_store(configuration.settings.database_url)
    try:
        with store.begin() as tx:
            columns.sync(tx, configuration.catalogue.enabled(), time.time())
            if not store.shared:  # there the owner may live on another machine; the leader finds out
                leases.release_dead(tx, has_died)  # of a round that was killed
        result = uvloop.run(_poll(configuration, store, only, alert_baseline, on_progress))
        store.settle()
        return result
    finally:
        store.close()


async def _poll(
    configuration: Configuration,
    store: Store,
    only: Sequence[str] | None,
    alert_baseline: bool,
    on_progress: Callable[[int, int], None] | None,
) -> PollResult:
    result = PollResult()
    job = Job(
        configuration,
        store,
        once=True,
        only=tuple(only) if only is not None else None,
        alert_baseline=alert_baseline,
    )

    number = len(job.columns)

    def on_look(look: Look) -> None:
        result.looks.append(look)
        result.new += look.new or 0
        if on_progress:
            on_progress(len(result.looks), number)

    async with _Delivery(store, configuration) as delivery:
        job.on_look, job.on_work, job.on_event = on_look, delivery.load, lambda _: delivery.wake()
        await crawl(job)
    result.delivered = delivery.delivered
    result.published = _leave(store, configuration)
    if configuration.settings.hub:
        from feeds.websub import Pusher

        await Pusher(store, lambda: configuration.settings).run()
    return result


def submit(configuration: Configuration, url: str) -> str:
    """Read one article now and treat it as if it had been found; its notice's id.  Raises FetchError, Unreadable."""
    store = open_store(configuration.settings.database_url)
    try:
        return uvloop.run(_submit(configuration, store, url))
    finally:
        store.close()


async def _submit(configuration: Configuration, store: Store, url: str) -> str:
    from crawler import submission  # a round that finds nothing does without what reads and judges

    async with _Delivery(store, configuration):
        notice_id = await submission.take(configuration, store, url)
    _leave(store, configuration)
    return notice_id


def _leave(store: Store, configuration: Configuration) -> list[str]:
    """Keep what evidence waits and publish what changed; the feeds whose bytes did.  Raises StoreError."""
    settings, catalogue = configuration.settings, configuration.catalogue
    with store.read() as tx:
        waiting = backlog.any_waiting(tx)
    if waiting:
        from crawler import evidencing

        evidencing.keep(store, settings, time.time())
    if not stamp.behind(store, settings, catalogue):
        return []
    from feeds.publish import publish

    return publish(store, settings, catalogue)


class _Delivery:
    """Deliveries beside the block: at once when woken, each second, and to the end after it."""

    def __init__(self, store: Store, configuration: Configuration) -> None:
        self.delivered = 0
        self._store, self._settings = store, configuration.settings
        self._deliverer: Deliverer | None = None
        self._woken, self._ended = asyncio.Event(), False

    def load(self) -> None:
        """Load what delivers: now or soon there is something to deliver."""
        if self._deliverer is None:
            from feeds.alerts.deliver import Deliverer

            self._deliverer = Deliverer(self._store, self._settings, owner=new_owner(), in_thread=False)

    def wake(self) -> None:
        """An event has been stored: look at once."""
        self._woken.set()
        if self._deliverer is not None:
            self._deliverer.wake()

    async def __aenter__(self) -> Self:
        self._serving = asyncio.create_task(self._serve())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._ended = True
        self.wake()
        try:
            await self._serving
        finally:
            if self._deliverer is not None:
                await self._deliverer.close()

    async def _serve(self) -> None:
        while True:
            last = self._ended
            await self._deliver(last=last)
            if last:
                return
            with suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), 1.0)
            self._woken.clear()

    async def _deliver(self, *, last: bool) -> None:
        if self._deliverer is None and self._anything():
            self.load()
        if self._deliverer is not None:
            self.delivered += (await self._deliverer.run(last=last)).delivered

    def _anything(self) -> bool:
        with self._store.read() as tx:
            return outbox.anything(tx)
