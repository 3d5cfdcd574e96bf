"""Where a list goes on: the address of the page with its older items."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from crawler.reading.address import join
from crawler.reading.lists.links import parse_html
from crawler.reading.lists.list_rows import address
from crawler.reading.terms import any_of, terms

_PAGED = re.compile(  # "/index.html" and "/index_3.html": folder and name, number, extension
    r"(?P<stem>/[a-zA-Z][\w-]{0,60}?)(?:_(?P<number>\d{1,5}))?(?P<ending>\.\w{2,5})$"
)
_COUNTED = re.compile(
    r"(?P<before>[?&,/](?:page|pageno|page_no|pageindex|pagenum|pagenumber|curpage|currentpage)=)(?P<number>\d{1,6})",
    re.I,
)
_WRITTEN = re.compile(  # TRS WCM: number of pages, number of this page from 0, name and extension of the first
    r"createPageHTML\s{0,3}\(\s{0,3}(?P<pages>\d{1,6})\s{0,3},\s{0,3}(?P<page>\d{1,6})\s{0,3},"
    r"\s{0,3}[\"'](?P<name>[\w-]{1,60})[\"']\s{0,3},\s{0,3}[\"'](?P<ending>\w{2,5})[\"']"
)
_LONGEST = 12  # characters of the text of a link to the next page


def linked_page(text: str, url: str) -> str | None:
    """The next page that the page ``text`` at ``url`` links to (rel=next, 下一页), or that its script would link to."""
    if found := _same_host(_written(text), url):
        return found
    tree = parse_html(text)
    return next((x for href in _marked(tree) if (x := _same_host(href, url))), None) if tree is not None else None


def numbered_page(url: str, first: int) -> str | None:
    """The page after the one at ``url`` where pages are files: ``index.html`` is followed by ``index_<first>.html``.

    TRS and UCAP call the second page 1, Guangdong's CMS 2.  None where the address names no file or folder.
    """
    parts = urlsplit(url)
    path = f"{parts.path}index.html" if parts.path.endswith("/") else parts.path
    if not (found := _PAGED.search(path)):
        return None
    number = int(found["number"]) + 1 if found["number"] else first
    return join(url, f"{path[: found.start()]}{found['stem']}_{number}{found['ending']}")


def counted_page(url: str) -> str | None:
    """The page after the one at ``url`` where a parameter counts pages (``page=1``, ``pageno=1``); None without one."""
    found = _COUNTED.search(url)
    return f"{url[: found.start()]}{found['before']}{int(found['number']) + 1}{url[found.end() :]}" if found else None


def _written(text: str) -> str | None:
    found = _WRITTEN.search(text)
    if not found or int(found["page"]) + 1 >= int(found["pages"]):
        return None
    return f"{found['name']}_{int(found['page']) + 1}.{found['ending']}"


def _marked(tree: Any) -> Iterator[str]:
    """Addresses of what is marked as leading on."""
    for element in tree.iter("link", "a"):
        if "next" in (element.get("rel") or "").lower().split() or _says_next(element):
            yield address(element) or ""


def _says_next(element: Any) -> bool:
    words = "".join("".join(element.itertext()).split()) or (element.get("title") or "").strip()
    return len(words) <= _LONGEST and bool(any_of(terms("lists")["next_page"]).fullmatch(words))


def _same_host(href: str | None, url: str) -> str | None:
    target = join(url, href) if href else None
    return target if target and urlsplit(target).netloc == urlsplit(url).netloc and target != url else None
