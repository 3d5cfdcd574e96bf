"""Addresses on a list page: whether they are an article's, a document's or a column's, and whose."""

from __future__ import annotations

import re
from functools import lru_cache

_ARTICLE = re.compile(
    r"(?:19|20)\d\d[-/_.]?(?:0?[1-9]|1[0-2])(?!\d{3})|\d{5,}|[0-9a-f]{16,}|[0-9a-f]{8}-[0-9a-f]{4}-|/\d+\.[sx]?html?$"
    r"|[?&](?!(?:u|user|site|web|app|type|c|s|cat|category|column|channel|node|page|class|g|f)id=)\w{0,10}(?:id|key|no)=\w+"
    r"|/(?:detail|article|content|news|info|view|show|post)s?/[\w-]{0,99}\d"
    r"|(?:post|art|article|content|detail|info|show|view|thread)[-_/]?\d+|/s/[\w-]{22}|/p/\d+|/c\d+/content\.|/c_\d+\.",
    re.I,
)
_SLUG = re.compile(r"(?<![a-z0-9])(?:[a-z0-9]{1,40}-){3}[a-z0-9]", re.I)
_COLUMN = re.compile(
    r"/(?:col|column|channel|lm|category|tags?|keywords?|author|users?|space|search)[-_/]?\w*(?:/|/index\.\w+|\.\w+)?$"
    r"|/node_\d+\.|/page[-_/]?\d{1,4}/?$",
    re.I,
)
_INDEX = re.compile(r"(?:/|/index(?:_\d+)?\.\w+|^index(?:_\d+)?\.\w+|^)$")
_LONG_FOLDER = re.compile(r"/\d{8,}/(?:index\.\w+)?$|/(?:19|20)\d\d/\d\d/(?:\d\d/)?[^/]{8,}/$")  # easysite, WordPress
_HOST_END = re.compile(r"[/?#:\\]")
_DOCUMENT = re.compile(r"\.(?:pdf|docx?|xlsx?|pptx?|rtf|odt|wps|ofd)$", re.I)


def is_document(href: str) -> bool:
    """Whether an address names a document such as a PDF."""
    return bool(_DOCUMENT.search(href.partition("?")[0]))


@lru_cache(maxsize=1024)  # a page asks two or three times for one
def likely(href: str) -> float:
    """How much an address is an article's or a document's rather than a column's, 0 to 1."""
    path, _, query = href.replace("#/", "").replace("#!/", "").partition("#")[0].partition("?")
    where = path.partition("//")[2].partition("/")[2] if "//" in path[:8] else path
    if _COLUMN.search(f"/{where}"):
        return 0.0
    if is_document(path) or _LONG_FOLDER.search(path):
        return 1.0
    if _INDEX.search(where) and not query:
        return 0.0
    if _ARTICLE.search(f"/{where}?{query}" if query else f"/{where}"):
        return 1.0
    return 0.5 if _SLUG.search(where) else 0.0


def shape(href: str) -> str:
    """The path of an address without its numbers: the same for the articles of one column."""
    path = href.partition("#")[0][:300]
    path = "/" + path.partition("//")[2].partition("/")[2] if "//" in path[:8] else path
    return re.sub(r"\w*\d\w*", "0", path)


def publisher(url: str) -> str:
    """The part of a host that is a publisher's: two labels, three under a ``gov.cn``; "" without a host."""
    return _registered(_HOST_END.split(url.partition("//")[2], maxsplit=1)[0].rpartition("@")[2].lower())


@lru_cache(maxsize=1024)
def _registered(host: str) -> str:
    labels = host.split(".")
    if labels[-1].isdigit():
        return host
    return ".".join(labels[-3 if len(labels) > 2 and len(labels[-1]) == 2 and len(labels[-2]) <= 3 else -2 :])
