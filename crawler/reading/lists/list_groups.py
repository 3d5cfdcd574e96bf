"""Which links of a page are the items of its list: those at alike places with titles, dates and articles' addresses."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from crawler.reading.lists.list_addresses import is_document, likely, publisher, shape
from crawler.reading.lists.list_places import SIDE, heading_above, places
from crawler.reading.lists.list_rows import (
    address,
    has_text,
    is_title,
    row_heading,
    rows,
    title,
    titled,
    width,
    words_beside,
)
from crawler.reading.terms import any_of, terms

_MAX_SEEN = 10_000  # looked at: bounds the work on a page of 100,000 links
MAX_LINKS = 2_000
"""Links taken for items: several may lead to one item, of which 500 are read from a list."""
_MAX_CLICKABLE = 300  # rows that are no anchors, each searched for one
_SAMPLE = 40  # links of a group that are judged
_GOOD_ENOUGH = 0.5  # a group below it is navigation; tried on the development corpus and 50 replayed sites
_GOOD_ENOUGH_ALONE = 0.9  # one or two links are a list only when everything speaks for it
_AS_GOOD, _AS_GOOD_ON_A_FRONT_PAGE = 0.8, 0.65  # of the best group's quality: another block of the same list
_TITLED = 0.3  # mean of `titled` below which links are labels
_NOT_LABELS = 0.4  # of a group's links: a column's or an office's name may stand beside each title
_FEW_DOCUMENTS = 4  # documents called "Minutes" or "June" are a list from this number on

_DATED = re.compile(
    r"(?:19|20)\d\d\s?[-/.年]\s?\d{1,2}(?:\s?[-/.月]\s?\d{1,2})?|^\W{0,3}\d\d[-/.]\d\d\W{0,3}$|\d{1,2}月\d{1,2}日|\d{1,2}/\d{1,2}/(?:20)?\d\d"
    r"|\d\s?(?:秒|分钟|小时|天|周|个?月)前|昨天|前天|\d\s(?:minutes?|hours?|days?|weeks?) ago"
    r"|(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]{0,6}\.?\s\d{1,2}(?:st|nd|rd|th)?,?\s(?:19|20)\d\d"
    r"|\d{1,2}\s(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]{0,6}\.?,?\s(?:19|20)\d\d",
    re.I,
)


@dataclass(frozen=True)
class Site:
    """What of a page decides how its links are judged."""

    base: str
    hrefs: dict[Any, str]  # every link and where it leads, in document order
    near: frozenset[str]  # sites whose articles are this publisher's
    heading: str  # the page's own title
    by_row: bool = False  # links called "more" or nothing are called what their row's heading says


@dataclass(slots=True, eq=False)
class _Group:
    """Links at the same kind of place."""

    links: list[Any]
    region: float
    quality: float = 0.0
    size: int = 0  # addresses, at most `_SAMPLE`
    dated: float = 0.0  # of its rows
    shapes: Counter[str] = field(default_factory=Counter)
    blocks: Counter[Any] = field(default_factory=Counter)  # elements its rows stand in

    @property
    def score(self) -> float:
        """Quality, then number; a list of 20 is not twice as good as one of 10."""
        return self.quality * math.log2(1 + self.size)


def item_links(tree: Any, base: str) -> list[Any]:
    """The links of a page that are items of its list, in document order; [] for a page of navigation only.

    Where no link is called like an article, links in rows that have a heading may be items, or rows that open something
    on a click.
    """
    site = _site(tree, base, tree.iter("a"))
    return (
        _items(site, tree)
        or _items(replace(site, by_row=True), tree)
        or _items(_site(tree, base, _clickable(tree)), tree)
    )


def _items(site: Site, tree: Any) -> list[Any]:
    groups = _groups(site)
    for group in groups:
        _judge(group, site)
    taken = _chosen(groups, site, tree)
    members = {a for g in taken for a in g.links}
    found = list(islice((a for a in site.hrefs if a in members and _is_item(a, site)), MAX_LINKS))
    return _documents(groups, site, found) or found


def _clickable(tree: Any) -> Iterator[Any]:
    """Rows that are no anchors and hold none, but name an address."""
    named = ("onclick", "data-href", "data-url", "data-link")
    rows_of = (e for e in tree.iter("li", "tr", "div", "dd", "p", "h3", "span") if any(e.get(n) for n in named))
    return (e for e in islice(rows_of, _MAX_CLICKABLE) if e.find(".//a[@href]") is None)


def _site(tree: Any, base: str, links: Iterator[Any]) -> Site:
    hrefs = {a: href for a in islice(links, _MAX_SEEN) if (href := address(a))}
    head = next(iter(tree.iter("title")), None)
    return Site(base, hrefs, _near(base, hrefs), "".join(head.itertext())[:200] if head is not None else "")


def _near(base: str, hrefs: dict[Any, str]) -> frozenset[str]:
    """The page's own site, and the one most of its links lead to (a copy lies elsewhere than its items)."""
    found = Counter(publisher(h) for h in islice(hrefs.values(), 1000) if "//" in h[:8])
    most, times = found.most_common(1)[0] if found else ("", 0)
    return frozenset({"", publisher(base), most if 2 * times > found.total() else ""})


