"""One round by hand: look at columns, or at one article, then deliver and publish, and end."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import uvloop

from crawler import evidencing
from crawler.configuration import Configuration
from crawler.crawl import crawl
from crawler.items import Look
from crawler.job import Job, has_died, new_owner
from crawler.store import Store, leases, open_store
from crawler.store.watch import columns
from feeds.alerts.deliver import Deliverer
from feeds.publish import publish


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
    """Look once at each column of ``only`` (all enabled ones), deliver, publish.  Raises StoreError."""
    store = open_store(configuration.settings.database_url)
    try:
        with store.begin() as tx:
            columns.sync(tx, configuration.catalogue.enabled(), time.time())
            if not store.shared:  # there the owner may live on another machine; the leader finds out
                leases.release_dead(tx, has_died)  # of a round that was killed
        return uvloop.run(_poll(configuration, store, only, alert_baseline, on_progress))
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

    async with _delivering(store, configuration, result) as wake:
        job.on_look, job.on_event = on_look, lambda _: wake()
        await crawl(job)
    evidencing.keep(store, configuration.settings, time.time())
    result.published = publish(store, configuration.settings, configuration.catalogue)
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

    async with _delivering(store, configuration, PollResult()):
        notice_id = await submission.take(configuration, store, url)
    evidencing.keep(store, configuration.settings, time.time())
    publish(store, configuration.settings, configuration.catalogue)
    return notice_id


@asynccontextmanager
async def _delivering(
    store: Store, configuration: Configuration, result: PollResult
) -> AsyncIterator[Callable[[], None]]:
    """Deliver beside the block, at once when the yielded function is called, and to the end after it."""
    deliverer = Deliverer(store, configuration.settings, owner=new_owner(), in_thread=False)
    woken, ended = asyncio.Event(), False

    def wake() -> None:
        woken.set()
        deliverer.wake()

    async def serve() -> None:
        while True:
            last = ended
            result.delivered += (await deliverer.run(last=last)).delivered
            if last:
                return
            with suppress(TimeoutError):
                await asyncio.wait_for(woken.wait(), 1.0)
            woken.clear()

    serving = asyncio.create_task(serve())
    try:
        yield wake
    finally:
        ended = True
        wake()
        try:
            await serving
        finally:
            await deliverer.close()
