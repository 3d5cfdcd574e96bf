"""Whose text a page says it carries: the name after 来源：, 转自 and the like, the origin before the carrier."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from crawler.items import Attribution, Claim
from crawler.reading.attribution import origin_patterns as patterns
from crawler.reading.attribution.origin_names import bare, is_list, is_name, is_own, is_platform, tidied
from crawler.reading.dating.dates import parse_date
from crawler.reading.normalise import folded

_HEAD = 12  # lines
_LEAD = 3  # paragraphs in which running text may attribute
_TAIL = 0.15  # share of the lines that count as the end
_LONG = 400  # characters of a line that are looked at
_END = 90  # characters of a paragraph's end that may be a closing line
_SHORT = 120  # characters of a line that may be one of facts
_CUTS = 60  # cut lines that are looked at, from the first and from the last


@dataclass(frozen=True, slots=True)
class _Lines:
    """A page's lines, each as far as it is looked at, in simplified characters if the page is in traditional ones."""

    cuts: list[str]
    head: list[str]
    ends: list[str]
    facts: list[str]

    @property
    def lead(self) -> list[str]:
        """The first paragraphs."""
        return self.head[:_LEAD]


def read_attribution(
    lines: Sequence[str],
    cuts: Sequence[str],
    around: str,
    own: frozenset[str],
    zone: str,
    *,
    named: Iterable[str] = (),
    official: bool = False,
) -> Attribution:
    """What a page says of the way its text took.

    ``lines`` are the body's, ``cuts`` what was cut from around it, ``around`` the facts above it, ``named`` the names
    in meta tags and beside the date, ``own`` the publisher's names.  An origin other than the publisher and other
    than a mere platform comes first, then a name of the publisher.  In running text an ``official`` publisher quotes
    others' news more often than it reprints them, so "据…消息" without a named medium is not taken from it; and where a
    closing line says whose the text is, running text does not say otherwise.
    """
    at = _looked_at(lines, cuts, around)
    stated, told = _sound(_stated(at, zone), own), _sound(_told(at.lead, official), own)
    wired = _sound(_each(patterns.ISSUED, at.lead), own)
    noted = [*_noted(at), *_named(folded(named))]
    headed = _sound(noted, own)
    best = next(
        iter([*stated, *_sound(_through_medium(at), own), *wired, *headed, *told, *_last_resort(noted, own)]), None
    )
    return Attribution(
        claim=_dated(best, stated) if best else None,
        told=() if stated else tuple(told),
        via=tuple(_via(best, [*wired, *noted], at, own)) if best else (),
    )


def _looked_at(lines: Sequence[str], cuts: Sequence[str], around: str) -> _Lines:
    cuts = cuts if len(cuts) <= 2 * _CUTS else [*cuts[:_CUTS], *cuts[-_CUTS:]]
    head, ends = lines[:_HEAD], lines[-max(3, int(len(lines) * _TAIL)) :]
    sizes = (len(cuts), len(head), len(ends))
    read = folded([*(x[:_LONG] for x in [*cuts, *head]), *(x[-_END:] for x in ends), *around.splitlines()])
    marks = [sum(sizes[:n]) for n in range(4)]
    return _Lines(*(read[a:b] for a, b in zip(marks, [*marks[1:], len(read)], strict=True)))


def _sound(claims: Iterable[Claim], own: frozenset[str]) -> list[Claim]:
    """The claims that name somebody else than the publisher, and no mere platform."""
    return [c for c in claims if is_name(c.name) and not is_own(c.name, own) and not is_platform(c.name)]


def _last_resort(claims: Iterable[Claim], own: frozenset[str]) -> Iterator[Claim]:
    """The publisher's own name, else a platform's."""
    found = [c for c in claims if is_name(c.name)]
    yield from (c for c in found if is_own(c.name, own))
    yield from found


def _stated(at: _Lines, zone: str) -> Iterator[Claim]:
    """What a line of its own, or the end of the last one, says of the whole text (A1, A3, A4)."""
    yield from _one(_each(patterns.BRACKETED, [*at.cuts, *reversed(at.ends), *at.head]))
    yield from _one(_each(patterns.ENDED, at.ends[-1:]))
    yield from _each(patterns.REPRINT, [*at.cuts, *at.facts, *at.head, *at.ends])
    papers = ((line, m) for line in [*at.cuts, *at.head] if (m := patterns.PAPER.search(line)))
    yield from (Claim(tidied(m["src"]), line, parse_date(m["day"], zone)) for line, m in papers)
    yield from _one(c for c in _each(patterns.ALONE, at.ends) if not is_list(c.name))
    yield from _each(patterns.CLOSING, at.ends[-1:])


def _one(claims: Iterable[Claim]) -> Iterator[Claim]:
    """The claims, if all name one: a digest names a source after each of its items, which none of them is for all."""
    found = list(claims)
    return iter(found if len({bare(c.name) for c in found}) == 1 else ())


def _through_medium(at: _Lines) -> Iterator[Claim]:
    yield from _each(patterns.SAYS, at.lead)
    yield from _each(patterns.ACCOUNT, [*at.head, *at.cuts])


def _told(lead: list[str], official: bool) -> Iterator[Claim]:
    """Whose message running text passes on (A5, A6)."""
    for pattern in patterns.MEDIUM if official else (*patterns.MEDIUM, *patterns.TOLD):
        yield from _each(pattern, lead)


def _noted(at: _Lines) -> Iterator[Claim]:
    """What lines of facts say (A2); in the body such a line begins with the label or tells the date."""
    factual = [line for line in [*at.head, *at.ends] if len(line) <= _SHORT and patterns.FACTUAL.search(line)]
    yield from _each(patterns.HEADER, [*at.facts, *(line for line in at.cuts if len(line) <= _SHORT), *factual])
    yield from _each(patterns.BARRED, at.facts)
    yield from _one(_each(patterns.ALONE, [*at.cuts, *at.head, *at.ends]))


def _named(names: Iterable[str]) -> Iterator[Claim]:
    """Names that stand alone, as in a meta tag; some publishers write the label there too."""
    for name in (n[:_LONG] for n in names):
        yield next(_each(patterns.HEADER, [name]), Claim(tidied(name), name))


def _via(best: Claim, noted: Iterable[Claim], at: _Lines, own: frozenset[str]) -> Iterator[str]:
    """Who else passed the text on, once each: sources that were noted, who noticed it, who gathered it."""
    passed = [*noted, *_each(patterns.NOTICED, at.head), *_each(patterns.GATHERED, [*at.cuts, *at.ends])]
    seen = {bare(best.name)}
    for claim in passed:
        if is_name(claim.name) and not is_own(claim.name, own) and bare(claim.name) not in seen:
            seen.add(bare(claim.name))
            yield claim.name


def _dated(best: Claim, stated: Iterable[Claim]) -> Claim:
    issue = next((c.issued for c in stated if c.name == best.name and c.issued), None)
    return replace(best, issued=issue)


def _each(pattern: re.Pattern[str], lines: Iterable[str]) -> Iterator[Claim]:
    for line in lines:
        for m in pattern.finditer(line):
            yield Claim(tidied(m["src"]), line)
