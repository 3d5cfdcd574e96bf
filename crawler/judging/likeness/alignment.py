"""Which clause of one text stands where in another, and what the two say differently in one place."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise

from crawler.judging.likeness.clauses import TELLING, Clause, Text
from crawler.judging.likeness.guard import conflict
from crawler.reading.terms import any_of, terms

_NUMERAL = re.compile(r"[\d.:/、%‰-]+|[零〇一二两三四五六七八九十百千万亿]+")
_ALIKE = 0.5  # likeness from which two clauses are one with another filling
_FEWEST = 4  # letters of a clause besides its numbers, or it is like any other
_SLOT = 3  # clauses between two common ones, or before all or after, that stand for each other whatever they say
_REACH = 20  # clauses to either side among which a counterpart is looked for


def contradiction(a: Text, b: Text) -> str | None:
    """The first place in which two texts say the same of different facts, for people; None where there is none."""
    for x, y in _counterparts(a.clauses, b.clauses):
        if _cut_short(x, a, y) or _cut_short(y, b, x) or _stands_in(x, a, b) or _stands_in(y, b, a):
            continue
        if said := conflict(x.said, y.said):
            return f"{said}: {x.said[:40]} / {y.said[:40]}"
    return None


def _cut_short(clause: Clause, text: Text, whole: Clause) -> bool:
    """Whether a text breaks off in the middle of a clause."""
    return clause is text.clauses[-1] and whole.key.startswith(clause.key)


def _stands_in(clause: Clause, text: Text, other: Text) -> bool:
    """Whether the other text says a clause after all, with other marks or line breaks, and as often as its own."""
    often = text.letters.count(clause.key)
    return len(clause.key) >= TELLING and other.letters.count(clause.key) >= often


def likeness(a: str, b: str) -> float:
    """How alike two lines are, 0..1: Dice's share of their pairs of letters."""
    of_a, of_b = pairs(a), pairs(b)
    return 2 * len(of_a & of_b) / max(1, len(of_a) + len(of_b))


def pairs(line: str) -> set[str]:
    """The pairs of neighbouring letters of a line."""
    return {line[i : i + 2] for i in range(len(line) - 1)}


def _counterparts(a: Sequence[Clause], b: Sequence[Clause]) -> Iterator[tuple[Clause, Clause]]:
    """The clauses that differ and stand for each other in two texts."""
    ends = [(-1, -1), *_anchors([c.key for c in a], [c.key for c in b]), (len(a), len(b))]
    for (i, j), (next_i, next_j) in pairwise(ends):
        only_a, only_b = _apart(a[i + 1 : next_i], b[j + 1 : next_j])
        if len(only_a) == len(only_b) <= _SLOT:
            yield from zip(only_a, only_b, strict=True)
        else:
            yield from _alike(only_a, only_b)


def _anchors(a: Sequence[str], b: Sequence[str]) -> list[tuple[int, int]]:
    """Where clauses that occur once in either text stand, in the order of both: the longest such chain (patience)."""
    once_a, once_b = ({k for k, n in Counter(keys).items() if n == 1} for keys in (a, b))
    where = {key: j for j, key in enumerate(b) if key in once_b}
    common = [(i, where[key]) for i, key in enumerate(a) if key in once_a and key in where]
    tails: list[int] = []  # the lowest end of a chain of each length
    chains: list[tuple[int, int]] = []  # of each pair: its rank, and the pair before it
    last: list[int] = []
    for n, (_, j) in enumerate(common):
        rank = bisect_left(tails, j)
        tails[rank : rank + 1] = [j]
        last[rank : rank + 1] = [n]
        chains.append((rank, last[rank - 1] if rank else -1))
    chain, n = [], last[-1] if last else -1
    while n >= 0:
        chain.append(common[n])
        n = chains[n][1]
    return chain[::-1]


def _apart(a: Sequence[Clause], b: Sequence[Clause]) -> tuple[list[Clause], list[Clause]]:
    """The clauses of either that the other has not, without what only labels a page."""
    keys_a, keys_b = {c.key for c in a}, {c.key for c in b}
    return (
        [c for c in a if c.key not in keys_b and not _label().match(c.said)],
        [c for c in b if c.key not in keys_a and not _label().match(c.said)],
    )


def _alike(a: Sequence[Clause], b: Sequence[Clause]) -> Iterator[tuple[Clause, Clause]]:
    """Each clause of ``a`` with the one near it in ``b`` that is most like it but for its numbers."""
    shapes = [_NUMERAL.sub("", c.key) for c in b]
    for i, clause in enumerate(a):
        shape, near = _NUMERAL.sub("", clause.key), range(max(0, i - _REACH), min(len(b), i + _REACH + 1))
        if len(shape) >= _FEWEST and near:
            score, best = max((likeness(shape, shapes[j]), -abs(i - j), j) for j in near)[::2]
            if score >= _ALIKE:
                yield clause, b[best]


@cache
def _label() -> re.Pattern[str]:
    return any_of(terms("furniture")["label"])
