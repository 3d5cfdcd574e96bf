"""Worker processes that read pages, each reading under a deadline: a hostile page costs a worker, never the crawl."""

from __future__ import annotations

import asyncio
import multiprocessing
import signal
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as Expired
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import replace
from typing import Any, Self, TypeVar

from pebble import ProcessExpired, ProcessPool
from scrapy import signals
from scrapy.crawler import Crawler

from crawler import platforms
from crawler.exceptions import Unreadable
from crawler.extensions.bounds import MEMORY, TOO_LARGE, bounded
from crawler.fetch import shown
from crawler.items import Article, Column, Due, Listing, Page, Source
from crawler.job import Job

_T = TypeVar("_T")
_TASKS = 500  # readings after which a worker is replaced, with all that it holds by then; a fresh one costs 5 ms
_CLOCK = 15.0  # by how much a reading may take longer by the clock than in CPU time: other work has the machine, too
_NO_PROCESS = (OSError, RuntimeError, MemoryError)  # where the system gives no memory or no further process
_ALIVE = 5.0  # seconds after which it is made sure that a reading still can end


class Reader:
    """Read lists and articles in ``crawl.workers`` processes, ``crawl.parse_timeout`` CPU-seconds each at most."""

    def __init__(self) -> None:
        self._pool: ProcessPool | None = None
        self._workers, self._timeout = 0, 0.0  # no workers: not open

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Open with the spider, close with it."""
        reader = cls()
        crawler.signals.connect(reader.open, signal=signals.spider_opened)
        crawler.signals.connect(reader.close, signal=signals.spider_closed)
        return reader

    def open(self, spider: Any) -> None:
        """Start the processes."""
        job: Job = spider.lookout.job
        crawl = job.configuration.settings.crawl
        self._workers, self._timeout = crawl.workers, crawl.parse_timeout
        with suppress(*_NO_PROCESS):  # they are asked for again when there is something to read
            self._pool = self._start()

    def close(self) -> None:
        """End the processes."""
        self._workers = 0
        self._end()

    async def read_list(self, page: Page, source: Source, column: Column) -> Listing:
        """The list on ``page``.  Raises Unreadable when reading it takes too long or ends the worker."""
        return await self._run(platforms.read_list, page, source, column)

    async def read_article(self, page: Page, source: Source, column: Column, due: Due) -> Article:
        """The article on ``page``.  Raises Unreadable when reading it takes too long or ends the worker."""
        return await self._run(platforms.read_article, page, source, column, due)

    async def next_page(self, page: Page, column: Column) -> str | None:
        """The address of the page behind the list page ``page``.  Raises Unreadable as the others."""
        return await self._run(platforms.next_page, page, column)

    def _start(self) -> ProcessPool:
        """Forked processes: a worker that need not import anything costs 5 ms and shares its memory with us.

        One of a fork server costs 300 ms and 40 MB.
        """
        fork = multiprocessing.get_context("fork")
        pool = ProcessPool(max_workers=self._workers, max_tasks=_TASKS, context=fork)
        for _ in range(self._workers):
            pool.schedule(platforms.warm_up)
        return pool

    def _end(self) -> None:
        if self._pool is not None:
            self._pool.stop()  # type: ignore[no-untyped-call]
            self._pool.join()
            self._pool = None

    def _sound(self) -> ProcessPool:
        """The processes; fresh ones after one that had nothing to do was killed, whereupon pebble refuses all work."""
        if self._pool is None or not self._pool.active:
            self._end()
            self._pool = self._start()
        return self._pool

    async def _run(self, function: Callable[..., _T], page: Page, *args: Any) -> _T:
        if not self._workers:
            raise RuntimeError("the reader is not open")
        page = replace(page, exchange=None)  # evidence, which a reading does not need, is not carried to the worker
        work, url = (self._timeout, function, page, *args), shown(page.url)
        try:
            pool = self._sound()
            future: Future[_T] = pool.schedule(bounded, args=work, timeout=_CLOCK * self._timeout)
        except _NO_PROCESS as e:
            raise Unreadable(f"{url}: no process to read it in ({e}); this machine lacks memory or processes") from e
        try:
            return await _answered(future, pool, url)
        except (Expired, TimeoutError) as e:
            seconds = _CLOCK * self._timeout
            raise Unreadable(f"{url}: not read within {seconds:g} s; the machine is too busy, or it hangs") from e
        except ProcessExpired as e:
            if e.exitcode == TOO_LARGE:
                most = f"{MEMORY // 1_000_000} MB"
                raise Unreadable(f"{url}: reading it takes more than {most}; the page is hostile or huge") from e
            if e.exitcode != -signal.SIGPROF:
                raise Unreadable(f"{url}: reading it ended the worker process ({e})") from e
            raise Unreadable(f"{url}: not read within {self._timeout:g} s; the page is hostile or huge") from e
        except BrokenProcessPool:  # of a page that nobody had begun to read: it is innocent
            return await self._run(function, page, *args)


async def _answered(future: Future[_T], pool: ProcessPool, url: str) -> _T:
    """What became of a reading.  Raises what it raised, and Unreadable where the pool has ended and answers nobody."""
    answer = asyncio.wrap_future(future)
    try:
        while not (await asyncio.wait({answer}, timeout=_ALIVE))[0]:
            if not pool.active:
                raise Unreadable(f"{url}: the processes that read ended; this machine lacks memory or descriptors")
        return answer.result()
    finally:
        answer.cancel()
