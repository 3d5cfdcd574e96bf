"""Where links stand on a page: under which tags and classes, in which list or table, in or beside navigation."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection
from functools import cache, lru_cache
from itertools import islice, pairwise
from typing import Any, NamedTuple

from crawler.reading.lists.list_rows import words_of
from crawler.reading.terms import terms

FRAME, SIDE = 0.1, 0.7
"""How likely titles in navigation and beside the list are items."""
_WRAPPER = 0.8  # of a page's links: an element holding so many is no side of it, whatever its class says
_MAX_COLUMNS = 9  # of a table that are told apart


def places(links: Collection[Any]) -> dict[Any, Place]:
    """The place of each link."""
    known = _Places()
    where = {a: known.of(a) for a in links}
    around = Counter(place.marked for place in where.values() if place.marked is not None)
    if wrappers := {e for e, n in around.items() if n > _WRAPPER * len(where)}:
        known = _Places(frozenset(wrappers))
        where = {a: known.of(a) for a in links}
    return where


def heading_above(block: Any) -> str:
    """The short text just before a block, or before what it stands in."""
    for e in (block, *islice(block.iterancestors(), 2)):
        for before in islice(e.itersiblings(preceding=True), 2):
            text = " ".join(" ".join(islice(before.itertext(), 12)).split())
            if text:
                return text if len(text) <= 24 else ""
    return ""


class Place(NamedTuple):
    """A place on a page, and what it says of the links that stand there."""

    path: int  # the same for the same tags and classes
    region: float
    marked: Any = None  # the outermost element that is called a side or a frame
    container: Any = None  # the innermost ``ul``, ``dl`` or table


class _Places:
    """The places of elements; what is above several links is looked at once."""

    def __init__(self, ignored: frozenset[Any] = frozenset()) -> None:
        self._known: dict[Any, Place] = {}
        self._paths: dict[tuple[int, str], int] = {}
        self._ignored = ignored

    def of(self, element: Any) -> Place:
        todo = []
        while element is not None and element not in self._known:
            todo.append(element)
            element = element.getparent()
        place = self._known[element] if element is not None else Place(0, 1.0)
        for e in reversed(todo):
            place = self._known[e] = self._below(place, e)
        return place

    def _below(self, above: Place, e: Any) -> Place:
        tag = e.tag if isinstance(e.tag, str) else ""
        name, region = _step(tag, e.get("class", ""), e.get("id", ""))
        if tag in ("td", "th"):  # a column of a table is a place of its own
            name += str(sum(1 for _ in islice(e.itersiblings(preceding=True), _MAX_COLUMNS)))
        path = self._paths.setdefault((above.path, name), len(self._paths) + 1)
        container = e if tag in _CONTAINERS else above.container
        if region == 1.0 or e in self._ignored:
            return Place(path, above.region, above.marked, container)
        return Place(path, min(above.region, region), above.marked if above.marked is not None else e, container)


_CONTAINERS = frozenset(("ul", "ol", "dl", "table"))
_ITEM_TAGS = frozenset(("li", "tr", "dd", "dt", "article", "td", "th", "b", "strong", "font"))


@lru_cache(maxsize=4096)
def _step(tag: str, classes: str, name: str) -> tuple[str, float]:
    """What tag and classes say of a place: its name, without what differs from item to item, and its region."""
    words = [*words_of(tag), *words_of(classes[:200]), *words_of(name[:100])] if tag not in ("html", "body") else []
    pairs = {f"{a}-{b}" for a, b in pairwise(words)}
    region = FRAME if _words("frame") & {*words} else SIDE if _words("side") & {*words, *pairs} else 1.0
    if tag in _ITEM_TAGS:
        return tag, region
    kept = sorted(re.sub(r"\d+", "#", c) for c in classes.split() if c.lower() not in _words("marks"))
    return ".".join((tag, *kept)), region


@cache
def _words(name: str) -> frozenset[str]:
    return frozenset(terms("lists")[name])