def _is_near(href: str, site: Site) -> bool:
    """Whether an address is this publisher's, or an account's article, which any publisher may have written."""
    return "//" not in href[:8] or "//mp.weixin.qq.com/" in href[:30] or publisher(href) in site.near


def _groups(site: Site) -> list[_Group]:
    """Links by the tags and classes above them, and by the list or table they stand in."""
    found: dict[tuple[int, float], dict[Any, list[Any]]] = {}
    for a, place in places(site.hrefs).items():
        found.setdefault((place.path, place.region), {}).setdefault(place.container, []).append(a)
    return [_Group(links, region) for (_, region), blocks in found.items() for links in _apart(blocks)]


def _apart(blocks: dict[Any, list[Any]]) -> Iterator[list[Any]]:
    """The links of each ``ul`` or table by themselves where these hold several, the others together."""
    yield from (links for links in blocks.values() if len(links) > 2)
    if few := [a for links in blocks.values() if len(links) <= 2 for a in links]:
        yield few


# --------------------------------------------------------------------------------------------------------------------
# How much they are like items


def _judge(group: _Group, site: Site) -> None:
    """Set size and quality, 0 (navigation) to 1: titles long enough, dates beside them, addresses of articles."""
    all_told = _best_titled(group.links[:_SAMPLE], site)
    told = [(text, a) for text, a in all_told if titled(text) > 0 or likely(site.hrefs[a]) >= 0.5]
    group.size = len(told)
    if sum(titled(text) for text, _ in told) < _TITLED * group.size or group.size < _NOT_LABELS * len(all_told):
        return
    links = [a for _, a in told]
    reach = rows(links, site.hrefs)
    group.blocks = Counter(block for a in links if (block := reach[a].getparent()) is not None)
    group.dated = dated = _share(any(_DATED.search(p[:80]) for p in words_beside(reach[a])) for a in links)
    addressed = _share(likely(site.hrefs[a]) for a in links)
    near = _share(_is_near(site.hrefs[a], site) for a in links)
    region = min(group.region, SIDE if _beside(group.blocks, site) else 1.0)
    group.quality = (0.4 * _titles(told, dated) + 0.3 * dated + 0.3 * addressed) * region * (0.5 + 0.5 * near)
    group.shapes.update(shape(site.hrefs[a]) for a in links)


def _titles(told: Sequence[tuple[str, Any]], dated: float) -> float:
    """How much the links of a group have titles; what repeats is a label, unless a bulletin is called so every week."""
    if dated >= 0.8 and all(has_text(a) for _, a in told):
        return _share(titled(text) for text, _ in told)
    return sum(titled(text) for text in {text for text, _ in told}) / len(told)


def _share(values: Iterable[float]) -> float:
    """The mean; 0 of nothing."""
    counted = list(values)
    return sum(counted) / len(counted) if counted else 0.0


