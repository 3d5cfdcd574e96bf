"""One article that a person hands in, such as a forwarded link: fetched, read and taken in as if it had been found."""

from __future__ import annotations

import asyncio
import time

from crawler import archive, intake
from crawler.configuration import Configuration
from crawler.exceptions import Unreadable
from crawler.fetch import fetch_page
from crawler.items import PageClass
from crawler.reading.address import url_key
from crawler.store import Store, open_store


async def take(configuration: Configuration, store: Store, url: str) -> str:
    """Read the article at ``url`` and save what follows from it; its notice's id.  Raises FetchError, Unreadable."""
    settings, catalogue = configuration.settings, configuration.catalogue
    if listed := next((key for key, column in catalogue.columns.items() if url_key(column.url) == url_key(url)), None):
        raise Unreadable(f"{url}: this is the list of {listed}; submit an article, or `fenghuo poll {listed}`")
    read = archive.read_page(await fetch_page(settings, url), catalogue, url)
    if read.article.page_class is not PageClass.ARTICLE:
        raise Unreadable(f"{url}: not an article but {read.article.page_class}: {read.article.why}")
    with store.begin() as tx:
        change = intake.take_in(
            tx,
            read.article,
            page=read.page,
            catalogue=catalogue,
            source=read.source,
            column=None,
            key=url_key(url),
            now=time.time(),
            baseline=False,
        )
    return change.notice.id


def take_aside(configuration: Configuration, url: str) -> str:
    """`take`, in a process that has no store open yet."""
    store = open_store(configuration.settings.database_url)
    try:
        return asyncio.run(take(configuration, store, url))
    finally:
        store.close()
