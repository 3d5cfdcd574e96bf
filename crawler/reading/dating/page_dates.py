"""Dates that a page's markup states apart from its line of facts: JSON-LD, scripts, `<time>`, labels anywhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

from lxml import etree

from crawler.items import Published
from crawler.reading.articles.clean import tidy
from crawler.reading.articles.jsonld import linked_data
from crawler.reading.articles.locate import Element, text_of
from crawler.reading.dating.dates import as_day, from_field, local_day
from crawler.reading.normalise import compared
from crawler.reading.terms import terms

_AT_MOST = 50  # values of one key, or elements, that are looked at
_NEAR = 3000  # characters of a script in which an article's title and its date stand together
_LABELLED = 200  # characters of the longest element with a label that is a line of facts
_SMALL = 40  # elements
_HEADLINE = 500  # characters
_NODES = 500  # of a JSON-LD document
_DIGIT = re.compile(r"\d")
_VALUE = re.compile(r"\\?[\"']?\s*[:=]\s*\\?[\"']?([^\"'\\,;}<]{4,40})")
_OUTSIDE = frozenset(("a", "aside", "footer", "nav", "script", "style", "select", "textarea", "noscript"))
_TIMES = etree.XPath("//body//time | //body//*[@itemprop or @property]")
_TEXTS = etree.XPath("descendant-or-self::text()[not(parent::script or parent::style)]", smart_strings=False)
_TEASERS = re.compile(r"relat|recommend|footer|copyright|sidebar|hot[-_]?news|comment|xgyd|xgwz|tuijian", re.I)


def in_linked_data(root: Element, title: str, zone: str) -> Published | None:
    """``datePublished`` of the article in the page's JSON-LD; of several articles that with the page's ``title``."""
    nodes = [node for said in linked_data(root) for node in _articles(said)]
    named = [n for n in nodes if title and _is_titled(n, title)]
    keys = terms("dates")["linked"]
    return _agreed([f for n in named[:1] or nodes for key in keys if (f := _of_field(n.get(key), zone))], zone)


def in_script(markup: str, title: str, zone: str) -> Published | None:
    """What the page's own script gives as its time; where it holds other articles too, what stands by the title."""
    for key in terms("dates")["script"]:
        found = list(_values(markup, key, zone))
        several = len({f.at for _, f in found}) > 1
        places = [m.start() for m in _found(markup, title)] if several and len(title) > 5 else []
        near = [(abs(at - place), at) for at, _ in found for place in places if abs(at - place) < _NEAR]
        if near:
            return dict(found)[min(near)[1]]
        if agreed := _agreed([f for _, f in found], zone):
            return agreed
    return None


def in_elements(root: Element, zone: str) -> Published | None:
    """`<time>` and ``itemprop="datePublished"``, teasers' aside."""
    stated: list[Published] = []
    others: list[Published] = []
    for node in _TIMES(root)[:_AT_MOST]:
        name = (node.get("itemprop") or node.get("property") or "").lower()
        published = name in terms("dates")["meta"] or node.get("pubdate") is not None
        if (published or node.tag == "time") and "modif" not in name and not _is_outside(node):
            value = node.get("datetime") or node.get("content") or text_of(node)
            if found := _of_field(" ".join(value.split()), zone):
                (stated if published else others).append(found)
    return _agreed(stated or others, zone)


def labelled_blocks(root: Element) -> Iterator[str]:
    """The short texts that print a label of a date, in page order; teasers, links and footers aside."""
    label = re.compile("|".join(map(re.escape, terms("dates")["published"] + terms("dates")["loose"])))
    found = (node for node in root.iter() if isinstance(node.tag, str) and any(map(label.search, _own(node))))
    for node in islice((n for n in islice(found, 10 * _AT_MOST) if not _is_outside(n)), _AT_MOST):
        words = _words(node)
        yield words if _DIGIT.search(words) else tidy(f"{words} {node.tail or ''} {_behind(node)}")[:_LABELLED]


def _own(node: Element) -> list[str]:
    """The short texts that stand in an element itself."""
    return [t for t in (node.text, *(child.tail for child in node)) if t and len(t) < _LABELLED]


def _words(node: Element) -> str:
    """All that a small element says; of a large one what stands in it itself."""
    small = sum(1 for _ in islice(node.iter(), _SMALL)) < _SMALL
    return tidy(" ".join(_TEXTS(node) if small else _own(node)))[:_LABELLED]


def _behind(node: Element) -> str:
    """What the next element says, in which a date stands apart from its label."""
    after = node.getnext()
    plain = after is not None and isinstance(after.tag, str) and after.find(".//a") is None
    return _words(after) if plain and not _is_outside(after) else ""


def _is_outside(node: Element) -> bool:
    """Whether an element belongs to a link, a teaser, a list of links or the frame of the page."""
    for up, element in enumerate((node, *node.iterancestors())):
        names = f"{element.get('class') or ''} {element.get('id') or ''}"
        if element.tag in _OUTSIDE or (up < 6 and _TEASERS.search(names[:300])):
            return True
        if element.tag == "li" and element.find(".//a") is not None:
            return True
    return False


def _articles(data: Any) -> Iterator[dict[str, Any]]:
    """The objects of ``data`` that have a date of publication, outermost first."""
    todo = [data]
    for _ in range(_NODES):
        if not todo:
            return
        node = todo.pop(0)
        if isinstance(node, dict):
            if any(key in node for key in terms("dates")["linked"]):
                yield node
            todo += node.values()
        elif isinstance(node, list):
            todo += node[:_NODES]


def _is_titled(node: dict[str, Any], title: str) -> bool:
    said = node.get("headline") or node.get("title")
    return isinstance(said, str) and compared(said[:_HEADLINE]) == compared(title)


def _values(markup: str, key: str, zone: str) -> Iterator[tuple[int, Published]]:
    """Every date that the markup gives for ``key``, with its place."""
    for m in _found(markup, key):
        before = markup[max(0, m.start() - 1) : m.start()]
        value = _VALUE.match(markup, m.end(), m.end() + 60)
        if value and not before.isalnum() and before not in ("?", "&") and (found := _of_field(value[1], zone)):
            yield m.start(), found


def _found(text: str, literal: str) -> Iterator[re.Match[str]]:
    for n, m in enumerate(re.finditer(re.escape(literal), text)):
        if n == _AT_MOST:
            return
        yield m


def _agreed(found: list[Published], zone: str) -> Published | None:
    """The one moment that all of ``found`` name; the day, where that is all they have in common."""
    if len({f.at for f in found}) == 1:
        return found[0]
    return as_day(found[0], zone) if len({local_day(f, zone) for f in found}) == 1 else None


def _of_field(value: object, zone: str) -> Published | None:
    return from_field(str(value)[:60], zone) if isinstance(value, str | int) and not isinstance(value, bool) else None
