"""The CMS whose paths are numbers (公安部, 国家移民管理局): ``/n1/n2/index.html``, articles ``/n1/n2/c3/content.html``.

A list's older pages count down, so that their addresses last: behind ``index.html`` comes
``index_<list>_<pages-1>.html``, and ``index_<list>_1.html`` is the oldest.  They are fragments without a head and
without links to each other.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from crawler.items import Page
from crawler.platforms import html
from crawler.platforms.either import text_of
from crawler.reading.address import join

Options = html.Options
read_list = html.read_list
read_article = html.read_article

_PAGES = re.compile(r"maxPageNum(?P<list>\d{1,20})\s{0,3}=\s{0,3}[\"']?(?P<pages>\d{1,6})")
_OLDER = re.compile(r"/(?P<name>index_\d{1,20}_)(?P<number>\d{1,6})(?P<ending>\.s?html?)$")


def next_page(page: Page) -> str | None:
    """The page before the one at an older page's address; behind the first page the last but one."""
    if found := _OLDER.search(urlsplit(page.url).path):
        name, number, ending = found["name"], int(found["number"]) - 1, found["ending"]
    else:
        lists = {m["list"]: int(m["pages"]) for m in _PAGES.finditer(text_of(page))}
        longest = max(lists, key=lambda n: lists[n], default="")
        name, number, ending = f"index_{longest}_", lists.get(longest, 0) - 1, ".html"
    return join(page.url, f"{name}{number}{ending}") if number > 0 else None
