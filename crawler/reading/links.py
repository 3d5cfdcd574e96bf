"""The items of a list page, found without a selector, and the fingerprint of what a list links to."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice
from typing import Any

from lxml import etree
from lxml.cssselect import CSSSelector

from crawler.items import Link
from crawler.reading.address import join, url_key
from crawler.reading.list_addresses import is_document
from crawler.reading.list_dates import printed_dates
from crawler.reading.list_groups import item_links
from crawler.reading.list_rows import (
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
from crawler.reading.list_scripts import keeps_state, kept_links, unwrapped
from crawler.reading.page_class import oversized_tag

__all__ = ["MAX_ITEMS", "MAX_URL", "anchors_fingerprint", "infer_links", "parse_html"]

MAX_ITEMS = 500  # links taken from one list; the largest real list has 270 (adcc.gov.hk)
_LONGEST_ROW = 160  # columns of a row that may be a document's title

_ANCHOR = re.compile(rb"<[aA]\s")
_FEED_ITEM = re.compile(rb"<(?:item|entry)[\s>]")
_OPENS = re.compile(rb"(?:onclick|data-(?:href|url|link))\s{0,3}=\s{0,3}[\"'][^\"'>]{0,300}['\"]?[^\"'>]{0,300}")
_NAMED = re.compile(rb"\"\w{0,12}(?:[tT]itle|url|Url|URL|link|href|TITLE)\"\s{0,3}:\s{0,3}\"[^\"]{0,500}")


def anchors_fingerprint(body: bytes) -> str:
    """A hash of what a list links to: the anchors of an HTML page with their texts, so that a counter, clock or token
    outside them does not count.

    What opens by a script and what a script keeps as JSON counts by its addresses and titles.  A feed counts from its
    first entry on (its head is stamped at every request), anything else as a whole.
    """
    head = body[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith(b"<") and (b"<html" in head or not head.startswith((b"<?xml", b"<rss", b"<feed", b"<rdf"))):
        said = _OPENS.findall(body) if b"onclick" in body or b"data-" in body else []
        said += _NAMED.findall(body) if keeps_state(body) else []
        body = body.lower() if b"</A" in body else body
        if anchors := [a.partition(b"</a")[0] for a in _ANCHOR.split(body)[1:]] + said:
            body = b"\0".join(anchors)
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
    A list kept in a script is read where the markup shows none.
    """
    tree = parse_html(unwrapped(html))
    if tree is None:
        return ()
    base = next((b for b in (join(base_url, e.get("href", "")) for e in tree.iter("base")) if b), base_url)
    chosen = _selected(tree, selector) if selector else item_links(tree, base)
    found = _links(list(islice(chosen, 4 * MAX_ITEMS)), base, timezone, fetched_at)
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
