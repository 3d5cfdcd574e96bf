"""House text that no rule knows: lines that a source prints at the edge of all its texts, learnt from its last ones.

Only whole lines at the very beginning or end of a body are learnt, and never one that could be a warning's own word.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from functools import cache
from itertools import takewhile
from re import Pattern

from crawler.items import Article, Cut
from crawler.reading.normalise import text_hash
from crawler.reading.terms import any_of, terms

WINDOW = 20  # articles of a source that are looked at
RULE = "learnt: recurs in this source's last articles"
_ARTICLES = 6  # that must carry a line before it is learnt
_SHARE = 0.8  # of the articles looked at that must carry it
_LINES = 8  # at either edge
_LONGEST = 60  # characters of a line that is no paragraph


def edges(body: str) -> list[str]:
    """The lines before the first and behind the last line of ``body`` that can only be the article's own."""
    lines = body.split("\n")
    head = list(takewhile(_learnable, lines[:_LINES]))
    tail = list(takewhile(_learnable, reversed(lines[len(head) :][-_LINES:])))
    return sorted({*head, *tail})


def learn(articles: Sequence[Collection[str]]) -> frozenset[str]:
    """The lines that recur in the last articles of one source, each given by its `edges`."""
    seen = Counter(line for article in articles[-WINDOW:] for line in set(article))
    enough = max(_ARTICLES, _SHARE * min(len(articles), WINDOW))
    return frozenset(line for line, n in seen.items() if n >= enough)


def without(article: Article, learnt: Collection[str], stored: str = "") -> Article:
    """``article`` without the ``learnt`` lines at its edges.

    ``stored`` is its body as it was stored before.  What that still shows stays: a page that is read again is no
    revision because a line has been learnt meanwhile.
    """
    lines = article.body.split("\n")
    begin, end = _span(lines, learnt)
    if stored:
        before = stored.split("\n")
        begin -= next(n for n in range(begin, -1, -1) if before[:n] == lines[begin - n : begin])
        end += next(n for n in range(len(lines) - end, -1, -1) if not n or before[-n:] == lines[end : end + n])
    if (begin, end) == (0, len(lines)):
        return article
    body = "\n".join(lines[begin:end])
    cuts = tuple(Cut(line, RULE) for line in lines[:begin] + lines[end:])
    return replace(article, body=body, text_hash=text_hash(body), cuts=article.cuts + cuts)


def _span(lines: list[str], learnt: Collection[str]) -> tuple[int, int]:
    """From which line on, and up to which one, ``lines`` are the article's own; all of it where nothing is left."""
    begin = _run(lines, learnt)
    return (begin, len(lines) - _run(reversed(lines), learnt)) if begin < len(lines) else (0, len(lines))


def _run(lines: Iterable[str], learnt: Collection[str]) -> int:
    return sum(1 for _ in takewhile(lambda line: line in learnt, lines))


def _learnable(line: str) -> bool:
    return 1 < len(line) <= _LONGEST and not _never().search(line)


@cache
def _never() -> Pattern[str]:
    return any_of(terms("boilerplate")["never"])
