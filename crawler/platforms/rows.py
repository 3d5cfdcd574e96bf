"""Rows of a machine-readable list, a feed's entries or a JSON file's objects, become links."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from crawler.items import Link, Listing, Page, PageClass, Published, Source
from crawler.reading.address import url_key
from crawler.reading.classes.page_class import classify_page
from crawler.reading.lists.links import MAX_ITEMS, MAX_URL

KeyChoice = Literal["auto", "link", "id"]
"""What identifies a row.  auto: its link, unless rows share one or the id is the link with a mark of the change."""

_MAX_TITLE = 500  # characters
_TAG = re.compile(r"<[^<>]{0,2000}>")
_UNSEEN = re.compile(r"[\x00-\x20\x7f-\xa0\u200b-\u200d\u2028\u2029\u3000\ufeff]+")


@dataclass(frozen=True, slots=True)
class Row:
    """One row as its publisher wrote it; ``url`` is absolute, None where there is none."""

    url: str | None
    id: str = ""
    title: str = ""
    published: Published | None = None
    fetch_url: str | None = None
    text: str | None = None
    by_id: bool = False  # ``url`` is not the row's own


def listing(
    rows: Iterable[Row], source: Source, page_class: PageClass, *, key: KeyChoice = "auto", why: str = ""
) -> Listing:
    """The rows as links, one a key, at most 500; rows without a usable address are skipped and counted in ``why``."""
    taken = list(islice(rows, MAX_ITEMS))
    uses = Counter(url for url, _ in {(r.url, r.id) for r in taken if r.url})
    shared = {url for url, n in uses.items() if n > 1}
    found: dict[str, Link] = {}
    for row in taken:
        if row.url and len(row.url) <= MAX_URL:
            name = _key(row, row.url, source, "id" if key == "auto" and row.url in shared else key)
            found.setdefault(name, Link(row.url, name, row.title, row.published, row.fetch_url, row.text))
    if skipped := sum(not r.url or len(r.url) > MAX_URL for r in taken):
        why = "; ".join(filter(None, (why, f"{skipped} of {len(taken)} rows name no usable address")))
    return Listing(page_class, tuple(found.values()), why or ("" if taken else "the list has no rows"))


def in_its_place(page: Page, text: str) -> Listing | None:
    """What stands in the place of a machine-readable list; None when nothing does."""
    if page.status == 200 and text.lstrip("\ufeff \t\r\n")[:1] in ("{", "["):
        return None
    page_class, why = classify_page(page, text)
    return None if page_class in (PageClass.UNKNOWN, PageClass.FEED) else Listing(page_class, why=why)


def plain(markup: str) -> str:
    """``markup`` as one line of text: titles hold tags and entities, control characters and half surrogates too."""
    text = html.unescape(_TAG.sub(" " if "<br" in markup else "", markup[: 10 * _MAX_TITLE]))
    text = text.encode("utf-8", "replace").decode("utf-8")
    return _UNSEEN.sub(" ", text).strip()[:_MAX_TITLE]


def _key(row: Row, url: str, source: Source, choice: KeyChoice) -> str:
    """The row's identity; an id belongs to its source, and being no address it is only shortened by `url_key`."""
    by_id = row.by_id or choice == "id" or (choice == "auto" and row.id.startswith(f"{url}#"))
    return url_key(f"{source.id}:{row.id}" if by_id and row.id else url)
