"""How strongly a text warns, and from when to when it holds."""

from __future__ import annotations

import re
from functools import cache

from crawler.judging.meaning.lexicon import Matcher
from crawler.judging.meaning.passage import Passage, fold
from crawler.judging.tables import table

_DAY = r"(?:\d{4}年)?\d{1,2}月\d{1,2}日(?:\s?\d{1,2}[时点:]\d{0,2}分?|零时|24时)?"
_VALIDITY = re.compile(
    rf"(?:有效期|有效时间)(?:至|到|为|:|截至|自)?\s?{_DAY}(?:至{_DAY})?(?:止)?"
    rf"|自(?:即日|发布之日|本通告发布之日|本公告发布之日|公布之日|{_DAY})起(?:至{_DAY}(?:前|止)?|施行|实施|执行|生效)?"
    rf"|(?:于|从){_DAY}起(?:施行|实施|执行|生效)"
    rf"|截至{_DAY}(?:前|止)|{_DAY}起(?:施行|实施|执行|生效)|至{_DAY}止|(?:在|于){_DAY}(?:之)?前"
    rf"|即日起(?:至{_DAY}(?:止)?)?|另行通知(?:为止|前)?"
    r"|(?:valid|in force|in effect) (?:until|from) [a-z0-9 ,]{4,24}\d{4}|until further notice"
)
_MARKS = ("有效", "起", "止", "前", "截至", "通知", "valid", "in force", "in effect", "until")  # one is in each
_MOST = 6  # statements kept of one text


def levels(passage: Passage) -> list[tuple[str, int]]:
    """The words of a warning's level, each once, in the publisher's letters: 谨慎前往, do not travel.

    They are those of `data/levels.tsv`: the wording of consular reminders and of ministries' travel advice.
    """
    found: dict[str, tuple[str, int]] = {}
    for _, start, end in _levels().find(passage.folded):
        found.setdefault(passage.folded[start:end], (passage.original(start, end), start))
    return list(found.values())


def validity(passage: Passage) -> list[tuple[str, int]]:
    """What the text says of the time it holds for, in the publisher's letters: 自2019年10月14日起, 即日起."""
    found: dict[str, int] = {}
    for line, at in zip(passage.folded.split("\n"), passage.starts, strict=False):
        if any(mark in line for mark in _MARKS):
            for m in _VALIDITY.finditer(line):
                found.setdefault(passage.original(at + m.start(), at + m.end()), at + m.start())
    return list(found.items())[:_MOST]


@cache
def _levels() -> Matcher:
    return Matcher(fold(row["term"]) for row in table("levels"))
