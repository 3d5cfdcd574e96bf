"""Lists of links to other articles are taken out of a located body, wherever a template put them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from crawler.reading.articles.locate import Element, squeezed, text_of

_LINKS = 4  # links from which on a block may be a list of teasers
_TEASER = 8  # characters of the average link text of such a list; shorter ones are references and attachments
_LINKED = 0.75  # share of link text in it, dates and numbers aside
_LEVELS = 4  # ancestors of a link that are asked
_FILE = re.compile(r"\.(?:pdf|docx?|xlsx?|pptx?|wps|et|ofd|zip|rar|7z)$", re.I)  # attachments are the article's own
_BLOCKS = frozenset(("ul", "ol", "dl", "div", "table", "section", "aside"))


def without_link_lists(node: Element) -> list[str]:
    """Remove from ``node``, in place, every block that holds nothing but links to other articles; the words removed."""
    removed = []
    for block in _lists(node):
        if (parent := block.getparent()) is not None:
            removed.append(" ".join(text_of(block).split()))
            _keep_tail(block, parent)
            parent.remove(block)
    return removed


def _lists(node: Element) -> list[Element]:
    """The outermost lists of links, in document order."""
    links: Counter[Element] = Counter()
    words: Counter[Element] = Counter()
    for link in node.iter("a"):
        size = 0 if _FILE.search(link.get("href") or "") else len(squeezed(text_of(link)))
        for block in _blocks_of(link, node) if size else ():
            links[block] += 1
            words[block] += size
    full = [b for b, n in links.items() if n >= _LINKS and words[b] >= n * _TEASER and words[b] >= _LINKED * _said(b)]
    return [b for b in full if not any(b is not o and o in b.iterancestors() for o in full)]


def _blocks_of(link: Element, node: Element) -> Iterator[Element]:
    for ancestor, _ in zip(link.iterancestors(), range(_LEVELS), strict=False):
        if ancestor is node:
            return
        if ancestor.tag in _BLOCKS:
            yield ancestor


def _said(block: Element) -> int:
    """Characters of a block that are neither space nor digit: teasers carry dates and numbers."""
    return sum(1 for c in squeezed(text_of(block)) if not c.isdigit() and c not in "-:/.[]()")


def _keep_tail(block: Element, parent: Element) -> None:
    """The text behind ``block`` belongs to what stands before it."""
    before = block.getprevious()
    if before is not None:
        before.tail = (before.tail or "") + (block.tail or "")
    else:
        parent.text = (parent.text or "") + (block.tail or "")
