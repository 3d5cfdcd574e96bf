"""Whether a line is a message that stands in the place of content, or a sentence that merely speaks of such things.

"您访问的页面不存在" on its own is an error page; "骗子称“您访问的页面不存在”，要求重新登录" is a warning of one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from crawler.items import PageClass
from crawler.reading.terms import any_of, terms

_LONGEST = 90  # characters of a line that may be a message
_LEAD = 22  # characters that may stand before the words of a message (很抱歉，由于…)
_SENTENCE = 18  # characters of Chinese from which on a line with punctuation is a sentence
_WORDS = 9  # the same for other languages, in words
_PASSING = 0.2  # share of a sentence below which it mentions a message in passing
_CJK = re.compile(r"[\u3400-\u9fff]")
_MARKS = re.compile(r"[，。；！？、,.;!?]")
_EDGE = re.compile(r"^[\W_]+|[\W_]+$")
_NUMBER = re.compile(r"^(?:HTTP(?: Status| 错误)?|Error)?\s*[-–:：]?\s*[1-5]\d\d(?:\.\d)?\s*[-–:：|]?\s*(?=\S)", re.I)
_POLITE = re.compile(  # what is said around a message: how sorry they are, and what to do
    r"^(?:尊敬的\w{2,4}[，,：:!！]|(?:非常|很)?抱歉|对不起|哎呀|糟糕|(?:温馨)?提示|oops|sorry|we(?:'re| are) sorry)"
    r"[，,。!！：:.\s]*"
    r"|[，,。!！;；]\s*(?:请|返回|点击|您可以|please)[^，,。!！]{0,30}[。!！.]?$|(?:了|啦)?[~～!！。.]*$",
    re.I,
)
_PLACEHOLDER = re.compile(r"\{\{[^{}]{1,80}\}\}|\$\{[^{}]{1,80}\}|<%=|\{%|\[\[[\w. ]{1,60}\]\]|v-text")
_QUOTES = "“‘「『《\"'"
_ORDER = (
    PageClass.CHALLENGE,
    PageClass.MOVED,
    PageClass.VIOLATION,
    PageClass.DELETED,
    PageClass.BLOCKED,
    PageClass.LOGIN,
    PageClass.ERROR,
    PageClass.SHELL,
)


@dataclass(frozen=True, slots=True)
class Statement:
    """A message: the class of page it stands for, the line, and which share of the line the telling words are."""

    page_class: PageClass
    line: str
    share: float

    @property
    def found(self) -> tuple[PageClass, str]:
        """The class, and why."""
        return self.page_class, f"the page says: {self.line[:80]}"


def stated(line: str) -> Statement | None:
    """The message that ``line`` is; None when it is none, quotes one or tells of one."""
    core = _EDGE.sub("", line[: _LONGEST + 20])
    if not core or len(core) > _LONGEST:
        return None
    for page_class in _ORDER:
        told = [found for found in _words(page_class).finditer(core) if found[0]]
        if told and told[0].start() <= _LEAD and not _quoted(core, told[0].start()) and not _tells(core, told):
            bare = len(_POLITE.sub("", _NUMBER.sub("", core))) or 1
            return Statement(page_class, line, min(1.0, sum(len(found[0]) for found in told) / bare))
    return None


def is_prose(line: str) -> bool:
    """Whether ``line`` is a sentence of an article rather than a message, a footer or a menu."""
    if not _MARKS.search(line) or (len(_CJK.findall(line[:200])) < _SENTENCE and line.count(" ") < _WORDS):
        return False
    message = stated(line)
    return not is_chrome(line) and (message is None or message.share < _PASSING)


def is_chrome(line: str) -> bool:
    """Whether ``line`` belongs to the frame of a page: footer, hints of an error page, template that nobody filled."""
    if _pattern("told").search(line[:400]):
        return False
    return is_footer(line) or bool(_pattern("chrome").search(line[:400]))


def is_footer(line: str) -> bool:
    """Whether ``line`` is one of those that a page ends with."""
    return bool(_pattern("footer").search(line[:400]))


def unfilled(line: str) -> bool:
    """Whether ``line`` is a template's placeholder (``{{ item.title }}``)."""
    return bool(_PLACEHOLDER.search(line[:400]))


def failed(text: str) -> str:
    """What a program printed when it failed, if ``text`` holds such words; else ""."""
    found = _pattern("error_marks").search(text[:2000])
    return found[0] if found else ""


def _tells(line: str, words: list[re.Match[str]]) -> bool:
    """Whether what stands around the words of a message makes a report or a question of it."""
    around = line
    for found in words:
        around = around.replace(found[0], " ", 1)
    return bool(_pattern("told").search(around) or _pattern("about").search(around))


def _quoted(line: str, at: int) -> bool:
    return at > 0 and line[at - 1] in _QUOTES


def _words(page_class: PageClass) -> re.Pattern[str]:
    return _pattern(f"{page_class}_words")


@cache
def _pattern(name: str) -> re.Pattern[str]:
    return any_of(terms("page_class")[name])
