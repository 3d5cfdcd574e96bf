"""The one spider: it turns what is due into requests, and answers into items for the pipelines."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any, Self

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.http import Response

from crawler.configuration import Configuration
from crawler.extensions.lookout import Lookout
from crawler.items import Fetched
from crawler.job import Job
from crawler.store import open_store
from crawler.store.watch import columns


class WireSpider(Spider):
    """Poll columns and visit articles, as the lookout hands them over."""

    name = "wire"
    columns: tuple[str, ...] | None = None  # set by the loader for `scrapy crawl SOURCE`

    def __init__(self, lookout: Lookout, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.lookout = lookout

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Build the spider; without a lookout (`scrapy crawl SOURCE`) it polls its source once."""
        if "lookout" not in kwargs:
            kwargs["lookout"] = Lookout(job_for(cls.columns))
        return super().from_crawler(crawler, *args, **kwargs)

    async def start(self) -> AsyncIterator[Request]:
        """Every request there is, until the lookout says that nothing is left."""
        async for due, page in self.lookout:
            yield Request(
                due.url,
                callback=self.parse,
                errback=self.failed,
                dont_filter=True,
                priority=0 if due.key is None else 1,  # an article under way before another list
                meta={"due": due, "page": page},
            )

    def parse(self, response: Response, **_: Any) -> Iterator[Fetched]:
        """Hand the answer, whatever its status, to the pipelines."""
        yield Fetched(response.meta["due"], response.meta["page"])

    def failed(self, failure: Any) -> None:
        """Remember that a request brought no answer (a Twisted Failure to which Scrapy added the request)."""
        self.lookout.failed(failure.request.meta["due"], failure.value)


def job_for(only: tuple[str, ...] | None) -> Job:
    """A job of its own for `scrapy crawl`, from the configuration that `fenghuo` would read."""
    configuration = Configuration()
    store = open_store(configuration.settings.database_url)
    job = Job(configuration, store, once=True, only=only)
    with store.begin() as tx:
        columns.sync(tx, configuration.catalogue.enabled(), job.clock())
    return job
