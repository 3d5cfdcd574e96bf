"""The pages behind a list's first one, read when the list was overtaken: after an outage nothing is missed."""

from __future__ import annotations

from dataclasses import replace
from typing import Self

from scrapy.crawler import Crawler

from crawler.exceptions import AddressRefused, FetchError, RobotsRefused, Unreadable
from crawler.extensions.lookout import Lookout
from crawler.extensions.reader import Reader
from crawler.items import Further, Link, Listing, PageClass, Understood
from crawler.judging.columns.further import MOST_PAGES, missed, overtaken
from crawler.store.watch import looks

_LISTS = frozenset({PageClass.LIST, PageClass.FEED})
_END = frozenset({PageClass.DELETED, PageClass.MOVED})  # what answers behind the last page
_TRIES = 5  # looks that fail for a page behind the first; then what it holds is given up
_TOO_MANY = f"{MOST_PAGES} pages of the list hold new items only; what was published before these may be missed"


class ReadFurther:
    """Understood -> understood: a list that was overtaken, with what its further pages hold up to what is known."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Built by Scrapy."""
        return cls(crawler)

    async def process_item(self, item: Understood) -> Understood:
        """Nothing but a comparison of keys, unless the list was overtaken; never on the first look at a column."""
        listing, lookout = item.reading, self._crawler.get_extension(Lookout)
        assert lookout is not None
        if not isinstance(listing, Listing) or item.due.baseline:
            return item
        with lookout.job.store.read() as tx:
            last = looks.last_list(tx, item.due.column)
        if not overtaken(last.keys, [link.key for link in listing.links]):
            return item
        return replace(item, reading=replace(listing, further=await self._read(item, listing, last, lookout)))

    async def _read(self, item: Understood, listing: Listing, last: looks.LastList, lookout: Lookout) -> Further:
        found: list[Link] = []
        try:
            whole = await self._follow(item, listing, last, lookout, found)
        except (FetchError, Unreadable) as e:
            refused = isinstance(e, AddressRefused | RobotsRefused)
            why = f"a further page of the list cannot be read: {e}"
            return Further(tuple(found), why, again=not refused and last.failures < _TRIES)
        return Further(tuple(found), "" if whole else _TOO_MANY)

    async def _follow(
        self, item: Understood, listing: Listing, last: looks.LastList, lookout: Lookout, found: list[Link]
    ) -> bool:
        """Put what was missed into ``found``, page by page; false when more may be behind the last page that is read.

        Raises FetchError, Unreadable.
        """
        reader, catalogue = self._crawler.get_extension(Reader), lookout.job.configuration.catalogue
        assert reader is not None
        source, column = catalogue.source_of(item.due.column), catalogue.columns[item.due.column]
        page, asked, seen = item.page, {item.page.url}, {link.key for link in listing.links}
        before = set(last.keys) - seen  # what is pinned stands on the first page
        for _ in range(MOST_PAGES - 1):
            address = await reader.next_page(page, column)
            if address is None or address in asked:
                return True
            asked.add(address)
            page = await lookout.follow(item.due, address)
            listing = await reader.read_list(page, source, column)
            if listing.page_class in _END:
                return True
            if listing.page_class not in _LISTS:
                raise Unreadable(f"{address}: {listing.page_class}: {listing.why}")
            new, reached = missed(listing.links, seen, before, last.at)
            found += new
            seen |= {link.key for link in new}
            if reached or not new:
                return True
        return False
