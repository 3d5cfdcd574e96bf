"""What a reader sees of a page, told in linear time and before any parser may touch it: titles, texts, links."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import takewhile
from typing import NamedTuple

from crawler.reading.classes.statements import is_chrome, is_prose, stated
from crawler.reading.normalise import is_even
from crawler.reading.terms import terms

RICH = 400  # characters of sentences from which on a page holds a text
_MOST = 200_000  # characters of markup that are looked at, scripts not counted; error pages are shorter
_HIDDEN = re.compile(r"<(?:(!--)|(script|style|noscript|template|textarea|select|svg|title)\b)", re.I)
_ENDS = {
    name: re.compile(rf"</{name}\b[^<>]{{0,100}}>?", re.I)
    for name in ("script", "style", "noscript", "template", "textarea", "select", "svg", "title")
} | {"!--": re.compile("-->")}
_TAG = re.compile(r"<(/?)([a-z!?][\w:!-]{0,40})([^<>]{0,5000})>", re.I)
_BREAKS = frozenset(terms("markup")["blocks"] + terms("markup")["cells"]) - {"br"} | {"header", "footer", "nav", "form"}
_LINKS = frozenset(("a", "button", "option"))
_TELLING = _BREAKS | _LINKS | {"br"}  # tags that do more than style the words between them
_UNCLOSED = frozenset(("li", "td", "tr", "ul", "table"))  # where one that nobody closed ends
_SIGNS = "<>|·•-—,.，。：:"
_HEADINGS = frozenset(("h1", "h2", "h3", "h4"))
_ANCHOR = re.compile(r"<(/?)a[\s>]", re.I)
_HREF = re.compile(r"\shref\s*=", re.I)
_SPACES = re.compile(r"[\s\u200b\xa0]+")
_DATED = re.compile(
    r"(?:发布|发表|更新|成文|印发)?(?:时间|日期)[:：]?\s{0,3}\[?20\d\d|来源[:：]|文章来源|信息来源|20\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}日?\s+\d\d:\d\d"
)
_DAY = re.compile(r"\b(?:20\d\d[-/.年])?(?:0?[1-9]|1[0-2])[-/.月](?:0?[1-9]|[12]\d|3[01])(?!\d)")
_SHORTEST = 7  # characters of the shortest sentence
_META = re.compile(
    r"<meta\s[^<>]{0,200}(?:articletitle|pubdate|contentsource|article:published_time|datepublished)[\"'][^<>]{0,200}"
    r"content\s*=\s*[\"'][^\"'<>]{4,}",
    re.I,
)
_FEW = 3  # titles or dated rows from which on there may be a list
_LONG = 10  # characters of link text from which on it may be an article's title
_HEADLINE = 8  # characters of the shortest headline of an article
_BELOW = 4  # blocks below it in which its text begins: date, source and share box may stand between
_DATED_LINE = 120  # characters of the longest line of facts
_DATED_LINES = 3  # lines of facts that one article may have
_PARAGRAPH = re.compile(
    r"<(?:p|br|div|section)\b[^<>]{0,5000}>\s*(?:<(?:span|font|strong|b)\b[^<>]{0,500}>\s*){0,3}([^<>]{7,})", re.I
)


class Block(NamedTuple):
    """A run of text between two block tags, the name of the tag before it, and whether it is (mostly) a link."""

    text: str
    tag: str
    linked: bool

    @property
    def heading(self) -> bool:
        """Whether it is a headline."""
        return self.tag in _HEADINGS


@dataclass(frozen=True)
class Sight:
    """A page as it is seen, and what only readers without scripts are told (``spare``)."""

    title: str
    blocks: tuple[Block, ...]
    spare: tuple[str, ...] = ()
    meta: bool = False  # a meta tag names an article's title, date or source

    @cached_property
    def text(self) -> str:
        """All of it on one line."""
        return " ".join(b.text for b in self.blocks)

    @cached_property
    def prose(self) -> int:
        """Characters of sentences that stand for themselves: no links, no error message, no footer.

        Counted no further than it takes to know that the page holds a text.
        """
        seen = 0
        for block in self.blocks:
            seen += len(block.text) if not block.linked and is_prose(block.text) else 0
            if seen >= RICH:
                break
        return seen

    @cached_property
    def titles(self) -> int:
        """Links that may be titles of articles."""
        return sum(1 for b in self.blocks if b.linked and len(b.text) >= _LONG)

    @cached_property
    def rows(self) -> int:
        """Lines that bear a day, as the items of a list do."""
        return sum(1 for b in self.blocks if len(b.text) <= _DATED_LINE and _DAY.search(b.text))

    @property
    def list_like(self) -> bool:
        """Whether it may be a list, also a short one."""
        return self.titles >= _FEW or self.rows > _FEW

    @cached_property
    def speaks(self) -> bool:
        """Whether one sentence, however short, is no message and no part of the frame."""
        return any(_ends(b.text) and not is_chrome(b.text) and not stated(b.text) for b in self.own)

    @cached_property
    def own(self) -> tuple[Block, ...]:
        """The blocks that are no links."""
        return tuple(b for b in self.blocks if not b.linked)

    @cached_property
    def headings(self) -> tuple[str, ...]:
        """The headlines that are no links."""
        return tuple(b.text for b in self.blocks if b.heading and not b.linked)

    @cached_property
    def headed(self) -> bool:
        """Whether a sentence stands right below a headline, or below the page's title, as an article's first does."""
        return any(self._heads(at) for at, b in enumerate(self.blocks) if b.heading or b.text in self.title)

    def _heads(self, at: int) -> bool:
        head, below = self.blocks[at], self.blocks[at + 1 : at + 1 + _BELOW]
        if head.linked or len(head.text) < _HEADLINE:
            return False
        return any(not b.linked and is_prose(b.text) for b in takewhile(lambda b: not b.heading, below))

    @cached_property
    def dated(self) -> bool:
        """Whether the page says of itself, as articles do, when it appeared or where it comes from.

        A list says so of every item.
        """
        said = sum(
            1
            for b in self.blocks
            if not b.linked and len(b.text) <= _DATED_LINE and _DATED.search(b.text) and not is_chrome(b.text)
        )
        return self.meta or 0 < said <= _DATED_LINES


def holds_text(text: str) -> bool:
    """Whether paragraphs of the markup ``text`` hold so many sentences that nothing can stand in their place.

    So most articles are known at a sixth of what looking at them costs.
    """
    kept, seen, linked, at = _shown(text)[0][:_MOST], 0, False, 0
    for found in _PARAGRAPH.finditer(kept):
        for anchor in _ANCHOR.finditer(kept, at, found.start()):
            linked = not anchor[1]
        at = found.start()
        if not linked and is_prose(words := _tidy(found[1])):
            seen += len(words)
            if seen >= RICH:
                return True
    return False


def look_at(text: str) -> Sight:
    """What is seen of the markup ``text``, or of plain text, whose lines are its blocks."""
    if not _TAG.search(text):
        return Sight("", tuple(Block(line, "", False) for raw in text[:_MOST].splitlines() if (line := _tidy(raw))))
    kept, aside = _shown(text)
    spare = tuple(b.text for part in aside.get("noscript", ()) for b in _blocks(part))
    title = next(filter(None, map(_tidy, aside.get("title", ()))), "")
    return Sight(title, tuple(_blocks(kept[:_MOST])), spare, bool(_META.search(text[:50_000])))


def _shown(text: str) -> tuple[str, dict[str, list[str]]]:
    """``text`` without what is not shown, and the first parts of each kind that were left out."""
    kept, at, unclosed = [], 0, set[str]()
    aside: dict[str, list[str]] = {}
    while found := _HIDDEN.search(text, at):
        name = (found[1] or found[2]).lower()
        end = None if name in unclosed else _ENDS[name].search(text, found.end())
        kept += [text[at : found.start()], " "]
        if end is None:
            unclosed.add(name)
            at = len(text) if name in ("!--", "script", "style") else found.end()
            continue
        if name in ("noscript", "title") and len(aside.setdefault(name, [])) < 3:
            aside[name].append(text[found.start() : end.start()][:5000].partition(">")[2])
        at = end.end()
    return "".join(kept) + text[at:], aside


def _blocks(markup: str) -> Iterator[Block]:
    """The blocks of ``markup``; most of its tags have nothing between them, and cost no more than being passed."""
    first, *rest = _TAG.split(markup)
    pieces, linked, link, tag, parts = [first] if first else [], 0, False, "", iter(rest)
    for closing, spelt, attributes, raw in zip(parts, parts, parts, parts, strict=True):
        name = spelt if spelt in _TELLING else spelt.lower()
        if name in _LINKS:
            link = not closing and (name != "a" or _HREF.search(attributes) is not None)
        elif name in _TELLING:
            if pieces and (block := _block(pieces, linked, tag)):
                yield block
            pieces, linked = [], 0
            tag = tag if name == "br" else "" if closing else name
            link = link and name not in _UNCLOSED
        if raw and (pieces or not raw.isspace()):
            pieces.append(raw)
            linked += len(raw.strip()) if link else 0
    if block := _block(pieces, linked, tag):
        yield block


def _block(pieces: list[str], linked: int, tag: str) -> Block | None:
    text = _tidy("".join(pieces))
    return Block(text, tag, 2 * linked >= len(text)) if text.strip(_SIGNS) else None


def _ends(text: str) -> bool:
    """Whether ``text`` ends as sentences do."""
    return len(text) >= _SHORTEST and (text[-1] in "。！!？?" or (text[-1] == "." and text.count(" ") >= 3))


def _tidy(text: str) -> str:
    text = html.unescape(text) if "&" in text else text
    return text.strip() if is_even(text) else _SPACES.sub(" ", text).strip()
