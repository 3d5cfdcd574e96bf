"""easysite (中国人民银行, 海关总署): articles ``/20260105120000012345/index.html``, pages opened by a script."""

from __future__ import annotations

import re

from crawler.items import Page
from crawler.platforms import html
from crawler.platforms.either import text_of
from crawler.reading.address import join
from crawler.reading.lists.list_further import linked_page

Options = html.Options
read_list = html.read_list
read_article = html.read_article

_PAGER = re.compile(r"<a\b[^<>]{0,600}\btagname\s{0,3}=\s{0,3}[\"']([^\"'<>\s]{2,300})[\"'][^<>]{0,600}>\s{0,20}下一页")


def next_page(page: Page) -> str | None:
    """The page that the list links to; its address stands in ``tagname``."""
    text = text_of(page)
    found = _PAGER.search(text)
    return join(page.url, found[1]) if found else linked_page(text, page.url)
