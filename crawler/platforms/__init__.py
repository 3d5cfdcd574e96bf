"""What many sites have in common: how a list is read and where an article's text lies, one module a platform.

A platform is a module with ``Options`` (what ``[column.<platform>]`` may say), ``read_list``, ``read_article`` and
``next_page``; one whose pages only name the list has an ``entrance``.  Families of CMS are those of
`reading.recognise`; a module says only what inference cannot know.
Everything here is pure and picklable, since it runs in worker processes: a page goes in, an understanding comes out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from importlib import import_module
from typing import Protocol, cast

from pydantic import ValidationError

from crawler.exceptions import ConfigError
from crawler.items import Article, Column, Due, Link, Listing, Model, Page, Source
from crawler.platforms.articles import in_list, warm_up
from crawler.reading.address import url_key
from crawler.reading.documents import document_key, same_title

__all__ = [
    "PLATFORMS",
    "Platform",
    "check",
    "entrance",
    "has_entrance",
    "next_page",
    "read_article",
    "read_list",
    "warm_up",
]


class Platform(Protocol):
    """What a module of this package offers."""

    @property
    def Options(self) -> type[Model]:
        """What ``[column.<platform>]`` may say."""

    def read_list(self, page: Page, source: Source, column: Column) -> Listing:
        """The list on ``page``, or what stands in its place."""

    def read_article(self, page: Page, source: Source, column: Column, due: Due) -> Article:
        """The article on ``page``, or what stands in its place."""

    def next_page(self, page: Page) -> str | None:
        """The address of the page with the items older than those of the list page ``page``; None where none is."""


class _Platforms(Mapping[str, Platform]):
    """The modules by their names, each imported when it is first asked for: nine looks of ten read nothing."""

    _NAMES = (
        *("html", "feed", "json", "wechat"),
        *("number", "trs", "jpage", "jpaas", "gkmlpt", "ucap", "c_channel", "nfra", "xinhua", "easysite"),
    )

    def __getitem__(self, name: str) -> Platform:
        if name not in self._NAMES:
            raise KeyError(name)
        return cast(Platform, import_module(f"{__name__}.{name}"))

    def __contains__(self, name: object) -> bool:
        return name in self._NAMES

    def __iter__(self) -> Iterator[str]:
        return iter(self._NAMES)

    def __len__(self) -> int:
        return len(self._NAMES)


PLATFORMS: Mapping[str, Platform] = _Platforms()
_ENTRANCES = frozenset(("jpage", "jpaas", "gkmlpt", "c_channel", "nfra", "xinhua"))


def has_entrance(column: Column) -> bool:
    """Whether the page at the address of ``column`` may only name the list instead of holding it."""
    return column.platform in _ENTRANCES


def entrance(page: Page, column: Column) -> str | None:
    """The address of the list that ``page``, got at the address of ``column``, names; None where it holds the list."""
    if not has_entrance(column):
        return None
    found: str | None = import_module(f"{__name__}.{column.platform}").entrance(page)
    return found


def next_page(page: Page, column: Column) -> str | None:
    """The address of the page with the items older than those of the list page ``page``; None where none is."""
    return PLATFORMS[column.platform].next_page(page)


def read_list(page: Page, source: Source, column: Column) -> Listing:
    """The list on ``page``; ``page_class`` says what stood in its place, ``why`` what was left out and why.

    Each document that its CMS numbers is listed once, also where it stands under two addresses.
    """
    listing = PLATFORMS[column.platform].read_list(page, source, column)
    return replace(listing, links=_numbered(listing.links))


def _numbered(links: tuple[Link, ...]) -> tuple[Link, ...]:
    """The links with the numbers of their documents; of two that share number and title the first."""
    kept: list[Link] = []
    titles: dict[str, str] = {}
    for link in links:
        number = document_key(link.url) if link.key == url_key(link.url) else None
        if number is None or number not in titles:
            kept.append(replace(link, aliases=(number,)) if number else link)
            titles.setdefault(number or link.key, link.title)
        elif not same_title(link.title, titles[number]):
            kept.append(link)
    return tuple(kept)


def read_article(page: Page, source: Source, column: Column, due: Due) -> Article:
    """The article on ``page``, or in ``due.text`` where the list carried it; ``page_class`` says what it is."""
    if due.text is not None:
        return in_list(due.text, page, source, due)
    return PLATFORMS[column.platform].read_article(page, source, column, due)


def check(source: Source, column: Column) -> None:
    """Refuse what no page could make right: an unknown platform, a wrong option, a selector that is none.

    Raises ConfigError naming the column and the key.
    """
    where = source.key(column)
    if column.platform not in PLATFORMS:
        raise ConfigError(f"{where}: platform: unknown {column.platform!r}; there are {', '.join(sorted(PLATFORMS))}")
    if column.options or column.platform != "html":  # which has none to check, and need not be imported
        _check_options(where, column)
    for key in ("links", "body", "title", "published"):
        _check_selector(where, key, getattr(column, key))


def _check_options(where: str, column: Column) -> None:
    try:
        PLATFORMS[column.platform].Options.model_validate(column.options)
    except ValidationError as e:
        first = e.errors(include_url=False)[0]
        key = ".".join(map(str, (column.platform, *first["loc"])))
        said = "unknown key" if first["type"] == "extra_forbidden" else first["msg"].removeprefix("Value error, ")
        raise ConfigError(f"{where}: {key}: {said}") from e


def _check_selector(where: str, key: str, selector: str | None) -> None:
    if selector is None:
        return
    from lxml.cssselect import CSSSelector, SelectorError

    try:
        CSSSelector(selector, translator="html")
    except SelectorError as e:
        raise ConfigError(f"{where}: {key}: {selector!r} is not a CSS selector: {e}") from e
