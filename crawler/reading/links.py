"""The items of a list page, found without a selector: links that look alike, are titled like articles and are dated."""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from lxml import etree
from lxml.cssselect import CSSSelector

from crawler.items import Link
from crawler.reading.address import join, url_key
from crawler.reading.list_dates import printed_date
from crawler.reading.page_class import oversized_tag

MAX_ITEMS = 500  # links taken from one list; the largest real list has 270 (adcc.gov.hk)
MAX_URL = 2048  # characters; browsers and servers agree on no more
_MAX_ANCHORS = 20_000  # anchors looked at: bounds the work on a page of 100,000 links
_SAMPLE = 40  # anchors of a group that are judged
_CLIMB = 6  # levels from an anchor to the element of its item
_MAX_TITLE = 500  # characters

_GOOD_ENOUGH = 0.5  # a group below it is navigation; tried on the development corpus and 50 replayed sites
_GOOD_ENOUGH_ALONE = 0.9  # one or two links are a list only when everything speaks for it
_AS_GOOD = 0.8  # of the best group's quality: another block of the same list
_TITLED = 0.3  # mean of `_titled` below which links are labels
_LABEL_WIDTH, _TITLE_WIDTH = 8, 16  # columns: four Chinese characters are a label, eight are a title
_ANY_TIME = 4e9  # POSIX seconds; for asking whether there is a date at all

_ANCHOR = re.compile(rb"<[aA]\s")
_FEED_ITEM = re.compile(rb"<(?:item|entry)[\s>]")
_NOT_TITLE = re.compile(
    r"(?:更多(?:内容)?|详[细情]|查看|阅读全文|首页|[上下]一?页|[末尾]页|more|read more|details|next|previous)[\s>»›]*",
    re.I,
)
_CUT = re.compile(r"\s*(?:…|\.{2,}|·{3,})+$")
_DATE = r"(?:19|20)\d\d[-/.]\d{1,2}[-/.]\d{1,2}(?:\s+\d{1,2}:\d\d(?::\d\d)?)?"
_DATED_TITLE = re.compile(rf"^[\[(（【]?\s*{_DATE}(?:\s*[\])）】]|\s)\s*|\s*(?:[\[(（【]\s*|\s){_DATE}\s*[\])）】]?$")
_ARTICLE = re.compile(
    r"(?:19|20)\d\d[-/_.]?(?:0?[1-9]|1[0-2])(?!\d{3})|\d{5,}|[0-9a-f]{16,}|/\d+\.[sx]?html?$|[?&]\w{0,10}id=\w+"
    r"|(?:post|art|article|content|detail|info|show|view)[-_/]?\d+|(?:[a-z0-9]+-){3,}[a-z0-9]+|/s/[\w-]{22}",
    re.I,
)
_INDEX = re.compile(r"(?:/|/index(?:_\d+)?\.\w+)$")
_LONG_FOLDER = re.compile(r"/\d{8,}/(?:index\.\w+)?$")  # easysite: one folder an article
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|\d+|[\u4e00-\u9fff]+")

_FRAME = ("nav", "navbar", "menu", "foot", "footer", "crumb", "crumbs", "breadcrumb", "sitemap", "friend")
_SIDE = ("side", "sidebar", "aside", "hot", "rank", "ranking", "related", "recommend", "tj", "widget")
_REGIONS = {**dict.fromkeys(_FRAME, 0.1), **dict.fromkeys(_SIDE, 0.7)}
"""Words of a tag, class or id, and how likely titles inside such an element are those of the list."""
_MARKS = frozenset(("first", "last", "odd", "even", "cur", "current", "active", "on", "line", "top", "red", "bold"))
_ITEM_TAGS = frozenset(("li", "tr", "dd", "dt", "article", "td", "b", "strong", "font"))


