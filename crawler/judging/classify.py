"""What a text means for us: kind, scope, scam types, places, figures, contacts, each with the sentence it rests on.

The rules, in order: a text without fraud is none of ours; fraud near something beyond the border is cross-border;
the title decides the kind where it says one clearly, else the lead does, with channel and publisher as a makeweight.
The whole body never decides: a feature is full of warnings, a result ends with one, a measure quotes results.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from crawler.items import Authority, Kind, Reason, Scope, Verdict
from crawler.judging.facts import contacts, figures
from crawler.judging.lexicon import Hit, lexicon
from crawler.judging.passage import Passage
from crawler.judging.places import places
from crawler.judging.scam_types import scam_types

_ORDER = (Kind.WARNING, Kind.WANTED, Kind.POLICY, Kind.ENFORCEMENT, Kind.CASE, Kind.FEATURE)  # on equal strength
_MEDIA = frozenset({Authority.STATE_MEDIA, Authority.MEDIA, Authority.AGGREGATOR, Authority.ACCOUNT})
_ABROAD_BY_OFFICE = frozenset({Authority.EMBASSY, Authority.INTERNATIONAL})  # they speak of nothing else
_OF_AUTHORITY = {
    Authority.EMBASSY: Kind.WARNING,
    Authority.REGULATOR: Kind.WARNING,
    Authority.POLICE: Kind.ENFORCEMENT,
    Authority.COURT: Kind.ENFORCEMENT,
    Authority.PROCURATORATE: Kind.ENFORCEMENT,
}
_BYLINE = re.compile(r"(?:本报|本网|本刊)?记者|通讯员|作者\s*[:/]|文\s*[/|丨]")
_COLUMN = re.compile(r"\s*(?:【[^】\n]{1,16}】|\[[^\]\n]{1,16}\]|[^|丨\n]{1,10}\s*[|丨])")  # 关注 | …, after folding
_NEAR = 40  # characters between fraud and border when they do not share a sentence
_SHORT = 600  # characters below which one mention of fraud makes a text about it
_PASSING = 3  # weight below which a mention of the border is a remark in passing
_CLEAR = 2  # strength from which a title decides
_PRIOR, _OFFICE = 4, 3  # what channel and publisher weigh against the strengths found in the lead


def classify(
    title: str, body: str, *, prior: Kind | None = None, authority: Authority | None = None, language: str = "zh-CN"
) -> Verdict:
    """Judge a text.  ``prior`` is the kind its column mostly carries, ``authority`` who publishes it.

    ``language`` is taken as a hint only: terms of every language are looked up in every text.
    """
    passage = Passage.of(title, body)
    hits = lexicon().find(passage.folded)
    scope, ground = _scope(passage, hits, authority)
    if ground is None:
        return Verdict(Kind.OTHER, Scope.NONE)
    kind, kind_ground = _kind(passage, hits, prior, authority)
    types, where = scam_types(passage), places(passage, hits)
    reasons = [Reason("kind", kind, passage.sentence((kind_ground or ground).start))]
    reasons.append(Reason("scope", scope, passage.sentence(ground.start)))
    reasons += [Reason("scam_types", slug, passage.sentence(at)) for slug, at in types]
    reasons += [Reason("places", p.code, passage.sentence(at)) for p, at in where]
    return Verdict(
        kind,
        scope,
        tuple(slug for slug, _ in types),
        tuple(p for p, _ in where),
        figures(passage),
        contacts(passage),
        tuple(reasons),
    )


# --------------------------------------------------------------------------------------------------------------------
# Scope


def _scope(passage: Passage, hits: Sequence[Hit], authority: Authority | None) -> tuple[Scope, Hit | None]:
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

    A long text that mentions fraud once is a report or a statement on everything.
    """
    fraud = [h for h in hits if h.term.fraud and not (h.term.phrase and h.term.strength < _CLEAR)]
    leading = [h for h in fraud if h.start < passage.lead_end]
    if any(h.start < passage.title_end for h in fraud) or len(leading) >= (1 if len(passage.folded) < _SHORT else 2):
        return leading[0]
    often = max(3, len(passage.folded) // 500)
    return fraud[0] if len(fraud) >= often else None


def _headed_abroad(passage: Passage, hits: Sequence[Hit]) -> Hit | None:
    """The foreign place or crossing that the title of a text about fraud names."""
    heading = (h for h in hits if h.start < passage.title_end and h.term.abroad)
    return next((h for h in heading if h.term.code or h.term.strength >= _CLEAR), None)


def _crossing(passage: Passage, hits: Sequence[Hit]) -> Hit | None:
    """Fraud beside something beyond the border, if that is more than a remark in passing.

    It is when the title says so, when the lead names a foreign place, or when enough sentences do, measured by how many
    speak of fraud at all: a text of advice that says once that the callers sit abroad stays domestic.
    """
    weight = 0
    crossing = _beyond(passage, hits)
    for hit, beyond in crossing:
        leading, named = beyond.start < passage.lead_end, beyond.term.code is not None
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
        if number not in found or (beyond.term.code is not None and found[number][1].term.code is None):
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

    One bait needs a word of warning with it; two different ones speak for themselves.
    """
    by_sentence: dict[int, list[Hit]] = {}
    for h in hits:
        by_sentence.setdefault(passage.index(h.start), []).append(h)
    for here in by_sentence.values():
        job = [h for h in here if h.term.group in ("lure_job", "en_lure")]
        abroad = any(h.term.abroad or "境外" in h.term.text or "海外" in h.term.text for h in here)
        warned = any(h.term.signal is Kind.WARNING and h.term.phrase for h in here)
        if job and abroad and (warned or len({h.term.text for h in here if h.term.lure}) >= 2):
            return job[0]
    return None


# --------------------------------------------------------------------------------------------------------------------
# Kind


def _kind(
    passage: Passage, hits: Sequence[Hit], prior: Kind | None, authority: Authority | None
) -> tuple[Kind, Hit | None]:
    """What the text does, and the term that shows it, if a term does."""
    heading = [h for h in hits if h.start < passage.title_end and h.term.signal]
    if digest := next((h for h in heading if h.term.group == "digest"), None):
        return Kind.FEATURE, digest
    phrases = [h for h in heading if h.term.phrase]
    column = _COLUMN.match(passage.folded)
    split = column.end() if column and column.end() < passage.title_end else 0
    headline, label = [h for h in phrases if h.start >= split], [h for h in phrases if h.start < split]
    return _clearest(headline) or _clearest(label) or _lead(passage, hits, prior, authority)


def _clearest(phrases: Iterable[Hit]) -> tuple[Kind, Hit] | None:
    """The class that has the strongest phrase of a title, if all its phrases together are clear enough."""
    strongest: dict[Kind, Hit] = {}
    total: Counter[Kind] = Counter()
    for h in phrases:
        if (kind := h.term.signal) is not None:
            total[kind] += h.term.strength
            if kind not in strongest or h.term.strength > strongest[kind].term.strength:
                strongest[kind] = h
    clear = [k for k in _ORDER if total[k] >= _CLEAR]
    if not clear:
        return None
    best = max(clear, key=lambda k: strongest[k].term.strength)  # max keeps the first of equals
    return best, strongest[best]


def _lead(
    passage: Passage, hits: Sequence[Hit], prior: Kind | None, authority: Authority | None
) -> tuple[Kind, Hit | None]:
    """The class whose terms weigh most in the lead, each term counted twice at most."""
    leading = [h for h in hits if h.start < passage.lead_end and (h.term.phrase or h.term.lure)]
    seen: Counter[str] = Counter()
    weight: Counter[Kind] = Counter()
    for h in leading:
        seen[h.term.text] += 1
        if h.term.signal is not None and seen[h.term.text] <= 2:
            weight[h.term.signal] += h.term.strength
    if prior in _ORDER:
        weight[prior] += _PRIOR
    if expected := _expected(passage, authority):
        weight[expected] += _OFFICE
    best = max(_ORDER, key=lambda k: weight[k])
    if weight[best] < _OFFICE:
        return Kind.OTHER, None
    return best, max((h for h in leading if h.term.signal is best), key=lambda h: h.term.strength, default=None)


def _expected(passage: Passage, authority: Authority | None) -> Kind | None:
    """What a publisher of this sort mostly publishes; media with a byline, or with nothing better to say: a feature."""
    if authority in _MEDIA:
        return Kind.FEATURE
    if authority is None and _BYLINE.search(passage.folded, passage.title_end, passage.title_end + 120):
        return Kind.FEATURE
    return _OF_AUTHORITY.get(authority) if authority else None
