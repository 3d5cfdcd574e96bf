"""What stands behind an address: the family of its CMS, the feeds that a page names, and what it calls itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from crawler.reading.address import join, url_key
from crawler.reading.articles.clean import tidy
from crawler.reading.articles.locate import parse
from crawler.reading.classes.page_class import oversized_tag
from crawler.reading.normalise import compared
from crawler.reading.terms import any_of, rules, terms

_FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml")
_NO_LIST = re.compile(r"comment|评论|回复", re.I)  # blogs name a feed of comments beside that of texts
_MOST_FEEDS = 10
_SEARCHED = 1_000_000  # characters of a page in which marks are looked for
_SEPARATOR = re.compile(r"\s*[_|｜丨–—»>]\s*|\s+(?:[-·]|::)\s+|-{1,2}(?=[^\x00-\x7f])")
_LONGEST = 60  # characters of a name
_META_SITE = ("sitename", "og:site_name", "application-name")
_PLATFORMS = frozenset(map(compared, ("微信公众平台", "首页", "网站首页", "home", "index")))


@dataclass(frozen=True, slots=True)
class NamedFeed:
    """A feed that a page names in its head."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Signboard:
    """What a page calls its site and the column it shows; "" where it says neither."""

    site: str = ""
    column: str = ""


def family(url: str, text: str) -> str:
    """The family of CMS, or the service, that made the page ``text`` at ``url``; "" when nothing gives it away."""
    found = rules("recognise", "url").search(url[:2048]) or rules("recognise", "page").search(text, 0, _SEARCHED)
    return (found.lastgroup or "") if found else ""


def is_bridge(url: str) -> bool:
    """Whether an address is that of a bridge which makes feeds of WeChat accounts."""
    return family(url, "") == "wechat"


def named_feeds(text: str, url: str) -> tuple[NamedFeed, ...]:
    """The feeds that the page ``text`` at ``url`` names (``link rel=alternate``), at most 10, none of comments."""
    root = None if oversized_tag(text) else parse(text)
    found: dict[str, NamedFeed] = {}
    for link in root.iter("link") if root is not None else ():
        kind, rel = (link.get("type") or "").partition(";")[0].strip().lower(), (link.get("rel") or "").lower().split()
        target = join(url, link.get("href") or "") if "alternate" in rel and kind in _FEED_TYPES else None
        title = tidy(link.get("title") or "")[:_LONGEST]
        if target and not _NO_LIST.search(f"{title} {target}"):
            found.setdefault(url_key(target), NamedFeed(title, target))
    return tuple(found.values())[:_MOST_FEEDS]


def signboard(text: str) -> Signboard:
    """What the page ``text`` calls its site and itself: in the meta tags of governments' sites, else in its title."""
    root = None if oversized_tag(text) else parse(text)
    if root is None:
        return Signboard()
    meta: dict[str, str] = {}
    for tag in root.iter("meta"):
        name = (tag.get("name") or tag.get("property") or "").strip().lower()
        meta.setdefault(name, tidy(tag.get("content") or "")[:_LONGEST])
    parts = [p for p in _SEPARATOR.split(tidy(root.findtext(".//title") or "")) if p and len(p) <= _LONGEST]
    site = next((meta[m] for m in _META_SITE if _is_name(meta.get(m, ""))), "")
    site = site or next((p for p in reversed(parts) if _is_name(p)), "")
    columns = (meta.get("columnname", ""), *parts[:1])
    return Signboard(site, next((c for c in columns if _is_name(c) and compared(c) != compared(site)), ""))


def account_name(title: str) -> str:
    """The account that a bridge's feed is of: its ``title`` without the name of the bridge."""
    return next(_without_bridge(tidy(title)[:200]), "")[:_LONGEST]


def _without_bridge(title: str) -> Iterator[str]:
    bridge = any_of(terms("recognise")["bridge_names"])
    yield from (p for p in _SEPARATOR.split(title) if p and not bridge.fullmatch(p))


def _is_name(text: str) -> bool:
    return bool(compared(text)) and compared(text) not in _PLATFORMS
