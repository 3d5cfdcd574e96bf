"""The CMS whose columns are channels (证监会; 卫健委 and others alike): ``/csrc/c100028/common_list.shtml``.

The page's ``meta[name=channelid]`` is what its script asks ``/searchList/`` for.  A row holds the whole text, so that
no article has to be fetched.
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
    items="data.results", url="url", title="title", published="publishedTime", text="contentHtml"
)  # publishedTime is in milliseconds
_META = re.compile(r"<meta\b[^<>]{0,300}\bname\s{0,3}=\s{0,3}[\"']?channelid\b[^<>]{0,300}>", re.I)
_CONTENT = re.compile(r"\bcontent\s{0,3}=\s{0,3}[\"']?([\w-]{1,64})", re.I)
_QUERY = "_isAgg=true&_isJson=true&_pageSize=18&_template=index&_rangeTimeGte=&_channelName=&page=1"


def read_list(page: Page, source: Source, column: Column) -> Listing:
    """The rows of a channel with their texts, or the items of a list page."""
    return either.read_list(page, source, column, _ROWS)


def entrance(page: Page) -> str | None:
    """The address of the channel's rows, for the page of a channel."""
    meta = None if either.is_json(page) else _META.search(either.text_of(page))
    id = _CONTENT.search(meta[0]) if meta else None
    return join(page.url, f"/searchList/{id[1]}?{_QUERY}") if id else None


def next_page(page: Page) -> str | None:
    """The channel's next rows, or the page that a web page links to."""
    return counted_page(page.url) if either.is_json(page) else linked_page(either.text_of(page), page.url)
