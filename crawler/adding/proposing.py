"""The source that could be made of an address: what its file would say, what would be read, what is worth knowing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from glob import glob
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zoneinfo import available_timezones

from crawler import platforms
from crawler.adding.found import Found, Tried, Visit
from crawler.adding.scouting import Look, first_article, in_entries, looking, scout
from crawler.carriers import carrier
from crawler.config.catalogue import Catalogue, host_of, load_catalogue
from crawler.config.settings import Settings
from crawler.exceptions import ConfigError
from crawler.items import Authority, Source
from crawler.judging.attribution.newcomer import inferred_authority, inferred_id, pretence, slug
from crawler.reading.address import url_key

_LETTERS = 0.95  # share of letters of ASCII in the titles of a list in English
_WECHAT = "https://mp.weixin.qq.com/"  # where the articles of a bridge's feed are


@dataclass(frozen=True)
class Wanted:
    """What whoever adds a source says of it; None is inferred."""

    url: str
    id: str | None = None
    name: str | None = None
    authority: str | None = None
    timezone: str | None = None
    render: bool = False  # look as a browser shows it, now and always


@dataclass(frozen=True)
class Proposal:
    """A source that could be added: what its file says, what would be read, and what is worth knowing."""

    data: dict[str, Any]
    source: Source
    found: Found
    visit: Visit | None
    notes: tuple[str, ...]

    def told(self, links: int | None = None, body: int | None = None) -> dict[str, Any]:
        """As JSON, with the first ``links`` of the list and ``body`` characters of the article (all)."""
        source, found = self.source, self.found
        column, article = source.column[0], self.visit and self.visit.article
        return {
            "id": source.id,
            "name": source.name,
            "authority": source.authority,
            "official": source.authority.official,
            "column": column.name,
            "url": column.url,
            "platform": column.platform,
            "page_class": found.listing.page_class,
            "links": [
                {"url": x.url, "title": x.title, "published": x.published and x.published.at}
                for x in found.listing.links[:links]
            ],
            "article": article
            and {
                "url": article.url,
                "title": article.title,
                "published": article.published and article.published.at,
                "published_precision": article.published and article.published.precision,
                "body": article.body[:body],
            },
            "notes": list(self.notes),
        }


def watched(settings: Settings) -> Catalogue:
    """The catalogue as it is before a source is added: a pattern may still name no file.  Raises ConfigError."""
    there = tuple(p for p in settings.sources if glob(p, recursive=True))
    return load_catalogue(settings.model_copy(update={"sources": there}), platforms.check)


def checked(wanted: Wanted, catalogue: Catalogue) -> Wanted:
    """``wanted``, if nothing in it is wrong whatever the page says.  Raises ConfigError."""
    if wrong := _wrong_address(wanted.url) or _wrong_word(wanted, catalogue) or _known(wanted.url, catalogue):
        raise ConfigError(wrong)
    return wanted


async def proposed(settings: Settings, catalogue: Catalogue, wanted: Wanted) -> Proposal:
    """Look at the address and at the first article of its list.  Raises FetchError, Unreadable, ConfigError."""
    async with looking(settings, render=wanted.render) as look:
        found = await scout(look, wanted.url, catalogue)
        if known := _known(found.column.url, catalogue):
            raise ConfigError(known)
        return await _proposal(look, wanted, found, catalogue)


async def _proposal(look: Look, wanted: Wanted, found: Found, catalogue: Catalogue) -> Proposal:
    """The list read as the source's, and its first article; of a feed in its entries where no page can be read."""
    data = _data(wanted, found, catalogue)
    source = Source.model_validate(data)
    column = source.column[0]
    found = replace(found, listing=platforms.read_list(found.page, source, column), column=column)
    tried = await first_article(look, source, found)
    if tried.visit is None and (inside := in_entries(source, found)):
        data = _data(wanted, inside, catalogue)
        found, source = inside, Source.model_validate(data)
        tried = replace(await first_article(look, source, inside), failed=tried.failed)
    return Proposal(data, source, found, tried.visit, _notes(source, found, tried))


