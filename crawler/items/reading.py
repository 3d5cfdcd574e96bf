"""A page understood."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from crawler.items.fetching import Due, Page
from crawler.items.vocabulary import PageClass

Precision = Literal["day", "minute", "second"]
Basis = Literal["origin", "carrier", "url"]


@dataclass(frozen=True, slots=True)
class Published:
    """When a publisher says a text appeared: RFC 3339 with the publisher's offset, and how well that is known."""

    at: str
    precision: Precision
    basis: Basis = "origin"


@dataclass(frozen=True, slots=True)
class Link:
    """One item of a list: where an article can be read, and what the list says of it."""

    url: str  # for people
    key: str  # canonical identity, reading.address.url_key(); a feed entry's own id where links repeat
    title: str
    published: Published | None = None
    fetch_url: str | None = None  # for machines, where it differs (JSON platforms)
    text: str | None = None  # HTML of the article where the list carries it (feeds)


@dataclass(frozen=True, slots=True)
class Listing:
    """A list page understood.  ``page_class`` is LIST or FEED, or what stood in its place (then ``why`` says so)."""

    page_class: PageClass
    links: tuple[Link, ...] = ()
    why: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Article:
    """An article page understood.  ``page_class`` is ARTICLE, or what stood in its place (then ``why`` says so)."""

    page_class: PageClass
    url: str
    key: str
    title: str = ""
    body: str = ""  # the publisher's own words, one paragraph a line
    language: str = "zh-CN"
    published: Published | None = None
    claimed: str | None = None  # the name after 来源：, if the page names one
    text_hash: str = ""  # of title-free normalised text; "" when too short to identify anything
    aliases: tuple[str, ...] = ()  # other keys of the same page (WeChat short and long form)
    cuts: tuple[str, ...] = ()  # lines removed as house text, for `check --explain-cuts`
    why: str = ""


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer on its way into the pipelines."""

    due: Due
    page: Page


@dataclass(frozen=True, slots=True)
class Understood:
    """An answer that was read: a look's listing, a visit's article, or None for an article that is as it was."""

    due: Due
    page: Page
    reading: Listing | Article | None
