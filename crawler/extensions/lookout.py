"""The lookout: claims what is due, looks at lists, and hands over only what Scrapy has to work on.

A look that finds nothing changed ends here, before the engine: a 304, the same bytes, or the same links.  It costs a
fifth of a request through the engine (docs/decisions/0021), and nine looks of ten end so.  Changed lists and due visits
are handed to the spider; `finished` brings each one back.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator, Coroutine
from functools import partial
from typing import TYPE_CHECKING, Any

import structlog

from crawler.cluster.share import Share
from crawler.entrance import Entrances
from crawler.exceptions import FetchError, StoreError
from crawler.extensions.looklog import LookLog
from crawler.extensions.shelf import StoreShelf
from crawler.extensions.window import Window
from crawler.fetch import Fetcher
from crawler.items import Due, Fetched, Page, Understood
from crawler.job import Job
from crawler.judging.columns.outcome import failed_look, unchanged_look
from crawler.store.watch import columns, visits

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

log = structlog.get_logger()
_IDLE = 0.5  # seconds between two questions to the store, unless the last answer was as long as it may be
_REFRESH = 5.0  # seconds between two looks at the configuration files
_GATHER = 0.02  # seconds in which turns are gathered before what is due there is claimed
_CLAIM = 64  # rows claimed at once
_AGAIN = 2.0  # seconds until what the store refused is written anew


class Lookout:
    """What is due now, as an asynchronous iterator of (due, page or None).

    It works before Scrapy does: while every look ends here, Scrapy need not even be imported (a third of a round's
    CPU).  Once there is something to hand over, it is one of the crawler's extensions.
    """

    def __init__(self, job: Job) -> None:
        self.job = job
        self._shelf = StoreShelf(job.store)
        self.fetcher = Fetcher(job.configuration.settings, self._shelf, job.clock, keep=not job.once)
        self._entrances = Entrances()
        self.looklog = LookLog(job)
        self._first: tuple[Due, Page | None] | None = None
        self._ready: asyncio.Queue[tuple[Due, Page | None] | None] = asyncio.Queue()
        self._claimed: deque[Due] = deque()
        self._under_way = 0  # looks and visits not finished
        self._window = Window()
        self._tasks: set[asyncio.Task[None]] = set()
        self._wake = asyncio.Event()
        self._open = self._stopping = self._claimed_all = False
        self._refreshed = self._asked = 0.0  # loop seconds
        self._more = True  # the last claim brought as much as was asked for
        self.error: Exception | None = None  # why a round could not be made; raised by crawl()
        if job.share is not None:
            job.share.on_turn, job.share.unwritten = self._on_turn, self.looklog.columns

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Lookout:
        """The lookout of the crawler's spider; open and close with it, and hear of every item that fails."""
        from scrapy import signals

        lookout: Lookout = crawler.spider.lookout  # type: ignore[union-attr]
        crawler.signals.connect(lookout.open, signal=signals.spider_opened)
        crawler.signals.connect(lookout.close, signal=signals.spider_closed)
        crawler.signals.connect(lookout.item_failed, signal=signals.item_error)
        return lookout

    async def open(self) -> None:
        """Open the fetcher and begin to claim (once, however often it is called)."""
        if not self._open:
            self._open = True
            await self.fetcher.open()
            self._spawn(self._watch())

    async def close(self) -> None:
        """Stop claiming, give leases back, write down what is still buffered (once, however often it is called)."""
        self.stop()
        if not self._open:
            return
        self._open = False
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.fetcher.close()
        for end in (self.looklog.flush, self._release):
            try:
                end()
            except StoreError as e:  # leases run out, and what was under way is done again
                log.error("cannot write down how it ended", why=str(e))
                self.error = self.error or e

    def _release(self) -> None:
        with self.job.store.begin() as tx:
            columns.release(tx, self.job.owner)
            visits.release(tx, self.job.owner)

    async def anything(self) -> bool:
        """Wait until there is something to hand over; false when the round ends without."""
        self._first = await self._ready.get()
        return self._first is not None

    def stop(self) -> None:
        """Hand out nothing more; the spider ends when what is under way has ended."""
        if not self._stopping:
            self._stopping = True
            self._ready.put_nowait(None)
            self._wake.set()

    async def __aiter__(self) -> AsyncIterator[tuple[Due, Page | None]]:
        if self._first is not None:
            yield self._first
        while (handed := await self._ready.get()) is not None:
            yield handed

    # ---- what the spider and the pipelines say -------------------------------------------------------------------

    def visit(self, dues: list[Due]) -> None:
        """Take on visits that a pipeline has leased to this job."""
        if self.job.share is not None:
            self.job.share.took(dues)
        for due in dues:
            self._under_way += 1
            self._ready.put_nowait((due, None))

    def arrived(self, due: Due) -> None:
        """The page of a visit is here: from now on it keeps us busy; until now it waited for its host's turn."""
        self._window.enter(due)

    def finished(self, due: Due) -> None:
        """One look or visit has ended, however."""
        self._under_way -= 1
        if self.job.share is not None:
            self.job.share.ended(due)
        self._window.leave(due)
        if self._claimed or self.job.once:
            self._wake.set()

    def failed(self, due: Due, error: BaseException) -> None:
        """A request brought no answer: say and remember why."""
        log.warning("not fetched", column=due.column, why=str(error))
        self._remember(due, error)

    def _remember(self, due: Due, error: BaseException, *, again: bool = False) -> None:
        """Write down that a look or a visit failed, as soon as the store takes it; until then it is under way."""
        waits = False
        try:
            if due.key is None:
                self.looklog.add(failed_look(due, error, self.job.clock()))
            else:
                self._retry(due, error)
        except StoreError as e:
            if not again:
                log.error("cannot remember, trying again", column=due.column, why=str(e))
            if self.job.once:
                self._give_up(e)
            elif waits := not self._stopping:  # who ends gives its leases back, or they run out
                once_more = partial(self._remember, due, error, again=True)
                asyncio.get_running_loop().call_later(_AGAIN, once_more)
        finally:
            if not waits:
                self.finished(due)

    def item_failed(self, item: Fetched | Understood, failure: Any) -> None:
        """A pipeline raised: the page could not be read, or there is a bug; the other items go on."""
        log.warning("not taken in", column=item.due.column, url=item.due.url, why=str(failure.value))
        self._remember(item.due, failure.value)

    # ---- claiming ------------------------------------------------------------------------------------------------

    async def _watch(self) -> None:
        """Claim and begin, until stopped or (``once``) until nothing is left."""
        while not self._stopping:
            try:
                self._step()
            except Exception as e:  # the store is locked, full, gone: a round ends, the daemon tries again
                log.error("cannot claim", why=str(e))
                if self.job.once:
                    self._give_up(e)
            await self._pause()

    def _step(self) -> None:
        if self.job.once:
            if not self._claimed_all:
                self._claim(everything=True)
                self._claimed_all = True
        else:
            self._refresh()
            if not self._claimed and self._may_claim():
                self._claim()
        while self._claimed and self._window.has_room():
            self._dispatch(self._claimed.popleft())
        if self.job.once and not self._claimed and not self._under_way:
            self.stop()

    def _may_claim(self) -> bool:
        """Whether to ask the store: looks that fall due in one moment are claimed, made and written down together."""
        return self._more or asyncio.get_running_loop().time() - self._asked >= _IDLE

    def _on_turn(self) -> None:
        """There is a shard more to claim from; turns come in bunches."""
        self._more = True
        asyncio.get_running_loop().call_later(_GATHER, self._wake.set)

    def _give_up(self, error: Exception) -> None:
        self.error = error
        self.stop()

    def _claim(self, *, everything: bool = False) -> None:
        job, now = self.job, self.job.clock()
        limit = 1_000_000 if everything else _CLAIM
        if job.share is not None:
            self._claim_share(job.share, now)
        else:
            with job.store.begin(lasting=False) as tx:
                only = job.columns if job.once else job.only
                self._claimed += visits.claim(
                    tx, now=now, owner=job.owner, limit=limit, columns=only, gone_now=job.once
                )
                self._claimed += columns.claim(tx, now=now, owner=job.owner, limit=limit, only=only)
        self._more, self._asked = len(self._claimed) >= limit, asyncio.get_running_loop().time()
        if self._claimed:
            self._shelf.prepare(due.url for due in self._claimed)

    def _claim_share(self, share: Share, now: float) -> None:
        """Claim from the shards whose turn this process has, and say which turns are over."""
        asked, owner, found = share.claimable, self.job.owner, list[Due]()
        if asked.shards:
            with self.job.store.begin(lasting=False) as tx:
                found += visits.claim(tx, now=now, owner=owner, limit=_CLAIM, held=asked)
                found += columns.claim(tx, now=now, owner=owner, limit=_CLAIM, held=asked)
        share.took(found)
        share.claimed(asked, everything=len(found) < _CLAIM)
        self._claimed += found

    def _dispatch(self, due: Due) -> None:
        if due.key is None and due.column not in self.job.configuration.catalogue.columns:
            self.job.configuration.refresh()  # the daemon has read the new source before us
        if due.key is not None:
            self.visit([due])
        elif due.column in self.job.configuration.catalogue.columns:
            self._under_way += 1
            self._window.enter(due)
            self._spawn(self._look(due))
        elif self.job.share is not None:  # another machine's configuration has it; its lease runs out
            self.job.share.ended(due)

    async def _look(self, due: Due) -> None:
        started = self.job.clock()
        try:
            page = await self.fetch(due)
        except FetchError as e:
            self.failed(due, e)
            return
        except Exception as e:  # a bug must cost one look, not the crawl
            log.exception("look failed", column=due.column)
            self._remember(due, e)
            return
        look = unchanged_look(due, page, page.fetched_at - started)
        if look is None:
            self._window.narrow()
            self._ready.put_nowait((due, page))
        else:
            self._window.widen(2 * self.job.configuration.settings.crawl.concurrency)
            self.looklog.add(look)
            self.finished(due)

    async def fetch(self, due: Due) -> Page:
        """The page of a look or visit, rendered where its column asks for it.  Raises FetchError."""
        column = self.job.configuration.catalogue.columns.get(due.column)
        if column is None or due.key is not None:
            return await self._fetch(due)
        return await self._entrances.fetch(due, column, self._fetch)

    async def follow(self, due: Due, url: str) -> Page:
        """Another page of the list that a look is at.  Raises FetchError."""
        return await self._fetch(Due(due.column, url))

    def misread(self, due: Due) -> None:
        """A look brought no list: if that was where the column's page sent us, the page is asked again."""
        self._entrances.forget(due.url)

    async def _fetch(self, due: Due) -> Page:
        column = self.job.configuration.catalogue.columns.get(due.column)
        return await self.fetcher.fetch(due, render=column is not None and column.render)

    # ---- bookkeeping ---------------------------------------------------------------------------------------------

    async def _pause(self) -> None:
        """Wait until something ends, or grows old, or the store is to be asked again."""
        wait = min(_IDLE, self._window.next_room()) if self._claimed else _IDLE
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._wake.wait(), max(wait, 0.001))
        self._wake.clear()

    def _refresh(self) -> None:
        now = asyncio.get_running_loop().time()
        if now - self._refreshed >= _REFRESH:
            self._refreshed = now
            self.job.configuration.refresh()

    def _retry(self, due: Due, error: BaseException) -> None:
        assert due.key is not None
        with self.job.store.begin() as tx:
            wait = max(5.0, self.fetcher.politeness.held(due.url.split("/")[2]))
            visits.retry(tx, due.key, now=self.job.clock(), why=str(error), after=wait)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