def _wrong_address(url: str) -> str:
    if url.lower().endswith(".opml") and Path(url).is_file():
        return f"{url!r} is a list of subscriptions: fenghuo import {url} takes it in"
    return "" if url.isprintable() and host_of(url) else f"{url!r} is not an http(s) address"


def _wrong_word(wanted: Wanted, catalogue: Catalogue) -> str:
    id, authority, zone = wanted.id, wanted.authority, wanted.timezone
    if id is not None and (slug(id) != id or not id):
        return f"id {id!r}: small letters, digits and hyphens, at most 48"
    if id and id in catalogue.sources:
        return f"id {id!r} is already taken by {catalogue.sources[id].name}"
    if wanted.name is not None and not wanted.name.strip():
        return "the name is empty"
    if authority is not None and authority not in list(Authority):
        return f"authority {authority!r}: there are {', '.join(Authority)}"
    if zone is not None and zone not in available_timezones():
        return f"timezone {zone!r}: unknown (write Europe/London)"
    return ""


def _known(url: str, catalogue: Catalogue) -> str:
    """That a list is watched already, as which column; "" when it is not."""
    known = next((k for k, column in catalogue.columns.items() if url_key(column.url) == url_key(url)), "")
    return known and f"{url} is already watched as {known}"


def _data(wanted: Wanted, found: Found, catalogue: Catalogue) -> dict[str, Any]:
    """What the source's file says; the word of whoever adds it goes before the catalogue's, that before guesses."""
    at, column = found.column.url, found.column
    here = _at_home(found, catalogue)
    site = wanted.name or (here.name if here else "") or found.board.site or host_of(at)
    known = inferred_authority(_WECHAT if column.platform == "wechat" else at, [site])
    parts = urlsplit(at)
    homeless = host_of(at) in catalogue.homes or column.platform in ("feed", "json", "wechat")
    data: dict[str, Any] = {
        "id": wanted.id or inferred_id(at, catalogue.sources, site),
        "name": site.strip(),
        "homepage": None if homeless else f"{parts.scheme}://{parts.netloc}/",
        "authority": wanted.authority or (here.authority.value if here else known.value),
    }
    data["timezone"] = wanted.timezone or (here.timezone if here else None)
    data["language"] = here.language if here else "en" if _latin(found) else None
    if biz := _account(found):
        data["accounts"] = {data["name"]: biz}
    table: dict[str, Any] = {"id": "main", "name": found.board.column, "url": at, "platform": column.platform}
    table["render"] = wanted.render
    options = {column.platform: column.options} if column.options else {}
    return {k: v for k, v in data.items() if v} | {"column": [{k: v for k, v in table.items() if v} | options]}


def _at_home(found: Found, catalogue: Catalogue) -> Source | None:
    """The source at home at the list's host, if the page calls its site so or does not call it anything."""
    here = carrier(catalogue, found.column.url) if found.column.platform != "wechat" else None
    return here if here and found.board.site in ("", here.name, here.name_en, *here.aliases) else None


def _latin(found: Found) -> bool:
    """Whether the titles of a list are in letters only."""
    titles = "".join(link.title for link in found.listing.links)
    return bool(titles) and sum(map(str.isascii, titles)) > _LETTERS * len(titles)


def _account(found: Found) -> str | None:
    """The ``__biz`` of the one WeChat account that a bridge's feed is of, where its links give it."""
    said = {b for link in found.listing.links for b in parse_qs(urlsplit(link.url).query).get("__biz", ())}
    return said.pop() if found.column.platform == "wechat" and len(said) == 1 else None


def _notes(source: Source, found: Found, tried: Tried) -> tuple[str, ...]:
    """What whoever adds the source should know before it is written."""
    links = found.listing.links
    lies = "" if found.column.platform == "wechat" else pretence(found.column.url, [source.name, found.board.site])
    said = [
        lies and f"careful: {lies}",
        "no article could be read yet" if tried.visit is None else "",
        *tried.failed,
        "" if any(link.published for link in links) else "the list shows no dates; those of the articles count",
        found.listing.why,
        *(f"the page also names a feed: {f.url}" for f in found.feeds),
    ]
    return tuple(note for note in said if note)
