"""What changed between two texts, in words a reader follows, and whether it changes what the notice says."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from crawler.judging.lexicon import lexicon
from crawler.judging.passage import fold
from crawler.judging.sameness import essence
from crawler.reading.normalise import is_traditional, simplified

_CLAUSE = re.compile(r"(?:[^，。！？；!?;\n,]|(?<=\d),(?=\d))*(?:[，。！？；!?;\n]|(?<!\d),|,(?!\d))*", re.S)
_NUMERAL = (
    r"\d+(?:[,，]\d{3})*(?:[.:/-]\d+)*[%％‰]?[千百万亿]*"
    r"|[零〇一二两三四五六七八九十百千]{1,6}(?=[名人起个件日月年天次万亿元家条张批岁成])[万亿]*"
)
_NUMBER = re.compile(_NUMERAL)
_TOKEN = re.compile(rf"{_NUMERAL}|[A-Za-z]+|\s+|.", re.S)
_ADVICE = re.compile(
    r"不|勿|莫|未|无|非|禁止|严禁|停止|暂停|暂缓|取消|恢复|解除|必须|应当|可以|建议|尽快|立即|尽早|全部|部分|所有|上调|下调"
    r"|\b(?:no|not|never|must|should|avoid|all|some|immediately)\b",
    re.I,
)
_SUBSTANCE = 8  # letters from which added or removed words are more than a correction
_ISLAND = 2  # letters left alone between two changes are shown as part of one change
_FINEST = 600  # tokens up to which a changed passage is compared letter by letter (0.1 s at the worst)
_READABLE = 6_000  # changed characters up to which that is done at all: beyond, a text was replaced, not edited
_SUMMARY, _QUOTED, _DIFF = 200, 40, 20_000  # longest summary, quotation in it, and diff (characters)


@dataclass(frozen=True, slots=True)
class Hunk:
    """A passage that was replaced: ``old`` is empty for words added, ``new`` for words removed."""

    old: str
    new: str


def summarise(old: str, new: str) -> tuple[bool, str, str]:
    """Whether the change is material, a summary in one line, and the diff.

    Material is a change of numbers, dates, places, telephone numbers, advice or its level (谨慎前往 → 暂勿前往), and
    words of substance added or removed.  The summary has no words of its own: ``92 → 763; + 新增的话; − 删去的话``.
    The diff holds the changed passages, one a line, as ``words kept [-words removed-]{+words added+}``.
    """
    if is_traditional(old) != is_traditional(new):
        old, new = simplified(old), simplified(new)
    hunks = list(_hunks(_clauses(old), _clauses(new)))
    readable = sum(len(h.old) + len(h.new) for h in hunks) <= _READABLE
    runs = [_pieces(h) if readable else [(h.old, h.new)] for h in hunks]
    edits = [(a, b) for pieces in runs for a, b in pieces if a != b]
    material = any(_material(h) for h in hunks)
    said = "; ".join(dict.fromkeys(_said(a, b) for a, b in edits if essence(a) != essence(b)))
    diff = "\n".join("".join(_marked(a, b) for a, b in pieces).strip() for pieces in runs)
    return material, _cut(said or "≈", _SUMMARY), _cut(diff, _DIFF)


# --------------------------------------------------------------------------------------------------------------------
# Where the texts differ


def _clauses(text: str) -> list[str]:
    return [c for c in _CLAUSE.findall(text) if essence(c)]


def _hunks(old: Sequence[str], new: Sequence[str]) -> Iterator[Hunk]:
    """The passages that differ; clauses that only moved are none."""
    a, b = [essence(c) for c in old], [essence(c) for c in new]
    edits = [op[1:] for op in SequenceMatcher(None, a, b).get_opcodes() if op[0] != "equal"]
    moved = Counter(c for i, j, _, _ in edits for c in a[i:j]) & Counter(c for _, _, i, j in edits for c in b[i:j])
    for i1, i2, j1, j2 in edits:
        removed = "".join(c for c, e in zip(old[i1:i2], a[i1:i2], strict=True) if e not in moved)
        added = "".join(c for c, e in zip(new[j1:j2], b[j1:j2], strict=True) if e not in moved)
        if essence(removed) != essence(added):
            yield Hunk(removed, added)


def _pieces(hunk: Hunk) -> list[tuple[str, str]]:
    """A hunk as runs of (old, new) text, equal where nothing changed; numbers and Latin words are never split."""
    a, b = _TOKEN.findall(hunk.old), _TOKEN.findall(hunk.new)
    if not a or not b or max(len(a), len(b)) > _FINEST:
        return [(hunk.old, hunk.new)]
    edits = SequenceMatcher(None, a, b, autojunk=False).get_opcodes()
    kept = sum(i2 - i1 for kind, i1, i2, _, _ in edits if kind == "equal")
    if kept * 3 < min(len(a), len(b)):
        return [(hunk.old, hunk.new)]
    return _joined([("".join(a[i1:i2]), "".join(b[j1:j2])) for _, i1, i2, j1, j2 in edits])


def _joined(runs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Runs with lonely letters between two changes made part of the change: words, not crumbs."""
    out: list[tuple[str, str]] = []
    for n, (a, b) in enumerate(runs):
        island = a == b and len(a) <= _ISLAND and 0 < n < len(runs) - 1
        if out and (island or out[-1][0] != out[-1][1]) and (a != b or island):
            out[-1] = (out[-1][0] + a, out[-1][1] + b)
        else:
            out.append((a, b))
    return out


# --------------------------------------------------------------------------------------------------------------------
# What the difference means


def _material(hunk: Hunk) -> bool:
    return (
        _numbers(hunk.old) != _numbers(hunk.new)
        or _weighty(hunk.old) != _weighty(hunk.new)
        or any(max(len(essence(a)), len(essence(b))) >= _SUBSTANCE for a, b in _pieces(hunk) if a != b)
    )


def _numbers(text: str) -> Counter[str]:
    return Counter(essence(n) for n in _NUMBER.findall(text))


def _weighty(text: str) -> set[str]:
    """The places, phrases of warning, result or measure, and words of advice in a passage."""
    hits = lexicon().find(fold(text))
    terms = {h.term.text for h in hits if h.term.phrase or h.term.code is not None or h.term.group.startswith("place")}
    return terms | set(_ADVICE.findall(text))


def _said(old: str, new: str) -> str:
    old, new = (_cut(re.sub(r"\s+", " ", t).strip(" ，。；,;、"), _QUOTED) for t in (old, new))
    if not old:
        return f"+ {new}"
    return f"{old} → {new}" if new else f"− {old}"


def _marked(old: str, new: str) -> str:
    if old == new:
        return old
    return (f"[-{old}-]" if old else "") + (f"{{+{new}+}}" if new else "")


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"
