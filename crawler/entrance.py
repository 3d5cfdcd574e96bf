"""The way to a list whose page only names it: a script would load the list from elsewhere, and so do we."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial

from crawler import platforms
from crawler.config.settings import Settings
from crawler.fetch import Fetcher
from crawler.items import Column, Due, Page

Fetch = Callable[[Due], Awaitable[Page]]


class Entrances:
    """Where the lists are that columns' pages name.

    What was learnt holds until the list cannot be read there any more; then its page is asked again.
    """

    def __init__(self) -> None:
        self._lists: dict[str, str] = {}  # by the address of the column

    async def fetch(self, due: Due, column: Column, fetch: Fetch) -> Page:
        """The answer that holds the list of ``column``, got by ``fetch``; the validators of ``due`` are the list's."""
        if not platforms.has_entrance(column):
            return await fetch(due)
        if due.url not in self._lists:
            page = await fetch(Due(due.column, due.url))
            there = platforms.entrance(page, column) if page.status == 200 else None
            if page.status == 200:
                self._lists[due.url] = there or due.url
            if there is None:
                return page
        return await fetch(replace(due, url=self._lists[due.url]))

    def forget(self, url: str) -> None:
        """Ask the page of the column at ``url`` again, next time."""
        self._lists.pop(url, None)


async def fetch_list(settings: Settings, column: Column) -> Page:
    """The answer that holds the list of ``column``, for a person, under the crawl's rules.  Raises FetchError."""
    async with Fetcher(settings) as fetcher:
        return await Entrances().fetch(Due("", column.url), column, partial(fetcher.fetch, render=column.render))
