"""The short texts around a body: the line of facts with date and source stands there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from crawler.reading.articles.clean import tidy
from crawler.reading.articles.locate import Element, text_of
from crawler.reading.normalise import compared

_LEVELS = 7  # ancestors of the body beside which a line of facts is looked for
_AT_MOST = 24  # blocks
_LONGEST = 2000  # characters of a block; what is longer is navigation
_SILENT = frozenset(("script", "style", "nav", "select", "noscript"))
_YEAR = re.compile(r"20\d\d\s?[-/.年]")
_TEXTS = etree.XPath("descendant-or-self::text()[not(parent::script or parent::style)]", smart_strings=False)


@dataclass(frozen=True, slots=True)
class Around:
    """The texts of the blocks above a body, nearest first, and of those below it."""

    above: tuple[str, ...] = ()
    below: tuple[str, ...] = ()


def around_body(node: Element) -> Around:
    """What stands beside the body ``node`` and beside its ancestors, out to the page's frame."""
    above, below = [], []
    for level, ancestor in enumerate(_outwards(node)):
        above += [text for sibling in ancestor.itersiblings(preceding=True) if (text := _text(sibling))]
        if level < 2:
            below += [text for sibling in ancestor.itersiblings() if (text := _text(sibling))]
        if len(above) >= _AT_MOST or _is_head(ancestor, above):
            break
    return Around(tuple(above[:_AT_MOST]), tuple(below[:_AT_MOST]))


def around_heading(root: Element, title: str) -> Around:
    """The same for a page whose body bears no mark: what follows and precedes the heading that is the title."""
    wanted = compared(title)
    heading = next((h for h in root.iter("h1", "h2", "h3") if wanted and wanted in compared(text_of(h))), None)
    if heading is None:
        return Around()
    blocks: list[str] = []
    for ancestor, _ in zip(_outwards(heading), range(3), strict=False):
        blocks += [text for sibling in ancestor.itersiblings() if (text := _text(sibling))][:4]
        blocks += [text for sibling in ancestor.itersiblings(preceding=True) if (text := _text(sibling))][:2]
    return Around(tuple(blocks[:_AT_MOST]))


def _is_head(node: Element, blocks: list[str]) -> bool:
    """Whether the heading and a line with a year have been passed: further out there is only the site's frame."""
    headed = any(s.tag in ("h1", "h2") for s in node.itersiblings(preceding=True))
    return headed and any(_YEAR.search(block) for block in blocks)


def _outwards(node: Element) -> Iterator[Element]:
    for _ in range(_LEVELS):
        if node is None or node.tag in ("body", "html"):
            return
        yield node
        node = node.getparent()


def _text(node: Element) -> str:
    """The words of ``node`` on one line; parts stay apart by a space, since dates are split over spans."""
    if not isinstance(node.tag, str) or node.tag in _SILENT:
        return ""
    text = tidy(" ".join(_TEXTS(node)))
    return text if len(text) <= _LONGEST else ""
