"""Marks in a text: where the words of a search stand, and the sentences that a judgement rests on.  Pure."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from crawler.reading.normalise import evened

_BEFORE, _AROUND = 40, 180  # characters of a snippet before its first mark, and in all


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text, with the numbers of the marks that lie on it."""

    text: str
    marks: tuple[int, ...] = ()


Span = tuple[int, int, int]  # from, to, number of the mark


def found(text: str, words: Sequence[str]) -> list[Span]:
    """Where ``words`` stand in ``text``, in whichever form of their characters."""
    if not words:
        return []
    plain = evened(text)
    return [(at, at + len(word), 0) for word in map(evened, words) if word for at in _places(plain, word)]


def quoted(text: str, sentences: Iterable[str]) -> list[Span]:
    """Where each of ``sentences`` first stands in ``text``; its number is its place among them, from 1."""
    spots = ((text.find(s), s, n) for n, s in enumerate(sentences, 1) if s)
    return [(at, at + len(s), n) for at, s, n in spots if at >= 0]


def pieces(text: str, spans: Iterable[Span]) -> list[Piece]:
    """``text`` cut at every edge of a mark."""
    spans = list(spans)
    edges = sorted({0, len(text), *(e for a, b, _ in spans for e in (a, b) if 0 <= e <= len(text))})
    cut = ((a, b) for a, b in itertools.pairwise(edges) if a < b)
    return [Piece(text[a:b], tuple(sorted({n for s, e, n in spans if s <= a and b <= e}))) for a, b in cut]


def snippet(body: str, words: Sequence[str]) -> list[Piece]:
    """The part of ``body`` around the first of ``words`` that stands in it, marked; nothing where none does."""
    plain = " ".join(body.split())
    spans = found(plain, words)
    if not spans:
        return []
    first = min(at for at, _, _ in spans)
    start = max(0, first - _BEFORE)
    end = min(len(plain), start + _AROUND)
    inside = [(a - start, b - start, n) for a, b, n in spans if start <= a and b <= end]
    cut = pieces(plain[start:end], inside)
    return [*([Piece("…")] if start else []), *cut, *([Piece("…")] if end < len(plain) else [])]


def _places(text: str, word: str) -> Iterator[int]:
    at = text.find(word)
    while at >= 0:
        yield at
        at = text.find(word, at + len(word))
