"""What an address that somebody wants watched offers: its platform, its list, its first article, its name."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from urllib.parse import urlsplit

from crawler import platforms
from crawler.adding.found import Found, Tried, Visit, due_of
from crawler.archive import read_page
from crawler.carriers import stranger
from crawler.config.catalogue import Catalogue
from crawler.config.settings import Settings
from crawler.exceptions import FenghuoError, FetchError, Unreadable
from crawler.fetch import Fetcher
from crawler.items import Column, Due, Link, Listing, Page, PageClass, Source
from crawler.platforms.json import load
from crawler.platforms.json_shape import infer_options
from crawler.reading.charset import decode
from crawler.reading.lists.list_addresses import is_document
from crawler.reading.recognise import NamedFeed, Signboard, account_name, family, named_feeds, signboard
from crawler.reading.wechat import is_wechat

Look = Callable[[str], Awaitable[Page]]
_LISTS = (PageClass.LIST, PageClass.FEED)
_TRIED = 3  # articles, until one is read
_FEEDS = 2  # of those that a page names
_COMPARED = 10  # links of a page that a feed of the same list must carry half of
_GENERAL = ("html", "feed", "json", "wechat")


async def scout(look: Look, url: str, catalogue: Catalogue) -> Found:
    """The best way to watch the list at ``url``.  Raises FetchError, and Unreadable that says what stands there."""
    page = await look(url)
    text = decode(page.body, page.declared_charset)
    here = max([found async for found in _here(look, url, page, text)], key=_worth)
    feeds = named_feeds(text, page.url)
    for named in feeds[:_FEEDS]:
        if (same := await _feed(look, named)) and _carries(same.listing, here.listing):
            board = replace(here.board, site=here.board.site or same.board.site)
            return replace(same, board=board, feeds=tuple(f for f in feeds if f != named))
    if not _worth(here):
        raise Unreadable(f"{url}: no list of articles: {_seen(page, here.listing, catalogue)}")
    return replace(here, feeds=feeds)


async def first_article(look: Look, source: Source, found: Found) -> Tried:
    """Read the list's first article, or the next where that cannot be; of a feed in the entry where its page cannot."""
    tried = Tried()
    links = [link for link in found.listing.links if not is_document(link.url)] or list(found.listing.links)
    for link in links[:_TRIED]:
        try:
            visit = await _visit(look, source, found.column, link)
        except FetchError as e:
            return replace(tried, failed=[*tried.failed, str(e)])
        if visit.article.page_class is PageClass.ARTICLE:
            return Tried(visit, tried.failed)
        tried.failed.append(f"{link.url}: {visit.article.page_class}: {visit.article.why}")
    return tried


def in_entries(source: Source, found: Found) -> Found | None:
    """``found`` with its articles read in the feed's entries; None where it is no feed that carries them."""
    if found.column.platform not in ("feed", "wechat"):
        return None
    column = found.column.model_copy(update={"options": {"article": "entry"}})
    listing = platforms.read_list(found.page, source, column)
    whole = bool(listing.links) and all(link.text for link in listing.links)
    return replace(found, column=column, listing=listing) if whole else None


@asynccontextmanager
async def looking(settings: Settings, *, render: bool = False) -> AsyncIterator[Look]:
    """One client for all requests of a command, so that politeness and robots.txt hold between them.

    ``render``: pages as a browser shows them.
    """
    async with Fetcher(settings) as fetcher:
        yield lambda url: fetcher.fetch(Due(column="", url=url), render=render)


async def _visit(look: Look, source: Source, column: Column, link: Link) -> Visit:
    fetched = None if link.text else await look(link.fetch_url or link.url)
    due = due_of(source, column, link)
    return Visit(link, platforms.read_article(fetched or Page(link.url, 200, b""), source, column, due), fetched)


async def _here(look: Look, url: str, page: Page, text: str) -> AsyncIterator[Found]:
    """Every way in which the page itself can be read as a list, the most telling first."""
    same = urlsplit(url).query == urlsplit(page.url).query  # a query that only a redirect added may be a token
    at, board = page.url if same else url, signboard(text)
    for column in _columns(at, page, text):
        listed = page
        if elsewhere := platforms.entrance(page, column):
            try:
                listed = await look(elsewhere)
            except FetchError:
                continue
        listing = platforms.read_list(listed, stranger(at), column)
        yield _as_feed(column, listed, listing) or Found(column, listed, listing, board)


def _columns(url: str, page: Page, text: str) -> Iterator[Column]:
    """The columns by which the page at ``url`` may be read: as what its marks say, as HTML, as JSON."""
    known = family(url, text)
    if known in platforms.PLATFORMS and known not in _GENERAL:
        yield Column(url=url, platform=known)
    yield Column(url=url)
    if text.lstrip("\ufeff \t\r\n")[:1] in ("{", "["):
        yield Column(url=url, platform="feed")
        if options := _json_options(page, text):
            yield Column(url=url, platform="json", options=options)


def _json_options(page: Page, text: str) -> dict[str, object]:
    try:
        options = infer_options(load(text), "Asia/Shanghai", page.fetched_at)
    except ValueError:
        return {}
    return options.model_dump(exclude_defaults=True, exclude_none=True) if options else {}


def _as_feed(column: Column, page: Page, listing: Listing) -> Found | None:
    """A feed, of WeChat accounts where its articles are at mp.weixin.qq.com; None for other lists."""
    if listing.page_class is not PageClass.FEED:
        return None
    if sum(is_wechat(link.url) for link in listing.links) > len(listing.links) / 2:
        column = Column(url=column.url, platform="wechat")
        own = platforms.read_list(page, stranger(column.url), column)
        return Found(column, page, own, Signboard(account_name(listing.title)))
    return Found(Column(url=column.url, platform="feed"), page, listing, Signboard(listing.title))


async def _feed(look: Look, named: NamedFeed) -> Found | None:
    """The feed that a page names, if it can be had."""
    column = Column(url=named.url, platform="feed")
    try:
        page = await look(named.url)
    except FetchError:
        return None
    return _as_feed(column, page, platforms.read_list(page, stranger(named.url), column))


def _carries(feed: Listing, page: Listing) -> bool:
    """Whether a feed is one of the list on the page: it carries half of its first links, if it has any."""
    first = [link.key for link in page.links[:_COMPARED]]
    common = sum(link.key in first for link in feed.links)
    return bool(feed.links) and 2 * common >= len(first)


def _worth(found: Found) -> int:
    """How many items a way of reading finds; of equal ways the first counts."""
    return len(found.listing.links) if found.listing.page_class in _LISTS else 0


def _seen(page: Page, listing: Listing, catalogue: Catalogue) -> str:
    """What stands at an address that is no list."""
    if listing.page_class is PageClass.CHALLENGE:
        return f"a challenge, which Fenghuo never solves ({listing.why}); look for a feed or a mirror"
    if listing.page_class is not PageClass.LIST:
        return f"{listing.page_class}: {listing.why}"
    try:
        article = read_page(page, catalogue).article
    except FenghuoError:
        return listing.why
    if article.page_class is PageClass.ARTICLE:
        return f"this is an article, “{article.title[:60]}” (fenghuo submit reads one); add the list it stands in"
    return listing.why
