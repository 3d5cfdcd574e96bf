"""A text as clauses, what lies between two marks, and the fingerprints under which it is found again."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property, lru_cache
from hashlib import blake2b

from crawler.reading.normalise import compared

_LONGEST = 30_000  # characters compared of a body: beyond are appendices, and hostile pages
_MARK = re.compile(r"[，。！？；!?;…\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+|(?<!\d),|,(?!\d)|(?<=[a-z)])\.(?=\s)")
_LINK = re.compile(
    r"(?<=\])\(\s*<?https?:[^)\n]{0,600}\)|<?https?://(?:www\.)?([^\s/<>()\]]{1,200})[^\s<>()\]]{0,1000}>?"
)
_GRAM = 6  # letters; two texts seldom share so many in a row by chance
TELLING = 8  # letters from which a clause identifies anything: 公安机关提醒 is everybody's
_KEPT = 32  # texts that stay prepared: some 0.1 MB each, of those that a burst of like notices is compared with
MOST_FINGERPRINTS = 24  # of one text: a share of a long one's clauses, by their hash, so that copies keep the same ones


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause: the publisher's words, and what is compared of them."""

    said: str
    key: str


@dataclass(frozen=True)
class Text:
    """A title and a body prepared for comparing."""

    title: str
    clauses: tuple[Clause, ...]

    @cached_property
    def letters(self) -> str:
        """All that is compared of the body, in one string: a copy may change the marks, and so where clauses end."""
        return "".join(c.key for c in self.clauses)

    @property
    def said(self) -> str:
        """The publisher's words, a clause a line."""
        return "\n".join(c.said for c in self.clauses)

    @cached_property
    def runs(self) -> tuple[str, ...]:
        """Every run of six letters, where it begins."""
        letters = self.letters
        return tuple([letters[i : i + _GRAM] for i in range(len(letters) - _GRAM + 1)])  # quicker than a generator

    @cached_property
    def grams(self) -> frozenset[str]:
        """Every run of six letters, once."""
        return frozenset(self.runs)

    @property
    def telling(self) -> list[str]:
        """The clauses that identify something, as they are compared."""
        return [c.key for c in self.clauses if len(c.key) >= TELLING]

    def without(self, common: Collection[int]) -> Text:
        """The text but for the clauses whose fingerprint is in ``common``: what everybody says tells nobody apart."""
        if not common:
            return self
        return Text(self.title, tuple(c for c in self.clauses if fingerprint(c) not in common))


@lru_cache(maxsize=_KEPT)  # what is known is compared with one new text after another
def text_of(title: str, body: str) -> Text:
    """Prepare a title and a body; addresses are compared by their host alone."""
    return Text(title, clauses(body))


@lru_cache(maxsize=_KEPT)
def clauses(body: str) -> tuple[Clause, ...]:
    """The clauses of a body that hold a letter, in order."""
    plain = _LINK.sub(r" \1 ", body[:_LONGEST])
    parts = ((part.strip(), compared(part)) for part in _MARK.split(plain) if part and not part.isspace())
    return tuple(Clause(said, key) for said, key in parts if key)


def fingerprint(clause: Clause) -> int:
    """64 bits of a clause's letters, signed as databases have them."""
    digest = blake2b(clause.key.encode("utf-8", "ignore"), digest_size=8).digest()
    return int.from_bytes(digest, signed=True)


def fingerprints(body: str) -> tuple[int, ...]:
    """The fingerprints under which a text is remembered and looked for, at most 24, ascending.

    Kept are the lowest.  So a long text keeps a fixed share of its clauses wherever they stand, and a part of it that
    is read elsewhere keeps the same ones.
    """
    telling = {fingerprint(c) for c in clauses(body) if len(c.key) >= TELLING}
    return tuple(sorted(telling)[:MOST_FINGERPRINTS])


def found_in(text: Text, other: Text) -> list[int]:
    """How many letters of each clause of ``text`` stand in ``other`` as part of six in a row."""
    hits = int.from_bytes(bytes(map(other.grams.__contains__, text.runs)), "little")  # a byte for each run
    for _ in range(_GRAM - 1):
        hits |= hits << 8  # a run that is found marks all its letters
    marked = hits.to_bytes(len(text.letters), "little")
    found, at = [], 0
    for clause in text.clauses:
        found.append(marked.count(1, at, at + len(clause.key)))
        at += len(clause.key)
    return found
