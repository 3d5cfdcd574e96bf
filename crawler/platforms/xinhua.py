"""The CMS of 新华社 (新华网; 网信办 and 能源局 alike): columns that a script fills from JSON.

Xinhua's page says ``data="datasource:<id>"``, and ``ds_<id>.json`` beside it holds up to 1,000 rows, all there are.
网信办 asks ``/cms/JsonList`` for the pages of a ``channelCode``.
"""

from __future__ import annotations

import re

from crawler.items import Column, Listing, Page, Source
from crawler.platforms import either, html, json
from crawler.reading.address import join
from crawler.reading.lists.list_further import counted_page, linked_page

Options = html.Options
read_article = html.read_article

_ROWS = json.Options(
    items="datasource || list",
    url="publishUrl || infourl",
    title="showTitle || title || topic",  # may hold tags
    published="publishTime || pubtime",
)
_DATASOURCE = re.compile(r"\bdata\s{0,3}=\s{0,3}[\"']datasource:([0-9a-f]{8,40})[\"']", re.I)
_CHANNEL = re.compile(r"\bchannelCode[\"']?\s{0,3}[:=]\s{0,3}[\"']?(\w{1,32})")
_PAGES = "/cms/JsonList?channelCode={code}&perPage=20&pageno=1&condition=0&fuhao=%3D&value="


def read_list(page: Page, source: Source, column: Column) -> Listing:
    """The rows of a column, or the items of a list page."""
    return either.read_list(page, source, column, _ROWS)


def entrance(page: Page) -> str | None:
    """The address of the column's rows, for the page that they are shown on."""
    text = "" if either.is_json(page) else either.text_of(page)
    if found := _DATASOURCE.search(text):
        return join(page.url, f"ds_{found[1]}.json")
    channel = _CHANNEL.search(text) if "/cms/JsonList" in text else None
    return join(page.url, _PAGES.format(code=channel[1])) if channel else None


def next_page(page: Page) -> str | None:
    """The channel's next rows, or the page that a web page links to."""
    return counted_page(page.url) if either.is_json(page) else linked_page(either.text_of(page), page.url)
