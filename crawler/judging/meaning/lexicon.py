"""The terms that tell what a text is about, and where they occur in it.

The table `data/lexicon.tsv` holds one term a line: ``simplified`` (of English terms ``english``), its ``group``, the
class it signals, where it counts (``title``, ``body``, both or ``any``), a strength from 1 to 4, and what must be near
for an ambiguous term to count.  Terms of the groups ``neutral`` and ``en_neutral`` mean nothing; they are there to use
up the words in which a shorter term would mean something else (数据跨境流动 is not 跨境, 内蒙古 is not 蒙古).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from ahocorasick_rs import AhoCorasick

from crawler.items import Kind
from crawler.judging.meaning.passage import fold
from crawler.judging.tables import table, words

SIGNALS = {
    "WARNING": Kind.WARNING,
    "RESULT": Kind.ENFORCEMENT,
    "POLICY": Kind.POLICY,
    "WANTED": Kind.WANTED,
    "CASE": Kind.CASE,
    "FEATURE": Kind.FEATURE,
    "OTHER": Kind.OTHER,
}
_FRAUD = frozenset({"crime", "crime_abroad", "group_org", "scamtype_official", "scamtype_other", "en_topic"})
_ABROAD = frozenset({"crime_abroad", "crossborder", "group_org", "en_abroad"})
_LURE = frozenset({"lure", "lure_job", "en_lure"})
_ALNUM = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")


@dataclass(frozen=True, slots=True)
class Term:
    """One row of the lexicon."""

    text: str  # folded
    group: str
    signal: Kind | None
    strength: int
    ambiguous: bool
    needs: tuple[frozenset[str], ...]  # alternatives; of one alternative all must hold
    place: bool = False  # names a country, a place in one, or a region
    codes: tuple[str, ...] = ()  # the countries it stands for; of a region none
    abroad: bool = False  # says that something reaches beyond the border
    heads: bool = True  # counts in a title
    runs: bool = True  # counts in running text

    @property
    def fraud(self) -> bool:
        """Whether the term speaks of fraud; a phrase of warning does when it says 诈 or 骗."""
        return self.group in _FRAUD or (self.group.startswith("phrase") and ("诈" in self.text or "骗" in self.text))

    @property
    def lure(self) -> bool:
        """Whether the term is bait."""
        return self.group in _LURE

    @property
    def phrase(self) -> bool:
        """Whether the term is a wording of one class of texts."""
        return self.group.startswith("phrase") or (self.group.startswith("en_") and self.signal is not None)


@dataclass(frozen=True, slots=True)
class Hit:
    """A term at its place in a folded text."""

    term: Term
    start: int
    end: int


class Matcher:
    """Finds words in folded text, longest first: the span of a longer word is used up for shorter ones."""

    def __init__(self, patterns: Iterable[str]) -> None:
        self._automaton = AhoCorasick(list(patterns))

    def find(self, text: str) -> list[tuple[int, int, int]]:
        """``(pattern number, start, end)`` of every word that counts, in text order."""
        found = self._automaton.find_matches_as_indexes(text, overlapping=True)
        found.sort(key=lambda m: (m[1] - m[2], m[1]))
        used, kept = bytearray(len(text)), []
        for match in found:
            _, start, end = match
            if not any(used[start:end]) and _whole_word(text, start, end):
                used[start:end] = b"\x01" * (end - start)
                kept.append(match)
        kept.sort(key=lambda m: m[1])
        return kept


def _whole_word(text: str, start: int, end: int) -> bool:
    """Whether Latin letters and digits at the edges of a match are a whole word; a plural s is part of it."""
    if text[start] in _ALNUM and start and text[start - 1] in _ALNUM:
        return False
    if text[end - 1] not in _ALNUM or text[end : end + 1] not in _ALNUM:
        return True
    return text[end] == "s" and text[end - 1].isalpha() and text[end + 1 : end + 2] not in _ALNUM


class Lexicon:
    """All terms, ready to be looked up."""

    def __init__(self, terms: Iterable[Term]) -> None:
        self.terms = tuple({t.text: t for t in terms}.values())
        self._matcher = Matcher(t.text for t in self.terms)

    def find(self, text: str) -> list[Hit]:
        """Every term in a folded text whose needs are met by the other terms there, in text order."""
        hits = [Hit(self.terms[n], start, end) for n, start, end in self._matcher.find(text)]
        return _accepted([h for h in hits if not h.term.group.endswith("neutral")])


def _accepted(hits: list[Hit]) -> list[Hit]:
    """The hits whose needs are met; one that needs fraud near can itself bear out another only after it is accepted."""
    facts: set[str] = set()
    open_, kept = hits, []
    while open_:
        met = [h for h in open_ if _met(h.term, facts)]
        if not met:
            break
        open_ = [h for h in open_ if not _met(h.term, facts)]
        facts.update(f for h in met for f in _facts(h.term))
        kept += met
    return sorted(kept, key=lambda h: h.start)


def _met(term: Term, facts: set[str]) -> bool:
    """Places and border words that are not ambiguous always count; whether fraud is near is asked for each sentence."""
    return not term.needs or (term.abroad and not term.ambiguous) or any(need <= facts for need in term.needs)


def _facts(term: Term) -> Iterator[str]:
    if term.fraud:
        yield "FRAUD"
    if term.abroad:
        yield "ABROAD"
    if not term.ambiguous:
        yield from term.codes


@cache
def lexicon() -> Lexicon:
    """The shipped lexicon: the terms of `lexicon.tsv` and the country names of `places.tsv`."""
    places = _places()
    return Lexicon((*_country_terms(places), *_terms(places)))


@cache
def _places() -> dict[str, tuple[tuple[str, ...], bool]]:
    """Each name of a place, folded: the countries it stands for (中缅泰: two), and whether one of them is abroad."""
    found: dict[str, tuple[tuple[str, ...], bool]] = {}
    for row in table("places"):
        for word in map(fold, words(row["terms"])):
            codes, abroad = found.get(word, ((), False))
            found[word] = ((*codes, row["code"]) if row["code"] else codes, abroad or row["abroad"] == "1")
    return found


def _country_terms(places: dict[str, tuple[tuple[str, ...], bool]]) -> Iterator[Term]:
    needs = (frozenset({"FRAUD"}),)
    for word, (codes, abroad) in places.items():
        yield Term(word, "place", None, 1, False, needs, True, codes, abroad)


def _terms(places: dict[str, tuple[tuple[str, ...], bool]]) -> Iterator[Term]:
    for row in table("lexicon"):
        text, where = fold(row["simplified"] or row["english"]), row["where"]
        codes, abroad = places.get(text, ((), row["group"] in _ABROAD))
        group = "place" if text in places and row["group"].startswith("en_") else row["group"]
        yield Term(
            text,
            group,
            SIGNALS.get(row["signal"]),
            int(row["strength"]),
            row["ambiguous"] == "1",
            tuple(frozenset(need.split("+")) for need in words(row["needs"])),
            text in places,
            codes,
            abroad,
            heads=where == "any" or "title" in where,
            runs=where == "any" or "body" in where,
        )
