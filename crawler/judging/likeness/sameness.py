"""Whether two texts are one notice: its words and facts decide, not layout, script, house text or heading prefix.

A wrong merge swallows a warning, a missed one tells it twice: in doubt two texts are two notices, linked as related.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from crawler.judging.likeness.alignment import contradiction, likeness, pairs
from crawler.judging.likeness.clauses import Text, found_in
from crawler.judging.likeness.guard import among, conflict, counted, facts, stages
from crawler.judging.likeness.quantities import Quantity
from crawler.reading.normalise import compared

Relation = Literal["same", "excerpt", "related", "other"]

_COLUMN = re.compile(r"^\s*(?:【[^】\n]{1,12}】|#[^#\n]{1,12}#|[^|｜丨\n]{1,8}\s*[|｜丨])\s*")  # 关注 | …
_FORMULA = 200  # letters below which a body alone does not identify a text: see the picture, call 96110
_BRIEF = 80  # letters of a part that is known again under its title
_ALIKE = 0.5  # share of the shorter text from which two texts have something to do with each other
_TITLED = 0.6  # … from which they are one under one title: the rest is house text
_TITLED_LONG = 0.25  # … of the longer one: a page may carry three times as much around a text
_WHOLE = 0.85  # … from which the shorter one stands in the other whatever their titles
_MOST = 0.65  # … of the longer one without which it says much else: a digest, a story with more to it
_ALL = 0.95  # … for short texts, and for two of one office
_TITLES = 0.7  # likeness of two titles from which they are one (Dice, of pairs of letters)
_SHORT_TITLE = 8  # letters below which a title may stand over anything: 安全提醒
_SPOKEN = 0.3  # share of a title's words, in Chinese pairs of letters, that its body has at least
_WORD = re.compile(r"[a-z]{4,}")
_LEAD = 3  # clauses with which a text begins


@dataclass(frozen=True, slots=True)
class Decision:
    """What a text is to a known one, and why.

    ``same``: the known text, whole; ``excerpt``: a part of it; ``related``: alike, but another event or another issue.
    ``overlap``: how much of the shorter text stands in the other, 0..1.
    """

    relation: Relation
    overlap: float
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Fit:
    """How far a new and a known text agree."""

    new: float  # share of the new text's letters that stand in the known one
    known: float
    shared: int  # letters
    titles: bool
    lead: bool
    tells: bool  # the bodies by themselves identify a text

    @property
    def shorter(self) -> float:
        return max(self.new, self.known)

    @property
    def longer(self) -> float:
        return min(self.new, self.known)


def headline(title: str) -> str:
    """A title without the name of the column that a carrier puts before it (关注 | …, 【提醒】…)."""
    return _COLUMN.sub("", title) or title


def same(title_a: str, body_a: str, title_b: str, body_b: str) -> bool:
    """Whether two readings of one page say the same; a title that one of them lacks is no difference."""
    if compared(body_a) != compared(body_b):
        return False
    a, b = compared(headline(title_a)), compared(headline(title_b))
    return a == b or not a or not b


def decide(
    new: Text, known: Text, *, common: Collection[int] = (), one_desk: bool = False, one_site: bool = False
) -> Decision:
    """What ``new`` is to ``known``.

    ``common``: fingerprints of clauses that many notices share.  ``one_desk``: both are of one office, or of two that
    speak for themselves; such do not copy with edits, so whatever differs is meant.  ``one_site``: both were read at
    one site, whose house text may stand in both.
    """
    if said := _titles_conflict(new, known):
        return Decision("related", round(_fit(new, known, one_site).shorter, 3), (f"titles: {said}",))
    if new.letters == known.letters and (_heading(new) == _heading(known) or _tells(new, known, one_site)):
        return Decision("same", 1.0, ("the same words",))
    new, known = new.without(common), known.without(common)
    fit = _fit(new, known, one_site)
    relation = _of_one_desk(new, known, fit) if one_desk else _of_two(fit)
    said = contradiction(new, known) if relation != "other" else None
    if said and relation in ("same", "excerpt"):
        relation = "related"
    return Decision(relation, round(fit.shorter, 3), tuple(_reasons(fit, said, one_desk)))


def _of_two(fit: _Fit) -> Relation:
    """Of two publishers, of whom the one may copy the other."""
    if fit.shared < _FORMULA:
        if fit.titles and fit.longer >= _ALL:
            return "same"
        if fit.shorter < _WHOLE:
            return "other"
        part = fit.titles and fit.new >= _WHOLE and fit.known < _MOST and fit.shared >= _BRIEF
        return "excerpt" if part else "related"
    if fit.titles and fit.shorter >= _TITLED and fit.longer >= _TITLED_LONG:
        return "excerpt" if fit.new >= _WHOLE and fit.known < _ALIKE else "same"
    if fit.shorter >= _WHOLE and fit.longer >= _MOST and fit.tells:
        return "same"
    if fit.new >= _WHOLE and fit.known < _MOST and (fit.titles or (fit.lead and fit.tells)):
        return "excerpt"
    return "related" if fit.shorter >= _ALIKE else "other"


def _of_one_desk(new: Text, known: Text, fit: _Fit) -> Relation:
    """Of one office: the same again only if it says nothing new."""
    if fit.shorter < _ALIKE:
        return "other"
    if fit.new < _ALL or _news(new, known):
        return "related"
    if fit.known >= _ALL:
        return "same"
    return "excerpt" if fit.titles and fit.shared >= _FORMULA else "related"


def _fit(new: Text, known: Text, one_site: bool) -> _Fit:
    in_known, in_new = sum(found_in(new, known)), sum(found_in(known, new))
    return _Fit(
        new=in_known / max(1, len(new.letters)),
        known=in_new / max(1, len(known.letters)),
        shared=min(in_known, in_new),
        titles=_one_title(new, known),
        lead=_one_lead(new, known),
        tells=_tells(new, known, one_site),
    )


def _one_title(a: Text, b: Text) -> bool:
    """Whether two titles say enough and are one but for a prefix, a subtitle or an edit."""
    short, long = sorted((_heading(a), _heading(b)), key=len)
    return len(short) >= _SHORT_TITLE and (short in long or likeness(short, long) >= _TITLES)


def _heading(text: Text) -> str:
    return compared(headline(text.title))


def _one_lead(new: Text, known: Text) -> bool:
    """Whether the shorter text begins as the longer one does, in its first quarter."""
    short, long = sorted((new.telling, known.telling), key=len)
    return not set(short[:_LEAD]).isdisjoint(long[: max(_LEAD, len(long) // 4)])


def _news(new: Text, known: Text) -> bool:
    """Whether a clause that only the new text has tells a fact."""
    found = found_in(new, known)
    return any(count < len(c.key) * _ALIKE and facts(c.said) for c, count in zip(new.clauses, found, strict=True))


def _titles_conflict(new: Text, known: Text) -> str | None:
    """What two titles say differently; None for what both texts tell: a title names but some of it."""

    def told(fact: Quantity | str) -> bool:
        if isinstance(fact, str):
            return all(fact in text.letters for text in (new, known))
        return fact.sort != "date" and all(among(fact, counted(text.said)) for text in (new, known))

    a, b = stages(new.title), stages(known.title)
    if a != b:
        return f"{'、'.join(sorted(a)) or '–'} ≠ {'、'.join(sorted(b)) or '–'}"
    if _heading(new).startswith(_heading(known)) or _heading(known).startswith(_heading(new)):
        return None  # one may be cut short, be it in the middle of a number
    return conflict(new.title, known.title, told=told)


def _tells(new: Text, known: Text, one_site: bool) -> bool:
    """Whether two bodies are long enough to identify a text, and no house text of their site."""
    long = min(len(new.letters), len(known.letters)) >= _FORMULA
    return long and (not one_site or (_speaks(new) and _speaks(known)))


def _speaks(text: Text) -> bool:
    """Whether a body speaks of what its title says: house text does not."""
    title = _WORD.findall(text.title.casefold()) + [p for p in pairs(_heading(text)) if not p.isascii()]
    spoken = sum(word in text.letters for word in title)
    return spoken >= _SPOKEN * len(title)


def _reasons(fit: _Fit, said: str | None, one_desk: bool) -> list[str]:
    shares = f"{fit.new:.0%} of it stands in the known text, {fit.known:.0%} of that in it"
    titles = (
        "one title" if fit.titles else "other titles" if fit.tells else "other titles, of which the text does not speak"
    )
    return [shares, titles, *(["of one office"] if one_desk else []), *([said] if said else [])]
