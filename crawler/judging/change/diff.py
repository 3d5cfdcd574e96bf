"""What changed between two texts, in words a reader follows, and whether it changes what the notice says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from crawler.judging.change.edits import Run, compare
from crawler.judging.change.weight import Respect, Weigher, heading
from crawler.reading.normalise import compared

_NAMES = {  # of the respects, for readers of Chinese and of other texts
    Respect.FIGURE: ("数字", "figure"),
    Respect.DATE: ("日期", "date"),
    Respect.CONTACT: ("电话", "contact"),
    Respect.PLACE: ("地点", "place"),
    Respect.NAME: ("名称", "name"),
    Respect.LEVEL: ("级别", "level"),
    Respect.ADVICE: ("要求", "advice"),
    Respect.NEGATION: ("否定", "negation"),
    Respect.STATUS: ("状态", "status"),
    Respect.EXTENT: ("范围", "extent"),
    Respect.METHOD: ("手法", "method"),
    Respect.TITLE: ("标题", "title"),
    Respect.CONTENT: ("内容", "content"),
}
_WORDING, _ORDER = ("文字", "wording"), ("次序", "order")
_RESTORED = "恢复 restored"
SAME = "≈"  # the summary where no word differs
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_MOST = 200  # changed passages that are weighed; a text with more was rewritten
_SUMMARY, _QUOTED, _DIFF = 200, 40, 20_000  # longest summary, quotation in it, and diff (characters)
_SIDE, _CONTEXT = 4_000, 200  # characters shown of one side of a change, and of what stands between two
_TELLING = 2  # letters of a quotation; a shorter one is quoted with as many beside it
_MARK = re.compile(r"(?<=\[)(?=-)|(?<=-)(?=\])|(?<=\{)(?=\+)|(?<=\+)(?=\})")
_CLAUSE_END = re.compile(r"[，。！？；、!?;,\n“”《》「」]")
_LAYOUT = re.compile(r"\s+")
_EDGES = " ，。；,;、"


def summarise(old: str, new: str) -> tuple[bool, str, str]:
    """Whether the change is material, a summary in one line, and the diff.  The first line of a text is its title.

    Material is a change of figures, dates, telephone numbers, places, names, level (谨慎前往 → 暂勿前往), advice,
    negation, status, extent or method, of what the title announces, and a sentence more or less.  The summary names the
    respect and quotes: ``级别: 谨慎前往 → 暂勿前往; 数字: 92名 → 763名; 文字: 高度 → 十分``; "≈" where
    no word differs.  The diff holds the changed passages, one a line, as ``kept [-removed-]{+added+}``.
    """
    compared = compare(old, new)
    passages = [runs for runs in compared if any(run.kind in ("changed", "idle") for run in runs)]
    told = list(_told(old, new, passages))
    moved = [run.new for runs in compared for run in runs if run.kind == "moved" and run.new]
    language = 0 if _CHINESE.search(new or old) else 1
    summary = _summary(told, language) or (f"{_ORDER[language]}: {_short(moved[0])}" if moved else SAME)
    return any(respects for respects, _ in told), summary, _diff(passages)


def restored(summary: str) -> str:
    """The summary of a withdrawn notice that is back, given how its words changed meanwhile."""
    return _RESTORED if summary == SAME else _cut(f"{_RESTORED}; {summary}", _SUMMARY)


def _told(old: str, new: str, passages: Sequence[Sequence[Run]]) -> Iterator[tuple[list[Respect], str]]:
    """Each change, quoted, with the respects in which it is material, none if it is cosmetic."""
    if not passages:
        return
    a, b = old.partition("\n")[0], new.partition("\n")[0]
    if heading(a, b):
        yield [Respect.TITLE], _replaced(a, b)
    weigher = Weigher(old, new)
    for runs in passages[:_MOST]:
        weighed = weigher.weigh(runs)
        for n, run in enumerate(runs):
            if run.kind in ("changed", "idle"):
                yield weighed.get(n, []), _quoted(runs, n)
    if len(passages) > _MOST:
        runs = passages[_MOST]
        yield [Respect.CONTENT], _quoted(runs, next(n for n, run in enumerate(runs) if run.kind != "same"))


def _summary(told: Iterable[tuple[Sequence[Respect], str]], language: int) -> str:
    """What changed, by respect, the material before the cosmetic."""
    said: dict[str, list[str]] = {}
    for respects, quoted in sorted(told, key=lambda change: not change[0]):
        name = "、".join(_NAMES[r][language] for r in respects) or _WORDING[language]
        said.setdefault(name, []).append(quoted)
    parts = (f"{name}: {', '.join(dict.fromkeys(quoted))}" for name, quoted in said.items())
    return _cut("; ".join(parts), _SUMMARY)


def _quoted(runs: Sequence[Run], n: int) -> str:
    """A change in words: ``old → new``, ``+ new``, ``− old``; a single letter with the letters beside it."""
    old, new = runs[n].old, runs[n].new
    if max(len(compared(old)), len(compared(new))) < _TELLING:
        before = _CLAUSE_END.split(runs[n - 1].new)[-1][-_TELLING:] if n else ""
        after = _CLAUSE_END.split(runs[n + 1].new)[0][:_TELLING] if n + 1 < len(runs) else ""
        old, new = before + old + after, before + new + after
    return _replaced(old, new)


def _replaced(old: str, new: str) -> str:
    old, new = _short(old), _short(new)
    if not old:
        return f"+ {new}"
    return f"{old} → {new}" if new else f"− {old}"


def _short(said: str) -> str:
    return _cut(_LAYOUT.sub(" ", said).strip(_EDGES), _QUOTED)


def _diff(passages: Iterable[Sequence[Run]]) -> str:
    """The changed passages, one a line; what is too long is left out at its end."""
    lines: list[str] = []
    left = _DIFF - 1
    for runs in passages:
        line = ""
        for marked in map(_marked, runs):
            left -= len(marked) + 1
            if left < 0:
                return "\n".join([*lines, line.strip() + "…"])
            line += marked
        lines.append(line.strip())
    return "\n".join(lines)


def _marked(run: Run) -> str:
    """A run as readers of the diff see it: marks that the text itself holds are broken by a word joiner."""
    old, new = (_MARK.sub("\u2060", side) for side in (run.old, run.new))
    if run.kind == "same":
        return new if len(new) <= 2 * _CONTEXT else f"{new[:_CONTEXT]}…{new[-_CONTEXT:]}"
    if run.kind == "moved":
        return ""
    return (f"[-{_cut(old, _SIDE)}-]" if old else "") + (f"{{+{_cut(new, _SIDE)}+}}" if new else "")


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"
