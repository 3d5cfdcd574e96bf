"""What a text does: warn, report a result, announce a measure, call for someone, teach, or tell a story.

The title decides where it says so clearly, else the lead does, with channel and publisher as a makeweight.  A title
that frames its text as an event, a work or a comment (会见, 演练, 热映, 答记者问) decides before any other of its
words: what is said inside such a frame is told about, not said to the public.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from crawler.items import Authority, Kind
from crawler.judging.meaning.lexicon import Hit
from crawler.judging.meaning.passage import Passage

_ORDER = (  # on equal strength
    Kind.WARNING,
    Kind.WANTED,
    Kind.POLICY,
    Kind.ENFORCEMENT,
    Kind.CASE,
    Kind.FEATURE,
    Kind.OTHER,
)
_MEDIA = frozenset({Authority.STATE_MEDIA, Authority.MEDIA, Authority.AGGREGATOR, Authority.ACCOUNT})
_NOTICES = frozenset({Kind.WARNING, Kind.POLICY, Kind.WANTED})  # what a title may end as: 提示, 通告, 通缉令
_OF_AUTHORITY = {
    Authority.EMBASSY: Kind.WARNING,
    Authority.REGULATOR: Kind.WARNING,
    Authority.POLICE: Kind.ENFORCEMENT,
    Authority.COURT: Kind.ENFORCEMENT,
    Authority.PROCURATORATE: Kind.ENFORCEMENT,
}
_BYLINE = re.compile(r"(?:本报|本网|本刊)?记者|通讯员|作者\s*[:/]|文\s*[/|丨]")
_COLUMN = re.compile(r"\s*(?:【[^】\n]{1,16}】|\[[^\]\n]{1,16}\]|[^|丨\n]{1,10}\s*[|丨])")  # 关注 | …, after folding
_QUOTED = re.compile(r"[“「『\"][^“”「」『』\"\n]{1,60}[”」』\"]")
_CLOSING = re.compile(r"[\s。！!?？.)）】》”」\"]|[(（][^()（）\n]{0,20}[)）]")
_FRAME = 4  # strength of a word that frames a text, whatever else its title says
_CLEAR = 2  # strength from which a title decides
_FORM = 3  # strength from which the last word of a title names its form; a reminder's may be weaker
_PRIOR, _OFFICE = 4, 3  # what channel and publisher weigh against the strengths found in the lead


def kind_of(
    passage: Passage, hits: Sequence[Hit], prior: Kind | None, authority: Authority | None
) -> tuple[Kind, Hit | None]:
    """What the text does, and the term that shows it, if a term does."""
    heading = [h for h in hits if h.start < passage.title_end and h.term.signal and h.term.heads]
    if digest := next((h for h in heading if h.term.group == "digest"), None):
        return Kind.FEATURE, digest
    phrases = [h for h in heading if h.term.phrase]
    said = _unquoted(passage, phrases)
    if framed := _framed(passage, said):
        return framed
    split = _column_end(passage)
    for spoken in (said, phrases):
        headline, label = [h for h in spoken if h.start >= split], [h for h in spoken if h.start < split]
        if clear := _clearest(headline) or _clearest(label):
            return clear
    return _lead(passage, hits, prior, authority)


def _column_end(passage: Passage) -> int:
    """Where the headline begins after a column's name (关注 | …); 0 without one."""
    column = _COLUMN.match(passage.folded)
    return column.end() if column and column.end() < passage.title_end else 0


def _unquoted(passage: Passage, phrases: Sequence[Hit]) -> list[Hit]:
    """The phrases that the title says itself: what it quotes it only mentions (“警惕高薪”主题宣传)."""
    quoted = [m.span() for m in _QUOTED.finditer(passage.folded, 0, passage.title_end)]
    return [h for h in phrases if not any(start <= h.start < end for start, end in quoted)]


def _framed(passage: Passage, said: Sequence[Hit]) -> tuple[Kind, Hit] | None:
    """The frame that a title puts round its text, or the notice that a framed title ends as (…会议联合声明)."""
    frame = next((h for h in said if h.term.strength >= _FRAME), None)
    if frame is None:
        return None
    last = said[-1]
    rest = passage.folded[last.end : passage.title_end]
    form = _CLEAR if last.term.signal is Kind.WARNING else _FORM
    notice = last.term.signal in _NOTICES and last.term.strength >= form and not _CLOSING.sub("", rest)
    told = last if notice else frame
    return (told.term.signal, told) if told.term.signal else None


def _clearest(phrases: Sequence[Hit]) -> tuple[Kind, Hit] | None:
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
    if best is Kind.WANTED and (caught := _caught(phrases, strongest[best])):
        return Kind.ENFORCEMENT, caught
    return best, strongest[best]


def _caught(phrases: Iterable[Hit], wanted: Hit) -> Hit | None:
    """What was done to those who were wanted, where the title goes on to say so (通缉的…落网)."""
    done = (h for h in phrases if h.term.signal is Kind.ENFORCEMENT and h.term.strength >= _CLEAR)
    return next((h for h in done if h.start > wanted.start), None)


def _lead(
    passage: Passage, hits: Sequence[Hit], prior: Kind | None, authority: Authority | None
) -> tuple[Kind, Hit | None]:
    """The class whose terms weigh most in the lead, each term counted twice at most."""
    leading = [h for h in hits if h.start < passage.lead_end and (h.term.phrase or h.term.lure) and h.term.runs]
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
