"""Guangdong's common CMS (province, cities, bureaus): articles ``/content/post_12345.html``, pages counted from 1.

A list's second page is ``index_2.html``, where TRS would call it ``index_1.html``.  The catalogue of public information
(``/gkmlpt/index#12``) is a page of scripts over ``/gkmlpt/api/all/12``.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from crawler.items import Column, Listing, Page, Source
from crawler.platforms import either, html, json
from crawler.reading.address import join
from crawler.reading.lists.list_further import counted_page, linked_page, numbered_page

Options = html.Options
read_article = html.read_article

_ROWS = json.Options(
    items="articles[?contains(url, 'content')]",  # others lead elsewhere
    url="url",
    title="title",
    published="date || display_publish_time || first_publish_time || created_at || create_time",
)
_ITEM = re.compile(r"/content/(?:\d{1,12}/){0,3}post_\d")
_CATALOGUE = re.compile(r"/gkmlpt/(?:index(?:\.html)?)?$")
_ALL = "0"


def read_list(page: Page, source: Source, column: Column) -> Listing:
    """The articles of the catalogue's API, or the items of a list page."""
    return either.read_list(page, source, column, _ROWS)


def entrance(page: Page) -> str | None:
    """The API behind a page of the catalogue that shows nothing without its scripts."""
    parts = urlsplit(page.url)
    if not _CATALOGUE.search(parts.path) or _ITEM.search(either.text_of(page)):
        return None
    column = parts.fragment if parts.fragment.isdigit() else _ALL
    return join(page.url, f"/gkmlpt/api/all/{column}?page=1")


def next_page(page: Page) -> str | None:
    """What the page links to, else the next number."""
    if either.is_json(page):
        return counted_page(page.url)
    return linked_page(either.text_of(page), page.url) or numbered_page(page.url, 2)