def _best_titled(links: Sequence[Any], site: Site) -> list[tuple[str, Any]]:
    """For each address the link with the widest title, and that title: a picture may lead there too."""
    found: dict[str, tuple[int, str, Any]] = {}
    reach = rows(links, site.hrefs) if site.by_row else {}
    for a in links:
        text = row_heading(reach[a]) if a in reach else title(a)
        columns = width(text) if is_title(text) else 0
        href = site.hrefs[a]
        if href not in found or columns > found[href][0]:
            found[href] = (columns, text if columns else "", a)
    return [(text, a) for _, text, a in found.values()]


def _is_item(a: Any, site: Site) -> bool:
    """Whether a link among items is one: a label before a title (``[专题]``) leads to a column."""
    text = title(a)
    if site.by_row and not is_title(text):
        return likely(site.hrefs[a]) >= 0.5
    return not text or (is_title(text) and (titled(text) >= 0.5 or likely(site.hrefs[a]) >= 0.5))


def _beside(blocks: Counter[Any], site: Site) -> bool:
    """Whether most links stand in blocks headed 点击排行 and the like, unless the page itself is called so."""
    headed = 0
    for block, n in blocks.most_common(20):
        found = _side_headings().search(heading_above(block))
        headed += n if found and found[0] not in site.heading else 0
    return 2 * headed > blocks.total()


@cache
def _side_headings() -> re.Pattern[str]:
    return any_of(terms("lists")["side_headings"])


# --------------------------------------------------------------------------------------------------------------------
# Which of them are the list


def _chosen(groups: Sequence[_Group], site: Site, tree: Any) -> list[_Group]:
    """The best group, other blocks nearly as good, and a headline above the list that is addressed like its items."""
    alone = 2.0 if site.by_row else _GOOD_ENOUGH_ALONE
    good = {g: None for g in groups if g.quality >= (_GOOD_ENOUGH if g.size > 2 else alone)}
    if not good:
        return []
    best = max(good, key=lambda g: g.score)
    front = _is_front_page(good, best, site, tree)
    as_good = _AS_GOOD_ON_A_FRONT_PAGE if front else _AS_GOOD
    return [
        g
        for g in groups
        if g is best
        or (
            g in good
            and g.size > 2
            and g.quality >= as_good * best.quality
            and (front or g.dated > 0.5 or _addressed(g, best))
        )
        or (g.size and g.region == 1.0 and _belongs(g, best))
    ]


def _belongs(group: _Group, best: _Group) -> bool:
    """Whether links belong to the best group: in the same block as its rows, or one or two addressed like its items."""
    inside = group.blocks.keys() <= best.blocks.keys()
    headline = group.size <= 2 and has_text(group.links[0]) and _addressed(group, best)
    return group.quality >= _GOOD_ENOUGH and (inside or headline)


def _addressed(group: _Group, best: _Group) -> bool:
    """Whether all of a group is addressed as most of the best group is: articles of one column are."""
    return group.shapes.keys() <= {shape for shape, n in best.shapes.items() if 2 * n > best.size}


def _is_front_page(good: Iterable[_Group], best: _Group, site: Site, tree: Any) -> bool:
    """Whether a page has many lists rather than one: the root of a site, or no sign of a column and no main list."""
    if not urlsplit(site.base).path.strip("/"):
        return True
    if 2 * len(best.links) > sum(len(g.links) for g in good):
        return False
    return not any(_column_marks().search(t) for t in _short_texts(tree))


def _short_texts(tree: Any) -> Iterator[str]:
    return (t for t in islice(tree.itertext(), 20_000) if 2 < len(t) < 200)


@cache
def _column_marks() -> re.Pattern[str]:
    return any_of(terms("lists")["column_marks"])


def _documents(groups: Sequence[_Group], site: Site, found: Sequence[Any]) -> list[Any]:
    """All documents outside navigation, where they are what the page lists, even when called "Minutes" or "June"."""
    if 2 * sum(is_document(site.hrefs[a]) for a in found) < len(found):
        return []
    inside = {a for g in groups if g.region == 1.0 for a in g.links if is_document(site.hrefs[a])}
    listed = inside.union(found)
    return [a for a in site.hrefs if a in listed] if len({site.hrefs[a] for a in inside}) >= _FEW_DOCUMENTS else []
