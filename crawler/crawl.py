"""Run one crawl in this process: the lookout, and Scrapy's crawler; in a single round as soon as it is needed."""

from __future__ import annotations

import asyncio

from crawler.extensions.lookout import Lookout
from crawler.job import Job


async def crawl(job: Job, stop: asyncio.Event | None = None) -> None:
    """Crawl until the job is done, or until ``stop`` is set and what is under way has ended.

    Raises what kept a round from being made (StoreError).
    """
    lookout = Lookout(job)
    ending = asyncio.create_task(_stop_when(stop, lookout)) if stop else None
    try:
        await lookout.open()
        if not job.once or await lookout.anything():
            job.on_work()
            await _through_scrapy(lookout)
    finally:
        if ending:
            ending.cancel()
        await lookout.close()
    if lookout.error is not None:
        raise lookout.error


async def _through_scrapy(lookout: Lookout) -> None:
    from scrapy.crawler import AsyncCrawlerRunner
    from scrapy.settings import Settings

    from crawler.spiders.wire import WireSpider

    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    # the class is given; the loader of the `scrapy` command would read the configuration of the working directory
    settings.set("SPIDER_LOADER_CLASS", "scrapy.spiderloader.DummySpiderLoader", priority="cmdline")
    await AsyncCrawlerRunner(settings).crawl(WireSpider, lookout=lookout)


async def _stop_when(stop: asyncio.Event, lookout: Lookout) -> None:
    await stop.wait()
    lookout.stop()
