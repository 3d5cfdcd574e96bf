"""开普 UCAP (中国政府网): articles ``/202601/content_1234567.htm``, lists as web pages and as static JSON.

A JSON list (``YAOWENLIEBIAO.json``) holds everything; web pages are counted from 0: ``home.htm``, ``home_1.htm``.
"""

from __future__ import annotations

from crawler.items import Column, Listing, Page, Source
from crawler.platforms import either, html, json
from crawler.reading.lists.list_further import linked_page, numbered_page

Options = html.Options
read_article = html.read_article

_ROWS = json.Options(items="@", url="URL", title="TITLE || SUB_TITLE", published="DOCRELPUBTIME")


def read_list(page: Page, source: Source, column: Column) -> Listing:
    """The rows of a JSON list, or the items of a list page."""
    return either.read_list(page, source, column, _ROWS)


def next_page(page: Page) -> str | None:
    """What a web page links to, else the next number; there is none behind a JSON list."""
    if either.is_json(page):
        return None
    return linked_page(either.text_of(page), page.url) or numbered_page(page.url, 1)
