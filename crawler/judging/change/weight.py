"""Whether a changed passage changes what a notice says, and in which respect.

A respect is told by facts: numbers with their units, places, names, words of level, advice, negation and status.  A
fact that the rest of the text still states is not lost with a passage, nor new with one; a fact put in the place of
another always tells.  What is no fact tells only by its length: a sentence more or less is no correction.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from functools import cache

from crawler.judging.change.edits import Run
from crawler.judging.change.telling import telling, words_of
from crawler.judging.likeness.quantities import quantities
from crawler.judging.meaning.lexicon import Matcher, lexicon
from crawler.judging.meaning.passage import Passage
from crawler.judging.meaning.scam_types import scam_types
from crawler.judging.tables import table
from crawler.reading.normalise import compared, evened

_ADDED = 8  # words from which a passage more or less tells, of whatever it speaks
_REWORDED = 14  # words from which a passage put otherwise does
_MOST = 200  # changes of one passage that are weighed one by one
_CLEAR = 2  # strength from which a word of a title says what follows
_SHORTEST = 2  # characters of a name
_NAME = re.compile(r"[“\"「『《]([^”\"」』》\n]{2,24})[”\"」』》]|([一-鿿]某[某一-鿿]?)")
_LATIN = re.compile(r"[a-z\u00df-\u024f][a-z\u00df-\u024f0-9]*+(?:[.@:/_'’-]+[a-z\u00df-\u024f0-9]++)*+", re.I)
_HAN = re.compile(r"[\u3400-\u9fff]")
_SENTENCE_START = re.compile(r"(?:^|[.!?:]\s+|\n)[\"'“(]?$")


class Respect(StrEnum):
    """What a material change is about."""

    FIGURE = "figure"
    DATE = "date"
    CONTACT = "contact"
    PLACE = "place"
    NAME = "name"
    LEVEL = "level"
    ADVICE = "advice"
    NEGATION = "negation"
    STATUS = "status"
    EXTENT = "extent"
    METHOD = "method"
    TITLE = "title"
    CONTENT = "content"


_ORDERED = frozenset({Respect.FIGURE, Respect.DATE, Respect.CONTACT})
_STRICT = frozenset({Respect.ADVICE, Respect.NEGATION, Respect.STATUS, Respect.EXTENT})  # each mention counts


_Facts = Mapping[Respect, Sequence[str]]


def facts(text: str) -> _Facts:
    """What a text, or a part of one, states, by respect, in its order."""
    plain = evened(text)
    stated: dict[Respect, list[str]] = {respect: [] for respect in Respect}
    for quantity in quantities(plain):
        stated[Respect(quantity.sort)].append(quantity.value)
    for word in telling(plain):
        stated[Respect(word.group)].append(word.meaning)
    stated[Respect.PLACE] = _places(plain)
    stated[Respect.NAME] = _names(text, plain)
    stated[Respect.METHOD] = [slug for slug, _ in scam_types(Passage.of("", plain))]
    return stated


class Weigher:
    """Weighs the changes between two texts against what either states as a whole."""

    def __init__(self, old: str, new: str) -> None:
        self._before = {respect: frozenset(stated) for respect, stated in facts(old).items()}
        self._after = {respect: frozenset(stated) for respect, stated in facts(new).items()}

    def weigh(self, runs: Sequence[Run]) -> dict[int, list[Respect]]:
        """Of each changed run of a passage in which respects it tells something else; [] for a cosmetic change."""
        counted = [run for run in runs if run.kind in ("same", "changed")]
        found = self._differ("".join(r.old for r in counted), "".join(r.new for r in counted))
        changed = [n for n, run in enumerate(runs) if run.kind == "changed"][:_MOST]
        told = {n: self._run(runs, n, found) for n in changed}
        shown = {respect for respects in told.values() for respect in respects}
        if changed:  # what only the whole passage shows: figures that changed places
            told[changed[0]] += [respect for respect in found if respect not in shown]
        return told

    def _run(self, runs: Sequence[Run], n: int, possible: Collection[Respect]) -> list[Respect]:
        run = runs[n]
        found = [respect for respect in self._differ(run.old, run.new) if respect in possible]
        if Respect.NAME not in found and _named(runs, n):
            found.append(Respect.NAME)
        return found or ([Respect.CONTENT] if _is_content(run) else [])

    def _differ(self, old: str, new: str) -> list[Respect]:
        a, b = facts(old), facts(new)
        return [r for r in Respect if a[r] != b[r] and self._tells(r, Counter(a[r]), Counter(b[r]))]

    def _tells(self, respect: Respect, old: Counter[str], new: Counter[str]) -> bool:
        lost, come = old - new, new - old
        if respect in _STRICT:
            return bool(lost or come)
        if not lost and not come:  # the same in another order: 抓获5人解救3人, 抓获3人解救5人
            return respect in _ORDERED
        return bool(lost and come) or not (lost.keys() <= self._after[respect] and come.keys() <= self._before[respect])


def heading(old: str, new: str) -> bool:
    """Whether two titles announce texts of different classes: 提示 became 通报, 警惕 is gone."""
    return _announced(old) != _announced(new)


def _announced(title: str) -> set[str]:
    hits = lexicon().find(evened(title))
    return {h.term.signal for h in hits if h.term.phrase and h.term.signal and h.term.strength >= _CLEAR}


def _is_content(run: Run) -> bool:
    """Whether so much is added, removed or put otherwise that it is no mere correction."""
    old, new = _words(run.old), _words(run.new)
    return abs(old - new) >= _ADDED or max(old, new) >= _REWORDED


def _words(text: str) -> int:
    """The words of a text, roughly: a Latin word or a number is as much as two characters."""
    return len(_HAN.findall(text)) + 2 * len(_LATIN.findall(text))


def _named(runs: Sequence[Run], n: int) -> bool:
    """Whether words are replaced that make a name with those beside them: 云南警方, 嫌疑人张三."""
    old, new = evened(runs[n].old), evened(runs[n].new)
    if min(len(old), len(new)) < _SHORTEST or not (old + new).isalpha():
        return False
    after = evened(runs[n + 1].new) if n + 1 < len(runs) else ""
    before = evened(runs[n - 1].new) if n else ""
    heads, leads = words_of("head"), words_of("lead")
    return after.startswith(heads) or before.endswith(leads) or (old.endswith(heads) and new.endswith(heads))


# --------------------------------------------------------------------------------------------------------------------
# Facts


def _places(plain: str) -> list[str]:
    abroad = [h.term.text for h in lexicon().find(plain) if h.term.codes or h.term.group.startswith("place")]
    return [*abroad, *(plain[start:end] for _, start, end in _regions().find(plain))]


@cache
def _regions() -> Matcher:
    return Matcher(evened(row["name"]) for row in table("regions"))


def _names(text: str, plain: str) -> list[str]:
    """What is quoted, whom a text calls 某, and Latin names: of Chinese text every Latin word is one."""
    quoted = [compared(m[1] or m[2]) for m in _NAME.finditer(plain)]
    chinese = len(_HAN.findall(text)) * 2 > len(text)
    latin = (m for m in _LATIN.finditer(text) if chinese or _is_name(text, m))
    return [name for name in (*quoted, *(m[0].casefold() for m in latin)) if name]


def _is_name(text: str, word: re.Match[str]) -> bool:
    """Whether a word in a text of Latin letters is a name: an address, or with a capital where no sentence begins."""
    if not word[0].isalpha():
        return True
    return word[0] != word[0].lower() and not _SENTENCE_START.search(text[max(0, word.start() - 4) : word.start()])
