"""Which known notice a text belongs to, and which it merely resembles."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from crawler.items import Alike, Article, Known, Notice, Origin, Related
from crawler.judging.likeness.clauses import Text, text_of
from crawler.judging.likeness.sameness import Decision, decide
from crawler.reading.address import url_key

_ORIGINAL = 2  # the standing of an office's word read at the office itself
_RANK = {"same": 3, "excerpt": 2, "related": 1, "other": 0}
_MOST_RELATED = 5  # notices that a new one is linked to


@dataclass(frozen=True, slots=True)
class Match:
    """A known notice, and what a text is to it."""

    notice: Notice
    decision: Decision

    @property
    def because(self) -> str:
        """The decision's reasons in one line."""
        return "; ".join(self.decision.reasons)


def belongs_to(article: Article, origin: Origin, known: Known) -> tuple[Match | None, tuple[Related, ...]]:
    """The notice that ``article`` is a copy or part of, or None and the notices it is related to."""
    if not known.alike:
        return None, ()
    text = text_of(article.title, article.body)
    read = (_match(article, text, origin, alike, known.common) for alike in known.alike)
    matches = sorted(read, key=_rank, reverse=True)
    best = matches[0]
    if best.decision.relation == "same" or (best.decision.relation == "excerpt" and not _overdue(origin, best.notice)):
        return best, ()
    near = [m for m in matches if m.decision.relation != "other"][:_MOST_RELATED]
    return None, tuple(Related(m.notice.id, m.decision.overlap, m.because) for m in near)


def is_original(origin: Origin) -> bool:
    """Whether an office speaks for itself, rather than somebody in its name."""
    return standing(origin) == _ORIGINAL


def standing(origin: Origin) -> int:
    """How far an origin is believed: 0 no office's word, 1 an office's by a known carrier, 2 seen at the office."""
    return origin.official * (1 if origin.claimed_only else _ORIGINAL)


def _match(article: Article, text: Text, origin: Origin, alike: Alike, common: frozenset[int]) -> Match:
    """What ``text`` is to a notice, by the wording of it that it is nearest to."""
    one_desk = is_original(origin) and is_original(alike.notice.origin)
    one_site = _site(article.url) in {_site(s.url) for s in alike.notice.sightings}
    wordings = (text_of(w.title, w.body) for w in alike.wordings)
    decided = (decide(text, w, common=common, one_desk=one_desk, one_site=one_site) for w in wordings)
    return max((Match(alike.notice, decision) for decision in decided), key=_rank)


def _site(url: str) -> str:
    """The host of an address; on WeChat the account, where the address names it."""
    key = url_key(url)
    return key.split(":")[1] if key.startswith("wx:") else urlsplit(url).hostname or url


def _rank(match: Match) -> tuple[int, float]:
    return _RANK[match.decision.relation], match.decision.overlap


def _overdue(origin: Origin, known: Notice) -> bool:
    """Whether an office's own words come after a longer text of somebody else's: they are the notice."""
    return is_original(origin) and not is_original(known.origin)
