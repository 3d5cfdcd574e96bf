"""Recorded list pages: the links inferred, against where by our own judgement the items of each page lie."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from lxml import html

from benchmarks.eval.corpus import Recorded, recorded, table
from benchmarks.eval.score import Metric
from crawler.config.catalogue import Catalogue
from crawler.items import Column, Listing
from crawler.platforms import read_list
from crawler.reading.address import url_key
from crawler.reading.charset import decode

TRUTH = Path(__file__).with_suffix(".tsv")
ENOUGH = 0.95  # of a page's items


@dataclass(frozen=True)
class Truth:
    """Where a page's items are: keys of their addresses with their texts, and what else is no mistake."""

    items: dict[str, str]
    tolerated: str  # a regular expression of addresses, "" for none

    def wrong(self, listing: Listing) -> list[str]:
        """What the listing holds that is neither an item nor tolerated."""
        return [
            f"{x.title} {x.url}"
            for x in listing.links
            if x.key not in self.items and not (self.tolerated and re.search(self.tolerated, x.url))
        ]


def measure(corpus: Path, catalogue: Catalogue) -> Iterator[Metric]:
    """Of the items how many were found, of the links how many are items, and pages that are right as a whole."""
    recall, precision = Metric("lists", "items found", 0.95), Metric("lists", "links that are no navigation", 0.99)
    whole = Metric("lists", "pages with 95 % of the items and no navigation", 0.9)
    barred = Metric("lists", "challenges without links", 1.0)
    for page in recorded(corpus, "lists", "challenges"):
        listing = read_list(page.page, page.publisher(catalogue), Column(url=page.page.url))
        if page.kind == "challenge":
            barred.add(page.file, not listing.links, f"{len(listing.links)} links")
        elif page.kind == "list" and (truth := _truth(page)):
            found = _compare(page, listing, truth, recall, precision)
            wrong = truth.wrong(listing)
            whole.add(
                page.file,
                not wrong and found >= ENOUGH * len(truth.items),
                f"{found} of {len(truth.items)} items, {len(wrong)} of {len(listing.links)} links wrong; "
                f"{listing.page_class} {listing.why}",
            )
    yield from (recall, precision, whole, barred)


def _truth(page: Recorded) -> Truth | None:
    """The judgement on ``page``, None where there is none; a row without ``within`` says that there are no items."""
    row = next((r for r in table(TRUTH) if r["page"] in page.file), None)
    if row is None:
        return None
    tree: Any = html.fromstring(decode(page.page.body, page.charset or None))
    base = next((urljoin(page.page.url, b) for b in tree.xpath("//base/@href")), page.page.url)
    items = {}
    for a in tree.cssselect(row["within"]) if row["within"] else ():
        url = urljoin(base, a.get("href", "").strip())
        if a.get("href") and re.search(row["items"], url):
            items[url_key(url)] = " ".join(a.text_content().split())
    return Truth(items, row["tolerated"])


def _compare(page: Recorded, listing: Listing, truth: Truth, recall: Metric, precision: Metric) -> int:
    """How many items were found; each item and each link is a case of its metric."""
    keys, wrong = {link.key for link in listing.links}, truth.wrong(listing)
    for key, text in truth.items.items():
        recall.add(page.file, key in keys, f"not found: {text} {key}")
    for said in wrong:
        precision.add(page.file, False, f"no item: {said}")
    for _ in range(len(listing.links) - len(wrong)):
        precision.add(page.file, True)
    return len(keys & truth.items.keys())
