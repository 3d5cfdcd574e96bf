"""Run one crawl in this process: Scrapy's crawler, opened for a job, on the running asyncio loop."""

from __future__ import annotations

import asyncio
import contextlib

from scrapy.crawler import AsyncCrawlerRunner
from scrapy.settings import Settings

from crawler.extensions.lookout import Lookout
from crawler.job import Job
from crawler.spiders.wire import WireSpider


async def crawl(job: Job, stop: asyncio.Event | None = None) -> None:
    """Crawl until the job is done, or until ``stop`` is set and what is under way has ended.

    Raises what kept a round from being made (StoreError).
    """
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    runner = AsyncCrawlerRunner(settings)
    crawler = runner.create_crawler(WireSpider)
    ending = asyncio.create_task(_stop_when(stop, crawler)) if stop else None
    try:
        await runner.crawl(crawler, job=job)
    finally:
        if ending:
            ending.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await ending
    lookout = crawler.get_extension(Lookout)
    if lookout is not None and lookout.error is not None:
        raise lookout.error


async def _stop_when(stop: asyncio.Event, crawler: object) -> None:
    await stop.wait()
    lookout = crawler.get_extension(Lookout)  # type: ignore[attr-defined]
    if lookout is not None:
        lookout.stop()
