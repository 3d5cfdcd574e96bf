"""The words and lines by which a change is judged: words that tell people something, lines that tell them nothing.

Both are data: `revision_words.tsv` holds a word, its group and the word it means the same as (请勿 and 切勿 are one,
谨慎前往 and 暂勿前往 are two); `revision_lines.tsv` holds patterns of lines about the page: editor, caption, page date.
All is read from text as `reading.normalise.evened` leaves it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from crawler.judging.meaning.lexicon import Matcher, lexicon
from crawler.judging.tables import table
from crawler.reading.normalise import evened

_IDLE = 80  # characters of the longest line that can be about the page
_NO_WORDS = frozenset({"unit", "head", "lead"})  # groups that count beside other words only


class Telling(NamedTuple):
    """A word that tells: what it means, and of which group it is."""

    meaning: str
    group: str


def telling(plain: str) -> list[Telling]:
    """The words of ``plain`` that tell, in its order; longer ones use up the letters of shorter ones."""
    matcher, known = _telling()
    found = (known[n] for n, _, _ in matcher.find(plain))
    return [word for word in found if word.group != "neutral"]


def terms(plain: str) -> Iterable[tuple[int, int]]:
    """Where words of the lists stand in ``plain``, also of the lexicon: words that are never torn apart."""
    return ((start, end) for _, start, end in _terms().find(plain))


@cache
def words_of(group: str) -> tuple[str, ...]:
    """The words of one group, longest first."""
    return tuple(sorted((evened(r["term"]) for r in _rows() if r["group"] == group), key=len, reverse=True))


def is_idle(plain: str) -> bool:
    """Whether a line is about the page.  One that is long, ends a sentence or holds a word that tells is not."""
    plain = plain.strip()
    if not plain or len(plain) > _IDLE or plain[-1] in "。！？!?" or not _idle().fullmatch(plain):
        return False
    return not any(word.group in ("advice", "level", "negation") for word in telling(plain))


def _rows() -> tuple[dict[str, str], ...]:
    return table("revision_words")


@cache
def _telling() -> tuple[Matcher, list[Telling]]:
    rows = [row for row in _rows() if row["group"] not in _NO_WORDS]
    known = [Telling(evened(row["same"] or row["term"]), row["group"]) for row in rows]
    return Matcher(evened(row["term"]) for row in rows), known


@cache
def _terms() -> Matcher:
    listed = (evened(row["term"]) for row in _rows() if row["group"] != "unit" and len(row["term"]) > 1)
    return Matcher({*listed, *(t.text for t in lexicon().terms if len(t.text) > 1)})


@cache
def _idle() -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{row['pattern']})" for row in table("revision_lines")))
