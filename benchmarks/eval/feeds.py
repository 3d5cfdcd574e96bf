"""Recorded feeds: what was new at each poll of public accounts, and entries of odd ones against another parser."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from itertools import product
from pathlib import Path

from benchmarks.eval.corpus import recorded, table
from benchmarks.eval.score import Metric, raw
from crawler.carriers import stranger
from crawler.config.catalogue import Catalogue
from crawler.items import Column, Page
from crawler.platforms import read_list
from crawler.reading.address import url_key


def measure(corpus: Path, catalogue: Catalogue) -> Iterator[Metric]:
    """New links a poll, exactly; and entries with a link in feeds of every encoding and illness."""
    del catalogue
    entries, folder = Metric("feeds", "feeds with all entries"), corpus / "feeds"
    polls = {name: Metric("feeds", f"polls with exactly the new links, as {name}", 1.0) for name in ("feed", "wechat")}
    for row, (name, new) in product(table(folder / "new_items_truth.tsv"), polls.items()):
        before, after = (_keys(folder / row[at], name) for at in ("prev_snapshot", "snapshot"))
        wanted, got = {url_key(url) for url in row["new_links"].split()}, set(after) - set(before)
        new.add(row["snapshot"], got == wanted, f"{len(got)} new, not {len(wanted)}: {sorted(got ^ wanted)[:3]}")
    for page in recorded(corpus, "feeds"):
        if "wechat-feeds" not in page.file and ".xml" in page.file:
            wanted_count, got_count = _count(page.path), len(_keys(page.path, "feed", page.page.url))
            entries.add(page.file, got_count == wanted_count, f"{got_count} links, not {wanted_count}")
    yield from (*polls.values(), entries)


def _keys(file: Path, platform: str, url: str = "https://bridge.example/feed") -> list[str]:
    page = Page(url, 200, raw(file), "application/xml")
    listing = read_list(page, stranger(url), Column(url=url, platform=platform))
    return [link.key for link in listing.links]


def _count(file: Path) -> int:
    """Entries with a link of their own, as feedparser reads them."""
    import feedparser

    logging.getLogger("feedparser").setLevel(logging.ERROR)
    return len({e["link"] for e in feedparser.parse(raw(file)).entries if e.get("link", "").startswith("http")})
