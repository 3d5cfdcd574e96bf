"""OPML 1.0 and 2.0 as readers write it: which feeds somebody has subscribed to (http://opml.org/spec2.opml)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lxml import etree

from crawler.config.catalogue import host_of
from crawler.exceptions import Unreadable
from crawler.reading.articles.clean import tidy
from crawler.reading.charset import decode

_MOST = 10_000  # outlines
_LONGEST = 200  # characters of a title
_FEED, _PAGE = "xmlurl", "htmlurl"
_PROLOG = re.compile(r"\s*<\?xml\s[^>]{0,500}\?>")
_ENTITY = re.compile(r"<!ENTITY\s", re.I)


@dataclass(frozen=True, slots=True)
class Subscription:
    """One outline that names a feed, or (``type="link"``) a page; ``folders`` from the outermost."""

    title: str
    url: str
    is_feed: bool
    home: str = ""  # http(s) address of the site, "" when none is given
    folders: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unusable:
    """An outline that names no address, and why not."""

    title: str
    reason: str


def is_opml(beginning: bytes) -> bool:
    """Whether a file that begins so is one of OPML."""
    return b"<opml" in beginning[:2048].lower()


def read_opml(body: bytes) -> Iterator[Subscription | Unusable]:
    """Every outline without outlines below it, in the order of the file, at most 10,000.  Raises Unreadable."""
    root = _root(decode(body, None))
    outlines = [e for e in root.iter() if isinstance(e.tag, str) and e.tag.lower() == "outline"]
    for outline in outlines[:_MOST]:
        said = {str(k).lower(): tidy(str(v)) for k, v in outline.attrib.items()}
        if _FEED in said or said.get("type") == "link" or not len(outline):
            yield _read(outline, said)
    if len(outlines) > _MOST:
        yield Unusable("", f"more than {_MOST} outlines; the rest was not read")


def _root(text: str) -> Any:
    if _ENTITY.search(text):
        raise Unreadable("the OPML declares entities of its own, which is refused")
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, remove_comments=True)
    try:
        root = etree.fromstring(_PROLOG.sub("", text, count=1).encode("utf-8", "replace"), parser)
    except etree.LxmlError as e:
        raise Unreadable(f"not OPML: {' '.join(str(e).split())}") from e
    if root is None or str(root.tag).rpartition("}")[2].lower() != "opml":
        raise Unreadable("not OPML: its root element is another")
    return root


def _read(outline: Any, said: dict[str, str]) -> Subscription | Unusable:
    title = (said.get("title") or said.get("text") or "")[:_LONGEST]
    url = said.get(_FEED) or (said.get("url", "") if said.get("type") == "link" else "")
    if not host_of(url):
        return Unusable(title, f"no http(s) address: {url[:200]!r}" if url else "names no feed")
    home = said.get(_PAGE, "")
    return Subscription(title, url, bool(said.get(_FEED)), home if host_of(home) else "", _folders(outline))


def _folders(outline: Any) -> tuple[str, ...]:
    above = (e for e in outline.iterancestors() if isinstance(e.tag, str) and e.tag.lower() == "outline")
    names = (tidy(e.get("text") or e.get("title") or "")[:_LONGEST] for e in above)
    return tuple(name for name in names if name)[::-1]
