"""The name of the source where no label says so: beside the date, or in an element that is marked as its place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from lxml import etree

from crawler.reading.articles.clean import tidy
from crawler.reading.articles.locate import Element, Values, bearing, text_of
from crawler.reading.attribution.origin_names import is_byline
from crawler.reading.normalise import compared

_DATE = re.compile(
    r"20\d\d(?:\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}\s?日?|\s\d{2}\s?/\s?\d{2}),?\s{0,2}"
    r"(?:\d{1,2}\s?[:：]\s?\d{2}(?:\s?[:：]\s?\d{2})?)?"
)
_WORD = re.compile(r"[^\s|丨｜，,]+")
_MARK = re.compile(
    r"(?:^|\s)(?:[a-z0-9]{1,10}[-_])?(?:source|laiyuan|ly|where|media[-_]?name|jgname)(?:[-_](?:baidu|name|text))?(?:\s|$)",
    re.IGNORECASE,
)
_OPEN = re.compile(r"(?:来源|來源)\s?[：:]?$")  # a label whose name stands in the next element
_LABELLED = etree.XPath(
    "//body//text()[(contains(., '来源') or contains(., '來源')) and not(parent::script or parent::style)]"
)
_SHORT = 160  # characters of a block that is a line of facts
_AFTER = 60  # characters behind a date in which the name stands
_BEFORE = 60  # characters before a date in which it stands alone
_LINES = 3  # labelled lines that are taken


def byline(blocks: Iterable[str], title: str) -> str:
    """The name that stands alone next to the first date in one of ``blocks``, behind it or before it; "" for none."""
    words = compared(title)
    for block in blocks:
        if len(block) <= _SHORT and (date := _DATE.search(block)):
            return _behind(block[date.end() :]) or _before(block[: date.start()], words)
    return ""


def marked(root: Element, values: Values) -> str:
    """The name in the element whose class or id says that it holds the source; "" where several names are so marked."""
    names = {words for node in _marked(root, values) if is_byline(words := tidy(text_of(node)))}
    return names.pop() if len(names) == 1 else ""


def _marked(root: Element, values: Values) -> Iterator[Element]:
    for attribute, found in values.items():
        for value in found:
            if len(value) < _SHORT and _is_mark(value):
                yield from bearing(root, attribute, value)


@lru_cache(maxsize=4096)  # the pages of a site have the same ones
def _is_mark(value: str) -> bool:
    return _MARK.search(value) is not None


def labelled_lines(root: Element) -> Iterator[str]:
    """The first short lines anywhere on a page that hold 来源; some pages print it below the text."""
    found = 0
    for text in _LABELLED(root):
        line = tidy(text)
        outer = text.getparent()
        while outer is not None and _OPEN.search(line) and len(line) <= _SHORT:
            line, outer = tidy(text_of(outer)), outer.getparent()
        if len(line) <= _SHORT:
            found += 1
            yield line
        if found == _LINES:
            return


def _behind(text: str) -> str:
    """The first word, if it is a name."""
    first = _WORD.search(text[:_AFTER])
    return _name(first[0]) if first else ""


def _before(text: str, title: str) -> str:
    """The last word before the date that is a name and no part of the title, if there are not many."""
    names = [n for w in _WORD.findall(text[-_BEFORE:]) if (n := _name(w)) and compared(n) not in title]
    return names[-1] if 1 <= len(names) <= 2 and len(text) <= _BEFORE else ""


def _name(word: str) -> str:
    """``word`` if it may be a name; of ``周五/云州日报`` the medium, without ``[整理]``."""
    word = re.sub(r"[\[【][^\[\]【】]{1,6}[\]】]$", "", word)
    word = word.rpartition("/")[2] or word
    return word if is_byline(word) else ""
