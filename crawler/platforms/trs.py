"""TRS WCM 拓尔思 (ministries, embassies, police): articles ``./202601/t20260105_12345.html``, pages counted from 0.

A list's second page is ``index_1.html``; a script writes the links to it, ``createPageHTML(pages, page, "index",
"html")``, or counts in ``countPage`` and ``currentPage``.
"""

from __future__ import annotations

import re
from dataclasses import replace

from crawler.items import Column, Listing, Page, Source
from crawler.platforms import html
from crawler.platforms.either import text_of
from crawler.reading.lists.list_further import linked_page, numbered_page

Options = html.Options
read_article = html.read_article

_WITHOUT_FILE = re.compile(r"^https?://[^?#]{1,2000}/[\w-]{1,200}$")
_COUNTED = re.compile(r"\b(?P<name>countPage|currentPage)\s{0,3}=\s{0,3}[\"']?(?P<number>\d{1,6})")


def read_list(page: Page, source: Source, column: Column) -> Listing:
    """The items of a list; their addresses are relative to its folder, also where the address lacks its slash."""
    return html.read_list(_in_folder(page), source, column)


def next_page(page: Page) -> str | None:
    """The page that the list's script would link to."""
    page = _in_folder(page)
    text = text_of(page)
    counts = {m["name"]: int(m["number"]) for m in _COUNTED.finditer(text)}
    if counts.get("currentPage", 0) + 1 < counts.get("countPage", 0):
        return numbered_page(page.url, 1)
    return linked_page(text, page.url)


def _in_folder(page: Page) -> Page:
    return replace(page, url=f"{page.url}/") if _WITHOUT_FILE.match(page.url) else page
