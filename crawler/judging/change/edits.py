"""Where two texts differ, word by word: every run of the one text beside the run of the other that stands in its place.

Two rounds: clauses are matched whole, then the words of the clauses that changed.  Both use the bit-parallel longest
common subsequence (Hyyrö 2004), whose cost does not depend on what the texts say, and give up where it would be dear.
Words are not guessed at: a number with its unit, a date, a telephone number, a Latin word and the terms of the word
lists are one token each; of other Chinese text every character is one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Literal

from crawler.judging.change.telling import is_idle, terms
from crawler.judging.likeness.quantities import QUANTITY
from crawler.reading.normalise import compared, evened

Kind = Literal["same", "changed", "moved", "idle"]

_CELLS = 30_000_000  # tokens of one text times tokens of the other: 20 ms and 4 MB at most for one comparison
_LONGEST = 20_000  # tokens of a text that is compared
_KEPT = 3  # one in so many words must be common, or a passage was replaced rather than edited
_MOVED = 4  # letters from which a clause is known again elsewhere; shorter ones are everywhere
_CRUMB = 4  # letters between two longer changes that are shown as part of one change
_MARKS = "，。！？；!?;\n"
_CLAUSE = re.compile(rf"(?:[^{_MARKS},]|(?<=\d),(?=\d))*+(?:[{_MARKS}]|(?<!\d),|,(?!\d))*+")
_LETTER = "a-z\u00df-\u024f\u0370-\u052f\u1e00-\u1eff"
_WORD = rf"\d{{0,8}}[{_LETTER}][{_LETTER}0-9]*+(?:[.@_'’/-]+[{_LETTER}0-9]++)*+"
_TOKEN = re.compile(rf"{_WORD}|{QUANTITY}|\s+|.", re.S)


@dataclass(frozen=True, slots=True)
class Run:
    """``old`` stands where ``new`` stands in the other text; either may be "".

    ``same``: no word differs; ``moved``: a clause that stands elsewhere in the other text; ``idle``: a change in a line
    about the page (editor, caption, page date) rather than in what it says.
    """

    old: str
    new: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class _Clause:
    text: str
    plain: str
    key: str  # its letters and figures
    idle: bool


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    key: Hashable
    kind: Kind = "changed"


_Pairs = list[tuple[int, int]]  # indexes of what both texts have, ascending


def compare(old: str, new: str) -> list[tuple[Run, ...]]:
    """The two texts as passages, in order: an unchanged clause is one run, changed ones are told word by word.

    All ``old`` joined are the old text, all ``new`` joined the new one, to the last space.
    """
    a, b = _clauses(old), _clauses(new)
    blocks = list(_blocks(common([c.key for c in a], [c.key for c in b]), len(a), len(b)))
    gone = [c.key for same, i1, i2, _, _ in blocks if not same for c in a[i1:i2]]
    come = [c.key for same, _, _, j1, j2 in blocks if not same for c in b[j1:j2]]
    moved = _moved(gone, come)
    left, arrived = moved.copy(), moved.copy()
    passages: list[tuple[Run, ...]] = []
    for same, i1, i2, j1, j2 in blocks:
        if same:
            passages.append((Run(a[i1].text, b[j1].text, "same"),))
        else:
            passages.append(tuple(_told(_tokens(a[i1:i2], left), _tokens(b[j1:j2], arrived))))
    return passages


def _moved(gone: Sequence[str], come: Sequence[str]) -> Counter[str]:
    """The clauses that left one place and came to another, and how often; short ones only beside another that moved."""
    both = Counter(gone) & Counter(come)
    known = {key for key in both if sum(map(str.isalpha, key)) >= _MOVED}
    together = set(pairwise(gone)) & set(pairwise(come))
    beside = {x for x, y in together if y in known} | {y for x, y in together if x in known}
    return Counter({key: n for key, n in both.items() if key in known or key in beside})


def common(a: Sequence[Hashable], b: Sequence[Hashable], *, ends: bool = False) -> _Pairs:
    """The longest sequence that ``a`` and ``b`` share, beyond what they begin and end with.

    Only what they begin and end with if ``ends``, and where the rest would take too long.
    """
    n = min(len(a), len(b))
    head = next((i for i in range(n) if a[i] != b[i]), n)
    tail = next((i for i in range(n - head) if a[-1 - i] != b[-1 - i]), n - head)
    x, y = a[head : len(a) - tail], b[head : len(b) - tail]
    dear = len(x) * len(y) > _CELLS or max(len(x), len(y)) > _LONGEST
    middle = [] if ends or dear else _longest(x, y)
    return [
        *((i, i) for i in range(head)),
        *((head + i, head + j) for i, j in middle),
        *((len(a) - i, len(b) - i) for i in range(tail, 0, -1)),
    ]


def _longest(a: Sequence[Hashable], b: Sequence[Hashable]) -> _Pairs:
    """Bit ``j`` of row ``i`` is 0 where ``b[j]`` lengthens what ``a[: i + 1]`` and ``b`` share."""
    where = dict.fromkeys(a, 0)
    for j, y in enumerate(b):
        if y in where:
            where[y] |= 1 << j
    full = (1 << len(b)) - 1
    row, rows = full, []
    for x in a:
        hit = row & where[x]
        row = (row + hit | row - hit) & full
        rows.append(row)
    return _traced(rows, len(b))


def _traced(rows: Sequence[int], j: int) -> _Pairs:
    pairs: _Pairs = []
    i = len(rows)
    while i and j:
        if rows[i - 1] >> (j - 1) & 1:
            j -= 1
            continue
        i -= 1
        if not i or rows[i - 1] >> (j - 1) & 1:
            j -= 1
            pairs.append((i, j))
    return pairs[::-1]


def _blocks(pairs: _Pairs, n: int, m: int) -> Iterator[tuple[bool, int, int, int, int]]:
    """``(same, from, to, from, to)`` over ``n`` and ``m`` of them: one of each for every pair, and the gaps."""
    i = j = 0
    for x, y in [*pairs, (n, m)]:
        if x > i or y > j:
            yield False, i, x, j, y
        if x < n:
            yield True, x, x + 1, y, y + 1
        i, j = x + 1, y + 1


# --------------------------------------------------------------------------------------------------------------------
# Clauses and words


def _clauses(text: str) -> list[_Clause]:
    """``text`` in clauses; what holds neither letter nor figure belongs to the clause before it, or else after it."""
    plain, at = evened(text), 0
    found: list[tuple[int, str, bool]] = []
    for line in plain.splitlines(keepends=True):
        idle = is_idle(line)
        found += ((at + m.start(), key, idle) for m in _CLAUSE.finditer(line) if (key := compared(m[0])))
        at += len(line)
    found = found or [(0, "", True)]
    starts = [0, *(start for start, _, _ in found[1:]), len(text)]
    return [
        _Clause(text[i:j], plain[i:j], key, idle)
        for (i, j), (_, key, idle) in zip(pairwise(starts), found, strict=True)
    ]


def _tokens(clauses: Iterable[_Clause], moved: Counter[str]) -> list[_Token]:
    """The words of changed clauses; a clause that only moved, or an idle one, is one token."""
    tokens: list[_Token] = []
    for clause in clauses:
        if moved[clause.key] > 0:
            moved[clause.key] -= 1
            tokens.append(_Token(clause.text, object(), "moved"))
        elif clause.idle:
            tokens.append(_Token(clause.text, clause.key, "idle"))
        else:
            tokens += _words(clause)
    return tokens


def _words(clause: _Clause) -> Iterator[_Token]:
    starts = [m.start() for m in _TOKEN.finditer(clause.plain)]
    known, inside = {*starts, len(clause.plain)}, set[int]()
    for start, end in terms(clause.plain):
        if start in known and end in known:
            inside.update(range(start + 1, end))
    cuts = [*(start for start in starts if start not in inside), len(clause.plain)]
    for i, j in pairwise(cuts):
        word = clause.plain[i:j]
        yield _Token(clause.text[i:j], word if j - i == 1 else compared(word) or word[0])


# --------------------------------------------------------------------------------------------------------------------
# What is told of a passage


def _told(a: Sequence[_Token], b: Sequence[_Token]) -> list[Run]:
    """A changed passage as runs: words, not crumbs; one run where little is common."""
    olds, news = [t.key for t in a], [t.key for t in b]
    pairs = common(olds, news)
    if len(pairs) * _KEPT < min(len(a), len(b)):
        pairs = common(olds, news, ends=True)
    runs: list[Run] = []
    for same, i1, i2, j1, j2 in _blocks(pairs, len(a), len(b)):
        runs += [Run(a[i1].text, b[j1].text, "same")] if same else _replaced(a[i1:i2], b[j1:j2])
    return _joined(_without_crumbs(_joined(runs)))


def _replaced(a: Sequence[_Token], b: Sequence[_Token]) -> Iterator[Run]:
    """The words of both sides, side by side where they are of one kind; what moved has nothing beside it."""
    olds, news = _by_kind(a), _by_kind(b)
    while olds or news:
        heads = [side[-1].kind for side in (olds, news) if side]
        kind: Kind = "moved" if "moved" in heads else heads[0]
        old = olds.pop().text if olds and olds[-1].kind == kind else ""
        new = news.pop().text if news and news[-1].kind == kind and not (old and kind == "moved") else ""
        yield Run(old, new, "same" if compared(old) == compared(new) else kind)


def _by_kind(tokens: Sequence[_Token]) -> list[_Token]:
    """Neighbours of one kind as one token, the last first."""
    grouped = [(kind, "".join(t.text for t in group)) for kind, group in groupby(tokens, key=lambda t: t.kind)]
    return [_Token(text, "", kind) for kind, text in reversed(grouped)]


def _joined(runs: Iterable[Run]) -> list[Run]:
    """Neighbours of one kind as one run."""
    joined: list[Run] = []
    for kind, group in groupby(runs, key=lambda run: run.kind):
        some = list(group)
        joined.append(Run("".join(r.old for r in some), "".join(r.new for r in some), kind))
    return joined


def _without_crumbs(runs: Sequence[Run]) -> list[Run]:
    """Runs in which a few letters alone between two longer changes are part of one change, within a clause."""
    out = list(runs)
    for n in range(1, len(out) - 1):
        before, run, after = out[n - 1 : n + 2]
        crumb = run.kind == "same" and before.kind == after.kind == "changed" and not set(run.new) & set(_MARKS)
        if crumb and len(compared(run.new)) <= min(_CRUMB, _size(before), _size(after)):
            out[n] = Run(run.old, run.new, "changed")
    return out


def _size(run: Run) -> int:
    return max(len(compared(run.old)), len(compared(run.new)))
