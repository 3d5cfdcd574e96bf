"""A located fragment becomes lines of the publisher's own words, and the house text around them is cut, and named."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from functools import cache

from bs4 import BeautifulSoup
from bs4.element import NavigableString, PageElement, Tag
from lxml import etree

from crawler.reading.locate import Element
from crawler.reading.normalise import compared, folded
from crawler.reading.terms import any_of, terms

_DROPPED, _BLOCKS, _CELLS = (frozenset(terms("markup")[kind]) for kind in ("dropped", "blocks", "cells"))
_CONTROL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f"
    "\ud800-\udfff\ufeff\ufff9-\ufffb\ufffe\uffff]"
)
_SPACES = re.compile(r"[ \t\xa0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
_CJK = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f"
_WRAPPED = re.compile(rf"(?<=[{_CJK}])\s*\n\s*(?=[{_CJK}])")
_LINK = re.compile(r"(?<!!)\[([^\]\n]{1,200})\]\(\S{1,2000}?\)")  # alone on a line it is navigation
_CELL = 300  # characters of the longest text that is a table's cell rather than a part of the page
_HEAD_LINES = 14  # lines in which the head's house text may stand
_BEFORE_TAIL = 0.12  # share of the text that must precede a mark that ends it
_EARLY = 0.4  # share of the text before which a mark is doubted
_PROSE = 3  # long sentences that show that the article goes on
_HOUSE_TAIL = 0.3  # share of the text that may follow the last source or editor line and still be house text
_SENTENCE = re.compile("[。！？!?.]$")


@dataclass(frozen=True, slots=True)
class Cleaned:
    """The body's lines, and the lines that were cut from it."""

    lines: tuple[str, ...]
    cuts: tuple[str, ...] = ()

    @property
    def body(self) -> str:
        """One paragraph a line."""
        return "\n".join(self.lines)


def tidy(text: str) -> str:
    """``text`` on one line, without control characters, zero-width characters, lone surrogates and layout spaces."""
    if text.isprintable() and "  " not in text:  # nothing but letters, signs and single spaces: most lines
        return text.strip()
    return _SPACES.sub(" ", _CONTROL.sub("", re.sub(r"[\r\n\x85\u2028\u2029]+", " ", text))).strip()


def fragment_lines(node: Element) -> list[str]:
    """The lines within an lxml element, block by block, the rows of tables as lines."""
    children = (etree.tostring(child, encoding="unicode") for child in node)
    return html_lines(html.escape(node.text or "", quote=False) + "".join(children))


def html_lines(markup: str) -> list[str]:
    """The lines of an HTML fragment."""
    soup = BeautifulSoup(markup, "lxml")
    return [line for raw in _flat(soup).split("\x1e") if (line := tidy(raw))]


def text_lines(text: str) -> list[str]:
    """The lines of a plain text document, its Markdown marks for headings, emphasis and pictures undone."""
    plain = re.sub(r"\[?!\[[^\]\n]*\]\([^)\n]*\)(?:\]\([^)\n]*\))?", "", text)
    plain = re.sub(r"(?m)^\s{0,3}(?:#{1,6}\s+|>\s?)|\*\*|__(?=\S)|(?<=\S)__", "", plain)
    raws = (raw if _LINK.fullmatch(raw.strip()) else _LINK.sub(r"\1", raw) for raw in plain.splitlines())
    return [line for raw in raws if (line := tidy(raw))]


def cut_house_text(lines: list[str], *, title: str = "", names: frozenset[str] = frozenset()) -> Cleaned:
    """``lines`` without house text; ``names`` are what the publisher calls itself, alone on a line no part of the text.

    The patterns are written in simplified characters; a traditional text is matched through its simplified form.
    """
    read = folded(lines)
    stop = _end(read)
    same = compared(title) if title else ""
    keep = [
        i < stop
        and not _is_house(line, i, names)
        and not (same and len(line) < 2 * len(title) + 20 and compared(line) == same)
        for i, line in enumerate(read)
    ]
    kept = tuple(line for line, k in zip(lines, keep, strict=True) if k)
    cuts = tuple(line for line, k in zip(lines, keep, strict=True) if not k)
    return Cleaned(kept, cuts)


