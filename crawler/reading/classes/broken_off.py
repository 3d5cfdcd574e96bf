"""Whether a text is only a beginning: a document that was cut on its way, an excerpt that says that it goes on."""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise

from crawler.reading.classes.sight import look_at
from crawler.reading.classes.statements import is_footer
from crawler.reading.terms import any_of, terms

_WHOLE = re.compile(r"</(?:html|body)\s*>", re.I)
_DOCUMENT = re.compile(r"<(?:html|body|!doctype html)\b", re.I)
_BOXES = re.compile(
    r"<(/?)(?:div|table|section|article|main|ul|ol|form)\b", re.I
)  # no page leaves these open on purpose
_OPEN_TAG = re.compile(r"<(?:[a-z/!][^<>]*)?\Z", re.I)
_HIDDEN = (("<script", "</script"), ("<style", "</style"), ("<!--", "-->"))
_TAIL = 3_000  # characters at the end of a document in which the cut shows
_DEEP = 3  # boxes left open that are more than a careless template
_END_BLOCKS = 12  # blocks at the end of a page among which its footer stands
_LAST_LINES = 3  # of an excerpt, among which it says so; a line on where it first appeared may follow
_MID_SENTENCE = 30  # characters of a line that is a paragraph rather than a signature
_GOING_ON = re.compile(r"(?:…|\.{3,}|。{3,}|·{3,})\s*[\[【（(<《]?\s*$")
_MORE = re.compile(r"\[\s*(?:…|\.\.\.|more|&hellip;)\s*\]\s*$|(?:…|\.{3,})\s*(?:»|→|>{1,3})\s*$", re.I)
_ENDED = re.compile(r"[。！？!?.”’\"』」）)】\]》~～:：;；…]\s*$")


def cut_off(text: str) -> str:
    """Why the HTML document ``text`` was cut before its end was reached; "" for a whole one and for a fragment.

    Pages without their last tags are common.  Cut are those that end within a tag, a script or a word, or with many
    boxes open, and whose footer is not there.
    """
    tail = text[-_TAIL:]
    if _WHOLE.search(tail) or not _DOCUMENT.search(text[:_TAIL]) or _WHOLE.search(text):
        return ""
    depth = sum(-1 if closing else 1 for closing in _BOXES.findall(text))
    why = _within(text) or (f"{depth} boxes are open" if depth >= _DEEP else "")
    if not why and depth > 0 and not tail.rstrip().endswith(">"):
        why = "it ends within a text"
    return f"the page breaks off: {why}" if why and not _footer(text) else ""


def breaks_off(body: str, lines: list[str]) -> str:
    """Why ``body``, read from ``lines`` (which go on below it), ends where the text does not; "" when it is whole.

    A button 阅读全文 below a text that has come to its end tells nothing: pages fold whole texts behind it.
    """
    *_, before, end = ("", "", *body.split("\n")[-2:])
    below = next((i for i in range(len(lines) - 1, -1, -1) if lines[i] == end), len(lines)) + 1
    return _beginning(end, before) or (_beginning(lines[below], end) if below < len(lines) else "")


def is_excerpt(markup: str) -> bool:
    """Whether the HTML fragment ``markup``, what a feed carries of an article, says that it is only its beginning."""
    lines = ["", *(b.text for b in look_at(markup).blocks)]
    return any(_beginning(last, before) for before, last in pairwise(lines[-_LAST_LINES - 1 :]))


def _beginning(last: str, before: str) -> str:
    """Why the line ``last``, below ``before``, says that the text goes on elsewhere."""
    if found := _withheld().search(last[-80:]):
        return f"only a part of the text is shown: {found[0]}"
    button = _goes_on().search(last[-40:])
    words = (last[-40:][: button.start()] if button else last[-40:]).rstrip()
    if _MORE.search(last[-40:]) or (button and words and _GOING_ON.search(words)):
        return f"only the beginning of the text is shown: {last[-30:]}"
    if button and not words and (_GOING_ON.search(before) or _unfinished(before)):
        return f"only the beginning of the text is shown: {before[-20:]} {last[-20:]}"
    return ""


def _within(text: str) -> str:
    if _OPEN_TAG.match(text[max(0, text.rfind("<")) :]):
        return "it ends within a tag"
    lower = text.lower()
    opened = next((o for o, closing in _HIDDEN if lower.rfind(o) > lower.rfind(closing)), "")
    return f"it ends within {opened}" if opened else ""


def _unfinished(line: str) -> bool:
    """Whether a paragraph stops in the middle of a sentence."""
    return len(line) >= _MID_SENTENCE and not _ENDED.search(line)


def _footer(text: str) -> bool:
    """Whether the page's last words are those of its footer: then what is missing is no part of the article."""
    return any(is_footer(b.text) for b in look_at(text).blocks[-_END_BLOCKS:])


@cache
def _goes_on() -> re.Pattern[str]:
    buttons = "|".join(f"(?:{p})" for p in terms("page_class")["goes_on"])
    return re.compile(rf"[\[【（(<《]?\s*(?:{buttons})\s*[\]】）)>》»→]{{0,3}}\s*$", re.I)


@cache
def _withheld() -> re.Pattern[str]:
    return any_of(terms("page_class")["withheld"])
