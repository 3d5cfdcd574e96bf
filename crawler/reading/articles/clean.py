"""A located fragment becomes lines of the publisher's own words."""

from __future__ import annotations

import html
import re
from functools import cache

from bs4 import BeautifulSoup
from bs4.element import NavigableString, PageElement, Tag
from lxml import etree

from crawler.reading.articles.locate import Element
from crawler.reading.normalise import is_even
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


def tidy(text: str) -> str:
    """``text`` on one line, without control characters, zero-width characters, lone surrogates and layout spaces."""
    if is_even(text):
        return text.strip()
    return _SPACES.sub(" ", _CONTROL.sub("", re.sub(r"[\r\n\x85\u2028\u2029]+", " ", text))).strip()


def fragment_lines(node: Element) -> list[str]:
    """The lines within an lxml element, block by block, the rows of tables as lines."""
    children = (etree.tostring(child, encoding="unicode") for child in node)
    return html_lines(html.escape(node.text or "", quote=False) + "".join(children))


def html_lines(markup: str) -> list[str]:
    """The lines of an HTML fragment."""
    soup = BeautifulSoup(markup, "lxml", multi_valued_attributes=None)  # classes stay one text until one is asked for
    return [line for raw in _flat(soup).split("\x1e") if (line := tidy(raw))]


def text_lines(text: str) -> list[str]:
    """The lines of a plain text document, its Markdown marks for headings, emphasis and pictures undone."""
    plain = re.sub(r"\[?!\[[^\]\n]*\]\([^)\n]*\)(?:\]\([^)\n]*\))?", "", text)
    plain = re.sub(r"(?m)^\s{0,3}(?:#{1,6}\s+|>\s?)|\*\*|__(?=\S)|(?<=\S)__", "", plain)
    raws = (raw if _LINK.fullmatch(raw.strip()) else _LINK.sub(r"\1", raw) for raw in plain.splitlines())
    return [line for raw in raws if (line := tidy(raw))]


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
    """Whether a tag is hidden or is named a share bar, a list of related news or the like, and holds no article."""
    named = [*str(tag.get("class") or "").split(), tag.get("id")]
    hidden = "display:none" in str(tag.get("style", "")).replace(" ", "").lower()
    if not hidden and not any(n and _widget().fullmatch(str(n)) for n in named):
        return False
    size = len(tag.get_text(strip=True))
    return size < 60 or (size < 2000 and len(tag.find_all("a", limit=2)) > 1)