def _end(lines: list[str]) -> int:
    """The index of the line at which the article has ended, len(lines) if it goes to the end."""
    total = sum(map(len, lines)) or 1
    seen, stop = 0, len(lines)
    for i, line in enumerate(lines):
        if seen > _BEFORE_TAIL * total and _pattern("tail").match(line) and not _goes_on(lines[i + 1 :], seen / total):
            stop = i
            break
        seen += len(line)
    closing = [i for i in range(stop) if i > 0 and _pattern("end").match(lines[i])]
    if closing and _only_house(lines[closing[-1] + 1 : stop], sum(map(len, lines[: closing[-1]]))):
        stop = closing[-1]
    return stop


def _goes_on(rest: list[str], read: float) -> bool:
    """Whether prose follows a mark that stands early: digests name related links after each of their items."""
    return read < _EARLY and sum(1 for line in rest if len(line) > 60 and _SENTENCE.search(line)) >= _PROSE


def _only_house(rest: list[str], before: int) -> bool:
    if sum(map(len, rest)) > _HOUSE_TAIL * before:
        return False
    return not any(len(line) > 40 and _SENTENCE.search(line) for line in rest)


def _is_house(line: str, index: int, names: frozenset[str]) -> bool:
    return bool(
        _pattern("anywhere").match(line)
        or (index < _HEAD_LINES and _pattern("head").match(line))
        or line in names
        or line.strip("*# ") in names
    )


@cache
def _pattern(name: str) -> re.Pattern[str]:
    return any_of(terms("house_text")[name])


@cache
def _widget() -> re.Pattern[str]:
    return any_of(terms("locate")["widgets"])


def _flat(root: Tag) -> str:
    """The text under ``root`` with U+001E where a block begins or ends; no recursion, markup nests without end."""
    out: list[str] = []
    todo: list[tuple[PageElement | str, bool]] = [(root, False)]  # with whether it stands in a table cell
    while todo:
        node, in_cell = todo.pop()
        if isinstance(node, Tag):
            cell = in_cell or _is_cell(node)
            todo.extend((child, cell) for child in reversed(_opened(node, cell)))
        elif type(node) is NavigableString:
            out.append(_string(node))
        elif type(node) is str:
            out.append(node)
    return "".join(out)


def _opened(tag: Tag, in_cell: bool) -> list[PageElement | str]:
    """What a reader meets of a tag, in order."""
    if tag.name in _DROPPED or (tag.attrs and _is_widget(tag)):
        return []
    if tag.name in _BLOCKS or tag.name in _CELLS:
        edge = " " if in_cell else "\x1e"
        return [edge, *tag.contents, edge]
    return list(tag.contents)


def _is_cell(tag: Tag) -> bool:
    """Whether ``tag`` is a cell of a true table: old pages put whole texts into cells for their layout."""
    if tag.name not in _CELLS or tag.parent is None:
        return False
    return len(tag.parent.find_all(_CELLS, recursive=False, limit=2)) > 1 and len(tag.get_text()) <= _CELL


def _string(text: NavigableString) -> str:
    raw = str(text).replace("\x1e", "")
    if text.parent is not None and text.parent.name == "pre":
        return raw.replace("\n", "\x1e")
    return re.sub(r"\s*[\r\n]+\s*", " ", _WRAPPED.sub("", raw)) if "\n" in raw or "\r" in raw else raw


def _is_widget(tag: Tag) -> bool:
    """Whether id or class name a share bar, a list of related news or the like, and the tag holds no article."""
    named = [*tag.get_attribute_list("class"), tag.get("id")]
    if not any(n and _widget().fullmatch(str(n)) for n in named):
        return False
    size = len(tag.get_text(strip=True))
    return size < 60 or (size < 2000 and len(tag.find_all("a", limit=2)) > 1)
