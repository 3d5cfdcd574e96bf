"""Recorded list pages: the links inferred, against the address pattern of the site's articles where there is one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin

from lxml import html

from benchmarks.eval.corpus import Recorded, recorded
from benchmarks.eval.score import Metric
from crawler.config import Catalogue
from crawler.items import Column, Listing
from crawler.platforms import read_list
from crawler.reading.address import url_key

_ITEMS = {  # part of the file's name -> what addresses of items look like on that site
    "gov_cn_policy_list": r"/content_\d+\.htm",
    "people_home": r"/n1/\d{4}/\d{4}/c",
    "tencent_important": r"/omn/\d+/",
    "netease_leaderboard": r"\.163\.com/\d\d/\d{4}/\d\d/\w+\.html",
    "tieba": r"/p/\d+",
}


def measure(corpus: Path, catalogue: Catalogue) -> Iterator[Metric]:
    """Of the items how many were found, of the links how many are items, and lists in which nothing was found."""
    recall, precision = Metric("lists", "items found"), Metric("lists", "links that are items")
    some = Metric("lists", "lists with any link")
    for page in recorded(corpus, "lists"):
        if page.kind != "list":
            continue
        listing = _read(page, catalogue)
        some.add(page.file, bool(listing.links), f"{listing.page_class}: {listing.why}")
        pattern = next((p for name, p in _ITEMS.items() if name in page.file), None)
        if pattern:
            _compare(page, listing, pattern, recall, precision)
    yield from (recall, precision, some)


def _read(page: Recorded, catalogue: Catalogue) -> Listing:
    return read_list(page.page, page.publisher(catalogue), Column(url=page.page.url))


def _compare(page: Recorded, listing: Listing, pattern: str, recall: Metric, precision: Metric) -> None:
    """A link is an item when its address is like one and its text is long enough for a headline."""
    base, items = page.page.url, {}
    for a in html.fromstring(page.page.body.decode(page.charset or "utf-8", "replace")).iter("a"):
        text, url = " ".join(a.text_content().split()), urljoin(base, a.get("href", "").strip())
        if len(text) >= 6 and re.search(pattern, url):
            items[url_key(url)] = text
    found = {link.key: link.title for link in listing.links}
    for key, text in items.items():
        recall.add(page.file, key in found, f"not found: {text}")
    for link in listing.links:
        precision.add(page.file, bool(re.search(pattern, link.url)), f"no item: {link.title} {link.url}")
