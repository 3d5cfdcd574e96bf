"""The items of a list page, found without a selector."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice
from typing import Any

from lxml import etree
from lxml.cssselect import CSSSelector

from crawler.items import Link
from crawler.reading.address import join, url_key
from crawler.reading.classes.page_class import oversized_tag
from crawler.reading.dating.list_dates import printed_dates
from crawler.reading.lists.list_addresses import is_document
from crawler.reading.lists.list_groups import MAX_LINKS, item_links
from crawler.reading.lists.list_rows import (
    MAX_URL,
    address,
    is_title,
    row_heading,
    row_text,
    rows,
    title,
    title_rank,
    titled,
    width,
    words_beside,
)
from crawler.reading.lists.list_scripts import kept_links, unwrapped

__all__ = ["MAX_ITEMS", "MAX_URL", "infer_links", "parse_html"]

MAX_ITEMS = 500  # links taken from one list; the largest real list has 270 (adcc.gov.hk)
_LONGEST_ROW = 160  # columns of a row that may be a document's title


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
    A list kept in a script is read where the markup shows none.
    """
    tree = parse_html(unwrapped(html))
    if tree is None:
        return ()
    base = next((b for b in (join(base_url, e.get("href", "")) for e in tree.iter("base")) if b), base_url)
    chosen = _selected(tree, selector) if selector else item_links(tree, base)
    found = _links(islice(chosen, MAX_LINKS), base, timezone, fetched_at)
    if not found and not selector:
        found = [x for x in kept_links(html, base, timezone, fetched_at) if len(x.url) <= MAX_URL]
    return tuple(found[:MAX_ITEMS])


def _selected(tree: Any, selector: str) -> Iterator[Any]:
    for element in CSSSelector(selector, translator="html")(tree):
        if element.tag == "a":
            yield element
        elif inside := [a for a in element.iter("a") if address(a)]:
            yield max(inside, key=lambda a: width(title(a)))


def _links(anchors: Iterable[Any], base: str, timezone: str, fetched_at: float) -> list[Link]:
    """One link a key, with the best title of those that lead there and the first date that its row shows."""
    hrefs = {a: href for a in anchors if (href := address(a))}
    reach = rows(list(hrefs), hrefs)
    found: dict[str, Link] = {}
    ranks: dict[str, tuple[bool, ...]] = {}
    beside: dict[str, list[str]] = {}
    for a, href in hrefs.items():
        url, said = join(base, href), title(a)
        said = said if is_title(said) else row_heading(reach[a])
        text = _document_title(said, href, reach[a]) if is_document(href) else said
        if not url or len(url) > MAX_URL or not is_title(text):
            continue
        key, rank = url_key(url), title_rank(a, text)
        if key not in found and len(found) == MAX_ITEMS:
            break
        if key in found and rank <= ranks[key]:
            continue
        beside.setdefault(key, []).extend(w for w in words_beside(reach[a]) if w.strip() not in said)
        found[key], ranks[key] = Link(found[key].url if key in found else url, key, text), rank
    dates = printed_dates(list(beside.values()), timezone, fetched_at)
    return [replace(link, published=date) for link, date in zip(found.values(), dates, strict=True)]


def _document_title(text: str, href: str, row: Any) -> str:
    """What to call a document: its link's text, with its row where that is a mere label, else the file's name."""
    whole = row_text(row)
    if titled(text) < 0.5 and len(text) < len(whole) and width(whole) <= _LONGEST_ROW:
        return whole
    return text or href.partition("?")[0].rpartition("/")[2]
