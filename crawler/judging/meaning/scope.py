"""Where the fraud of a text reaches: beyond the border, not so far, or there is none.

A text is about fraud when its title or lead says so, or its body keeps saying so; it is cross-border when its office
speaks of nothing else, when the title names a place abroad, or when fraud and border stand beside one another more
than in passing.  A notice of bait abroad need never say fraud.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from crawler.items import Authority, Kind, Scope
from crawler.judging.meaning.lexicon import Hit
from crawler.judging.meaning.passage import Passage

_ABROAD_BY_OFFICE = frozenset({Authority.EMBASSY, Authority.INTERNATIONAL})  # they speak of nothing else
_NEAR = 40  # characters between fraud and border when they do not share a sentence
_SHORT = 600  # characters below which one mention of fraud, not at the end, makes a text about it
_BANNER = re.compile(
    r"(?:温馨|友情|特别|安全|防骗|反诈)(?:提示|提醒)|小贴士|宣传语|下载国家反诈"
)  # begins a footer's line
_PASSING = 3  # weight below which a mention of the border is a remark in passing
_CLEAR = 2  # strength from which a word of the title says so


def reach(passage: Passage, hits: Sequence[Hit], authority: Authority | None) -> tuple[Scope, Hit | None]:
    """Where the fraud reaches, and the term that shows it; no term: the text is not about fraud."""
    bait = _bait(passage, hits)
    about = _about(passage, hits)
    if about is None and bait is None:
        return Scope.NONE, None
    if about is not None and authority in _ABROAD_BY_OFFICE:
        return Scope.CROSS_BORDER, about
    if about is not None and (headed := _headed_abroad(passage, hits)) is not None:
        return Scope.CROSS_BORDER, headed
    if (crossing := _crossing(passage, hits) or bait) is not None:
        return Scope.CROSS_BORDER, crossing
    return Scope.DOMESTIC, about


def _about(passage: Passage, hits: Sequence[Hit]) -> Hit | None:
    """The first mention of fraud, if the text is about it: title or lead say so, or the body keeps saying so.

    A long text that mentions fraud once is a report on everything, and the last lines of a short one are a footer's.
    """
    size = len(passage.folded)
    early = (passage.title_end + 3 * size) // 4 if size < _SHORT else passage.lead_end
    fraud = [h for h in hits if h.term.fraud and not (h.term.phrase and h.term.strength < _CLEAR)]
    fraud = [h for h in fraud if not _footer(passage, h)]
    leading = [h for h in fraud if h.start < early]
    if any(h.start < passage.title_end for h in fraud) or len(leading) >= (1 if size < _SHORT else 2):
        return leading[0]
    return fraud[0] if len(fraud) >= max(3, size // 500) else None


def _footer(passage: Passage, hit: Hit) -> bool:
    """Whether a banner says it, after a text that is about something else (温馨提示：谨防受骗)."""
    start = passage.starts[passage.index(hit.start)]
    return start > (passage.title_end + len(passage.folded)) // 2 and bool(_BANNER.match(passage.folded, start))


def _headed_abroad(passage: Passage, hits: Sequence[Hit]) -> Hit | None:
    """The foreign place or crossing that the title of a text about fraud names."""
    heading = (h for h in hits if h.start < passage.title_end and h.term.abroad)
    return next((h for h in heading if h.term.place or h.term.strength >= _CLEAR), None)


def _crossing(passage: Passage, hits: Sequence[Hit]) -> Hit | None:
    """Fraud beside something beyond the border, if that is more than a remark in passing.

    It is when the title says so, when the lead names a foreign place, or when enough sentences do, measured by how many
    speak of fraud at all: a text of advice that says once that the callers sit abroad stays domestic.
    """
    weight = 0
    crossing = _beyond(passage, hits)
    for hit, beyond in crossing:
        leading, named = beyond.start < passage.lead_end, beyond.term.place
        if hit.start < passage.title_end or (leading and named):
            return hit
        weight += 2 if leading or named else 1
    sentences = len({passage.index(h.start) for h in hits if h.term.fraud})
    return crossing[0][0] if weight >= max(_PASSING, sentences // 5) else None


def _beyond(passage: Passage, hits: Sequence[Hit]) -> list[tuple[Hit, Hit]]:
    """In each sentence, fraud and the foreign term that stands beside it, a named place before a general word."""
    found: dict[int, tuple[Hit, Hit]] = {}
    for fraud, beyond in _pairs(passage, hits):
        number = passage.index(fraud.start)
        if number not in found or (beyond.term.place and not found[number][1].term.place):
            found[number] = (fraud, beyond)
    return [found[number] for number in sorted(found)]


def _pairs(passage: Passage, hits: Sequence[Hit]) -> Iterator[tuple[Hit, Hit]]:
    telling = [h for h in hits if h.term.fraud or h.term.abroad]
    yield from ((h, h) for h in telling if h.term.fraud and h.term.abroad)
    for a, b in pairwise(telling):
        if a.term.fraud and b.term.abroad and _beside(passage, a, b):
            yield a, b
        if b.term.fraud and a.term.abroad and _beside(passage, a, b):
            yield b, a


def _beside(passage: Passage, a: Hit, b: Hit) -> bool:
    return passage.index(a.start) == passage.index(b.start) or b.start - a.end <= _NEAR


def _bait(passage: Passage, hits: Sequence[Hit]) -> Hit | None:
    """Bait beside something beyond the border: a consular reminder need never say fraud (rule 1, job-scam gate).

    One bait needs a word of warning with it; two different ones, of which one is more than the word for a job, speak
    for themselves.
    """
    by_sentence: dict[int, list[Hit]] = {}
    for h in hits:
        by_sentence.setdefault(passage.index(h.start), []).append(h)
    for here in by_sentence.values():
        job = [h for h in here if h.term.group in ("lure_job", "en_lure")]
        abroad = any(h.term.abroad or "境外" in h.term.text or "海外" in h.term.text for h in here)
        warned = any(h.term.signal is Kind.WARNING and h.term.phrase and h.term.strength >= _CLEAR for h in here)
        baits = {h.term.text: h.term.strength for h in here if h.term.lure}
        if job and abroad and max(baits.values()) >= _CLEAR and (warned or len(baits) >= 2):
            return job[0]
    return None
