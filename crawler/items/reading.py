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
    aliases: tuple[str, ...] = ()  # other keys of the same article: the number its CMS gave it


@dataclass(frozen=True, slots=True)
class Further:
    """What further pages of a list held that appeared since the last look."""

    links: tuple[Link, ...] = ()
    why: str = ""  # more may have appeared than was found
    again: bool = False  # another look may find it


@dataclass(frozen=True, slots=True)
class Listing:
    """A list page understood.  ``page_class`` is LIST or FEED, or what stood in its place (then ``why`` says so)."""

    page_class: PageClass
    links: tuple[Link, ...] = ()
    why: str = ""
    title: str = ""
    further: Further = Further()
    inferred: tuple[Link, ...] = ()  # what would be its links without the column's selector, where that finds none
    odd: str = ""  # what is not as it used to be, though the list was read


@dataclass(frozen=True, slots=True)
class Claim:
    """A name that a page gives for the origin of its text, the words that give it, and the date these give for it."""

    name: str
    line: str = ""
    issued: Published | None = None  # of a newspaper's issue


@dataclass(frozen=True, slots=True)
class Attribution:
    """What a page says of the way its text took: origin, republishers, carrier."""

    claim: Claim | None = None  # the origin it names
    told: tuple[Claim, ...] = ()  # whose message the lead passes on, where a source of another name is only noted
    via: tuple[str, ...] = ()  # who else passed it on, the one nearest to the origin first
    site: tuple[str, ...] = ()  # what the page calls its own site; on a shared platform the account
    carrier: str = ""  # who carried it, by the word of whoever kept it


@dataclass(frozen=True, slots=True)
class Cut:
    """A line that was removed as house text, and the rule that removed it."""

    line: str
    rule: str


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
    attribution: Attribution = Attribution()
    text_hash: str = ""  # of title-free normalised text; "" when too short to identify anything
    aliases: tuple[str, ...] = ()  # other keys of the same page (WeChat short and long form)
    cuts: tuple[Cut, ...] = ()  # for `check --explain-cuts`
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
