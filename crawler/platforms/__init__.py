"""What many sites have in common: how a list is read and where an article's text lies, one module a platform.

A platform is a module with ``Options`` (what ``[column.<platform>]`` may say), ``read_list`` and ``read_article``.
Everything here is pure and picklable, since it runs in worker processes: a page goes in, an understanding comes out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from lxml.cssselect import CSSSelector, SelectorError
from pydantic import ValidationError

from crawler.exceptions import ConfigError
from crawler.items import Article, Column, Due, Listing, Model, Page, Source
from crawler.platforms import feed, html, json
from crawler.platforms.articles import in_list, warm_up

__all__ = ["PLATFORMS", "Platform", "check", "list_url", "read_article", "read_list", "warm_up"]


class Platform(Protocol):
    """What a module of this package offers."""

    @property
    def Options(self) -> type[Model]:
        """What ``[column.<platform>]`` may say."""

    def read_list(self, page: Page, source: Source, column: Column) -> Listing:
        """The list on ``page``, or what stands in its place."""

    def read_article(self, page: Page, source: Source, column: Column, due: Due) -> Article:
        """The article on ``page``, or what stands in its place."""


PLATFORMS: Mapping[str, Platform] = {"html": html, "feed": feed, "json": json}


def list_url(column: Column) -> str:
    """The address at which the list of ``column`` is fetched."""
    return column.url


def read_list(page: Page, source: Source, column: Column) -> Listing:
    """The list on ``page``; ``page_class`` says what stood in its place, ``why`` what was left out and why."""
    return PLATFORMS[column.platform].read_list(page, source, column)


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
    try:
        PLATFORMS[column.platform].Options.model_validate(column.options)
    except ValidationError as e:
        first = e.errors(include_url=False)[0]
        key = ".".join(map(str, (column.platform, *first["loc"])))
        said = "unknown key" if first["type"] == "extra_forbidden" else first["msg"].removeprefix("Value error, ")
        raise ConfigError(f"{where}: {key}: {said}") from e
    for key in ("links", "body", "title", "published"):
        _check_selector(where, key, getattr(column, key))


def _check_selector(where: str, key: str, selector: str | None) -> None:
    if selector is None:
        return
    try:
        CSSSelector(selector, translator="html")
    except SelectorError as e:
        raise ConfigError(f"{where}: {key}: {selector!r} is not a CSS selector: {e}") from e
