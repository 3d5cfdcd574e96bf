"""Web pages, the platform of a column that names none: links and articles are inferred, or named by selectors."""

from __future__ import annotations

from crawler.items import Article, Column, Due, Listing, Model, Page, PageClass, Source
from crawler.platforms import feed
from crawler.platforms.articles import on_page
from crawler.reading.charset import decode
from crawler.reading.classes.page_class import classify_page, led_home
from crawler.reading.lists.links import infer_links
from crawler.reading.lists.list_further import linked_page


class Options(Model):
    """This platform needs none: ``links``, ``body``, ``title`` and ``published`` are keys of the column itself."""


def read_list(page: Page, source: Source, column: Column) -> Listing:
    """The items of a list page; a feed at the column's address is read as one."""
    text = decode(page.body, page.declared_charset)
    page_class, why = classify_page(page, text)
    if page_class is PageClass.FEED:
        return feed.read_entries(page, source, feed.Options())
    if page_class is not PageClass.UNKNOWN:
        return Listing(page_class, why=why)
    if away := led_home(column.url, page.url):
        return Listing(PageClass.MOVED, why=away)
    links = infer_links(text, page.url, column.links, source.timezone, fetched_at=page.fetched_at)
    return Listing(PageClass.LIST, links) if links else _without_links(text, page, source, column)


def read_article(page: Page, source: Source, column: Column, due: Due) -> Article:
    """The article on a page."""
    return on_page(page, source, column, due)


def next_page(page: Page) -> str | None:
    """The page with the list's older items, where this one leads there."""
    return linked_page(decode(page.body, page.declared_charset), page.url)


def _without_links(text: str, page: Page, source: Source, column: Column) -> Listing:
    if not column.links:
        return Listing(PageClass.LIST, why="no group of links on the page is titled, dated and addressed like articles")
    others = infer_links(text, page.url, None, source.timezone, fetched_at=page.fetched_at)
    why = f"links = {column.links!r} matches nothing; without it {len(others)} items would be inferred"
    return Listing(PageClass.LIST, why=why, inferred=others)
