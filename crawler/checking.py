"""What a look at a column, a page or a document would read and understand, for a person; nothing is changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from crawler import archive, platforms
from crawler.adding import recording
from crawler.adding.found import due_of
from crawler.carriers import stranger
from crawler.configuration import Configuration
from crawler.entrance import fetch_list
from crawler.exceptions import FenghuoError, Unreadable
from crawler.explaining import asked, explained
from crawler.fetch import fetch_page
from crawler.items import Article, Column, Link, Listing, Page, PageClass, Source
from crawler.reading.articles import boilerplate
from crawler.store.watch import house


@dataclass(frozen=True)
class Reading:
    """An article and who carried it (None: nobody that the catalogue knows)."""

    article: Article
    source: Source | None
    column: Column | None = None


def kept(configuration: Configuration, found: Iterable[archive.Document | archive.Bad]) -> Iterator[Reading]:
    """Documents out of an archive, read.  Raises Unreadable."""
    for document in found:
        if isinstance(document, archive.Bad):
            raise Unreadable(f"{document.where}: {document.reason}")
        read = archive.read(document, configuration.catalogue)
        yield Reading(read.article, read.source)


async def check_page(configuration: Configuration, url: str, articles: int) -> dict[str, Any]:
    """An article, or a list that nobody has configured and its first ``articles``.  Raises FetchError."""
    page = await fetch_page(configuration.settings, url)
    read, nobody = archive.read_page(page, configuration.catalogue), stranger(page.url)
    if read.article.page_class is not PageClass.ARTICLE:
        (column,) = nobody.column
        listing = platforms.read_list(page, nobody, column)
        if listing.links:
            return await _check_list(configuration, nobody, column, page, listing, articles)
    return check_article(configuration, Reading(read.article, read.source))


async def check_column(configuration: Configuration, source: Source, column: Column, articles: int) -> dict[str, Any]:
    """One look at a column and visits to its first ``articles``; a failure is a result, so that others are shown.

    Where the column's pages were recorded, these are read again too, and the site is compared with them.
    """
    named: dict[str, Any] = {"column": source.key(column)}
    if recorded := recording.recorded(configuration.settings, source, column):
        named |= {"recorded": recording.broken(recorded, source, column)}
    try:
        page = await fetch_list(configuration.settings, column)
        listing = platforms.read_list(page, source, column)
        named |= {"changed": recording.changed(recorded, listing)} if recorded else {}
        return named | await _check_list(configuration, source, column, page, listing, articles)
    except FenghuoError as e:
        return named | {"url": column.url, "understood": False, "page_class": None, "why": str(e)}


def check_article(configuration: Configuration, reading: Reading) -> dict[str, Any]:
    """What an article says, and what was cut from its page and why."""
    article = _without_learnt(configuration, reading)
    understood = article.page_class is PageClass.ARTICLE
    about = {"url": article.url, "understood": understood, "page_class": article.page_class, "why": article.why}
    if not understood:
        return about
    details = {
        "source": reading.source and reading.source.id,
        "claimed": article.claimed,
        "cuts": [c.line for c in article.cuts],
        "cut_by": [c.rule for c in article.cuts],
    }
    return about | details | explained(configuration, article, reading.source, reading.column)


async def _check_list(
    configuration: Configuration, source: Source, column: Column, page: Page, listing: Listing, articles: int
) -> dict[str, Any]:
    """What a list says, and what its first articles say."""
    read = [await _followed(configuration, source, column, link) for link in listing.links[:articles]]
    understood = listing.page_class in (PageClass.LIST, PageClass.FEED) and bool(listing.links)
    return {
        "url": page.url,
        "status": page.status,
        "understood": understood and all(a["understood"] for a in read),
        "page_class": listing.page_class,
        "why": listing.why,
        "links": [_link(link) for link in listing.links],
        "articles": read,
    }


async def _followed(configuration: Configuration, source: Source, column: Column, link: Link) -> dict[str, Any]:
    """What the article of a link says; that it cannot be had is a result too."""
    try:
        return check_article(configuration, await _follow(configuration, source, column, link))
    except FenghuoError as e:
        return {"url": link.url, "understood": False, "page_class": None, "why": str(e)}


async def _follow(configuration: Configuration, source: Source, column: Column, link: Link) -> Reading:
    """Read the article of a link, from the list itself where that carried it."""
    due = due_of(source, column, link)
    page = Page(link.url, 200, b"") if link.text else await fetch_page(configuration.settings, due.url)
    return Reading(platforms.read_article(page, source, column, due), source, column)


def _link(link: Link) -> dict[str, Any]:
    return {"url": link.url, "title": link.title, "published": link.published and link.published.at}


def _without_learnt(configuration: Configuration, reading: Reading) -> Article:
    """The article without what has been learnt of its source's house text, where there is a store that can tell."""
    article, source = reading.article, reading.source
    if source is None:
        return article
    return asked(configuration, lambda tx: boilerplate.without(article, house.learnt(tx, source.id)), article)