def anchors_fingerprint(body: bytes) -> str:
    """A hash of what a list links to: the anchors of an HTML page with their texts, so that a counter, clock or token
    outside them does not count.

    A feed counts from its first entry on (its head is stamped at every request), anything else as a whole.
    """
    head = body[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith(b"<") and (b"<html" in head or not head.startswith((b"<?xml", b"<rss", b"<feed", b"<rdf"))):
        body = body.lower() if b"</A" in body else body
        if anchors := _ANCHOR.split(body)[1:]:
            body = b"\0".join(a.partition(b"</a")[0] for a in anchors)
    elif head.startswith(b"<") and (item := _FEED_ITEM.search(body)):
        body = body[item.start() :]
    return hashlib.sha256(body).hexdigest()[:32]


def parse_html(html: str) -> Any:
    """The tree of an HTML text, or None if there is nothing in it or a tag is too large to be honest."""
    if oversized_tag(html):
        return None
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        return etree.fromstring(html.encode("utf-8", "replace"), parser)
    except etree.LxmlError:
        return None


def infer_links(
    html: str, base_url: str, selector: str | None, timezone: str, *, fetched_at: float = 0.0
) -> tuple[Link, ...]:
    """The items of a list page in document order, at most 500, without navigation.

    ``selector`` (CSS) names them where inference fails: anchors, or elements that hold one.  ``fetched_at`` (POSIX
    seconds) gives dates printed without a year theirs.  A page without items, and one that cannot be parsed, has none.
    """
    tree = parse_html(html)
    if tree is None:
        return ()
    base = next((b for b in (join(base_url, e.get("href", "")) for e in tree.iter("base")) if b), base_url)
    chosen = _selected(tree, selector) if selector else _inferred(tree, base)
    return tuple(_links(list(islice(chosen, 4 * MAX_ITEMS)), base, timezone, fetched_at))


def _selected(tree: Any, selector: str) -> Iterator[Any]:
    for element in CSSSelector(selector, translator="html")(tree):
        if element.tag == "a":
            yield element
        elif inside := [a for a in element.iter("a") if a.get("href")]:
            yield max(inside, key=lambda a: _width(_title(a)))


# --------------------------------------------------------------------------------------------------------------------
# Which anchors are items


@dataclass(slots=True)
class _Group:
    """Anchors at the same kind of place."""

    anchors: list[Any]
    region: float
    quality: float = 0.0
    size: int = 0  # addresses, at most `_SAMPLE`

    @property
    def score(self) -> float:
        """Quality, then number; a list of 20 is not twice as good as one of 10."""
        return self.quality * math.log2(1 + self.size)


def _inferred(tree: Any, base: str) -> Iterator[Any]:
    groups = _groups(tree)
    for group in groups:
        _judge(group, base)
    good = [g for g in groups if g.quality >= (_GOOD_ENOUGH if g.size > 2 else _GOOD_ENOUGH_ALONE)]
    if not good:
        return iter(())
    best = max(good, key=lambda g: g.score)
    taken = [g for g in good if g is best or (g.quality >= _AS_GOOD * best.quality and g.size > 2)]
    members = {a for g in taken for a in g.anchors}
    return (a for a in tree.iter("a") if a in members and _is_item(a))


def _groups(tree: Any) -> list[_Group]:
    places: dict[Any, tuple[str, float]] = {}
    found: dict[str, _Group] = {}
    for a in islice(tree.iter("a"), _MAX_ANCHORS):
        if a.get("href"):
            signature, region = _place(a, places)
            found.setdefault(signature, _Group([], region)).anchors.append(a)
    return list(found.values())


def _place(element: Any, known: dict[Any, tuple[str, float]]) -> tuple[str, float]:
    """The path of tags and classes to an element, and how likely that region holds items."""
    todo = []
    while element is not None and element not in known:
        todo.append(element)
        element = element.getparent()
    path, region = known[element] if element is not None else ("", 1.0)
    for e in reversed(todo):
        name, weight = _step(e.tag if isinstance(e.tag, str) else "", e.get("class", ""), e.get("id", ""))
        path, region = f"{path}/{name}", min(region, weight)
        known[e] = path, region
    return path, region


@lru_cache(maxsize=4096)
def _step(tag: str, classes: str, name: str) -> tuple[str, float]:
    words = [w.lower() for w in _WORD.findall(f"{tag} {classes[:200]} {name[:100]}")]
    weight = min((_REGIONS.get(w, 1.0) for w in words), default=1.0)
    if tag in _ITEM_TAGS:
        return tag, weight
    kept = sorted(re.sub(r"\d+", "#", c) for c in classes.split() if c.lower() not in _MARKS)
    return ".".join((tag, *kept)), weight


def _judge(group: _Group, base: str) -> None:
    """Set size and quality, 0 (navigation) to 1: titles long enough, dates beside them, addresses of articles."""
    told = _best_titled(group.anchors[:_SAMPLE])
    titled = sum(_titled(width) for width, _ in told) / len(told)
    if titled < _TITLED:
        return
    urls = [(u, a) for _, a in told if (u := join(base, a.get("href")))]
    group.size = len(urls)
    if not urls:
        return
    items = _items([a for _, a in urls])
    dated = sum(printed_date(_words_beside(items[a]), "UTC", _ANY_TIME) is not None for _, a in urls) / len(urls)
    articles = sum(_is_article(u) for u, _ in urls) / len(urls)
    near = sum(_same_site(u, base) for u, _ in urls) / len(urls)
    group.quality = (0.4 * titled + 0.3 * dated + 0.3 * articles) * group.region * (0.5 + 0.5 * near)


def _best_titled(anchors: list[Any]) -> list[tuple[int, Any]]:
    """For each address the anchor with the widest title, and that width: a picture may lead there too."""
    found: dict[str, tuple[int, Any]] = {}
    for a in anchors:
        width, href = _width(_title(a)), a.get("href")
        if href not in found or width > found[href][0]:
            found[href] = (width, a)
    return list(found.values())


def _titled(width: int) -> float:
    return min(1.0, max(0.0, (width - _LABEL_WIDTH) / (_TITLE_WIDTH - _LABEL_WIDTH)))


def _is_item(a: Any) -> bool:
    """Whether an anchor among items is one: a label before a title (``[专题]``) leads to a column."""
    return _titled(_width(_title(a))) >= 0.5 or _is_article(a.get("href"))


def _is_article(url: str) -> bool:
    parts = urlsplit(url)
    address = parts.path + ("?" + parts.query if parts.query else "")
    if _INDEX.search(address):
        return bool(_LONG_FOLDER.search(address))
    return bool(_ARTICLE.search(address))


def _same_site(url: str, other: str) -> bool:
    """Whether two addresses belong to one publisher: hosts share two labels, three under a ``gov.cn``."""
    host, base = urlsplit(url).hostname or "", urlsplit(other).hostname or ""
    a, b = host.split("."), base.split(".")
    labels = 3 if len(b) > 2 and len(b[-1]) == 2 and len(b[-2]) <= 3 else 2
    return host == base or (not b[-1].isdigit() and a[-labels:] == b[-labels:])


def _width(text: str) -> int:
    """Columns of a text: two for a Chinese character."""
    return sum(2 if c > "\u2e80" else 1 for c in text[:200])


# --------------------------------------------------------------------------------------------------------------------
# What an item says


def _links(anchors: list[Any], base: str, timezone: str, fetched_at: float) -> Iterator[Link]:
    """One link a key, with the longest title and the first date it has on the page."""
    items = _items(anchors)
    found: dict[str, Link] = {}
    for a in anchors:
        url, title = join(base, a.get("href", "")), _title(a)
        if not url or len(url) > MAX_URL or not title or _NOT_TITLE.fullmatch(title):
            continue
        key = url_key(url)
        if key not in found and len(found) == MAX_ITEMS:
            break
        other = found.get(key)
        if other is None or len(title) > len(other.title):
            words = [w for w in _words_beside(items[a]) if w.strip() not in title]
            date = (other and other.published) or printed_date(words, timezone, fetched_at)
            found[key] = Link(other.url if other else url, key, title, date)
    return iter(found.values())


def _items(anchors: list[Any]) -> dict[Any, Any]:
    """For each anchor the largest element, up to six levels above, that holds none of the others."""
    addresses: dict[Any, str | None] = {}
    for a in anchors:
        for element in _up(a):
            addresses[element] = a.get("href") if addresses.get(element, a.get("href")) == a.get("href") else None
    return {a: [e for e in _up(a) if addresses[e] is not None or e is a][-1] for a in anchors}


def _up(element: Any) -> Iterator[Any]:
    yield element
    yield from islice((e for e in element.iterancestors() if e.tag not in ("body", "html")), _CLIMB)


def _words_beside(item: Any) -> list[str]:
    """The pieces of text in an item; of the next element too, where dates stand after a ``dt`` or in a sibling."""
    pieces = [*islice(item.itertext(), 60), item.tail or ""]
    after = item.getnext()
    if after is not None and after.tag != "a" and after.find(".//a") is None:
        pieces += islice(after.itertext(), 5)
    return pieces


def _title(a: Any) -> str:
    heading = next((e for e in islice(a.iter(), 40) if _is_heading(e)), a)
    text = " ".join("".join(heading.itertext()).split())[:_MAX_TITLE]
    text = _DATED_TITLE.sub("", text) or text
    whole = " ".join(a.get("title", "").split())[:_MAX_TITLE]
    stem = _CUT.sub("", text)
    if whole and (not text or (stem and whole.startswith(stem) and len(whole) > len(stem))):
        return whole
    return text or next((" ".join(i.get("alt", "").split())[:_MAX_TITLE] for i in a.iter("img")), "")


def _is_heading(element: Any) -> bool:
    tag = element.tag
    return isinstance(tag, str) and (
        tag in ("h1", "h2", "h3", "h4", "h5", "h6") or (tag != "a" and "title" in element.get("class", "").lower())
    )
