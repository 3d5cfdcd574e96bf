"""What was found at an address that somebody wants watched: a column, and the first article of its list."""

from __future__ import annotations

from dataclasses import dataclass, field

from crawler.items import Article, Column, Due, Link, Listing, Page, Source
from crawler.reading.recognise import NamedFeed, Signboard


@dataclass(frozen=True)
class Visit:
    """The first article of a list that could be read, and the page it stood on (None: in the list itself)."""

    link: Link
    article: Article
    page: Page | None


@dataclass(frozen=True)
class Found:
    """A column that can be watched: the page its list was read from and what that said."""

    column: Column
    page: Page
    listing: Listing
    board: Signboard
    feeds: tuple[NamedFeed, ...] = ()  # named by the page, and not what is watched


@dataclass(frozen=True)
class Tried:
    """What came of reading a list's first articles."""

    visit: Visit | None = None
    failed: list[str] = field(default_factory=list)


def due_of(source: Source, column: Column, link: Link) -> Due:
    """The visit that ``link`` asks for."""
    listed = link.published
    return Due(
        source.key(column),
        link.fetch_url or link.url,
        key=link.key,
        title=link.title,
        text=link.text,
        shown=link.url,
        published=listed.at if listed else None,
        published_precision=listed.precision if listed else None,
    )
