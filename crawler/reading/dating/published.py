"""Which of a page's many dates is that of publication, and whose date it is: never a teaser's, nor that of the fetch.

The order, best first (decision 0024 says why): printed above the text with a label; printed there without one, unless
it is the day of the visit; labelled in the first lines; a meta tag; JSON-LD, script, `<time>`; bare in the first lines;
a label elsewhere on the page; a month and day whose year the page tells elsewhere; told from an aggregator's snapshot;
a label below; the list that led here; the end of a letter; a wire's dateline; the address; an update.  Of what names
the same day the one that tells the time is taken.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import pairwise

from crawler.items import Published
from crawler.reading.articles.around import Around
from crawler.reading.articles.locate import Element
from crawler.reading.dating.date_forms import Parts, moment
from crawler.reading.dating.dates import date_in_url, from_epoch, from_field, local_day, not_future
from crawler.reading.dating.page_dates import in_elements, in_linked_data, in_script, labelled_blocks
from crawler.reading.dating.partial_dates import dateline, latest, month_and_day, nearest, told_from
from crawler.reading.dating.printed_dates import (
    after_labels,
    at_end,
    bare_in_lines,
    beside_name,
    days_of,
    is_labelled_source,
    labelled,
    labelled_in_lines,
    of_facts,
)
from crawler.reading.terms import terms

_BELOW = 250  # characters of the longest line or block below a text that may hold facts
_HEAD = 8  # lines
_KEPT_HEAD = 60  # lines of a kept text, the site's navigation among them, in which its date is printed
_LEAD = 4  # lines in which a dateline stands
_MONTH = re.compile(r"/((?:19|20)\d\d)[-/_]?(0[1-9]|1[0-2])(?=/)")
_YEAR = re.compile(r"/((?:19|20)\d\d)(?=/)")


@dataclass(frozen=True, slots=True)
class Said:
    """All that a page and those who led to it say of its date."""

    zone: str
    fetched_at: float
    url: str
    markup: str
    meta: dict[str, str]
    around: Around
    lines: Sequence[str]
    listed: Published | None
    root: Element | None = field(default=None, repr=False)
    title: str = ""


def publication(said: Said) -> Published | None:
    """The date of publication, with its basis and precision; None where the page names none."""
    printed, stated = (_labelled, _bare, _headed), (_tagged, _of_machine, _in_lines, _elsewhere, _without_year)
    rest = (_told_from, _below, _listed, _signed, _wired, _addressed, _updated)
    best = next((f for way in (*printed, *stated, *rest) if (f := _past(way(said), said))), None)
    return _sharpened(best, said) if best else None


def of_archive(lines: Sequence[str], kept: Published | None, zone: str) -> Published | None:
    """The date of a text that an archive ``kept`` under a date of its own, which may be that of its poll.

    A date that the text prints with a label is believed when it lies before; of one day, the finer.
    """
    pairs = (f"{line} {below[:_BELOW]}" for line, below in pairwise([*lines[:_KEPT_HEAD], ""]) if len(line) < _BELOW)
    printed = next((f for pair in pairs if (f := labelled(pair, zone, loose=False))), None)
    if not kept or not printed:
        return kept or printed
    if local_day(printed, zone) < local_day(kept, zone):
        return printed
    return _finer(kept, [printed], zone)


def settled(
    published: Published | None, issued: Published | None, lines: Iterable[str], name: str, zone: str
) -> Published | None:
    """The date of a text that others wrote, ``name`` being the origin's: theirs where it is known, else the carrier's.

    ``issued`` is the day of the newspaper that is named.  A line that is no more than name and day gives the origin's,
    unless 来源 makes it the page's own line of facts; then only when it lies before the page's date.
    """
    for line in lines:
        if beside := beside_name([line], name, zone):
            earlier = published is None or beside.at[:10] < published.at[:10]
            issued = issued or (beside if earlier or not is_labelled_source(line) else None)
    if issued and (not published or issued.at[:10] <= local_day(published, zone)):
        return replace(issued, basis="origin")
    return replace(published, basis="carrier") if published and published.basis == "origin" else published


def _days(later: Published, earlier: Published, zone: str) -> int:
    """The days from one date to another; negative the other way round."""
    return (date.fromisoformat(local_day(later, zone)) - date.fromisoformat(local_day(earlier, zone))).days


def _past(found: Published | None, said: Said) -> Published | None:
    return not_future(found, said.fetched_at)


def _labelled(said: Said) -> Published | None:
    """The labelled date nearest above the text."""
    return next((f for block in said.around.above if (f := _past(labelled(block, said.zone), said))), None)


def _bare(said: Said) -> Published | None:
    """The date of the line of facts above the text; not the day of the visit, where anything else names one before."""
    blocks = (of_facts(block, said.zone, said.title) for block in said.around.above)
    found = next((f for f in blocks if _past(f, said)), None)
    fetched = from_epoch(said.fetched_at, said.zone)
    if not found or not fetched or fetched.at[:10] != local_day(found, said.zone):
        return found
    others = (_tagged(said), _of_machine(said), said.listed, date_in_url(said.url, said.zone))
    return None if any(f and _days(found, f, said.zone) > 1 for f in others) else found


def _headed(said: Said) -> Published | None:
    return labelled_in_lines(said.lines, said.zone)


def _tagged(said: Said, kind: str = "meta") -> Published | None:
    found = (from_field(said.meta[name], said.zone) for name in terms("dates")[kind] if name in said.meta)
    return next((f for f in found if _past(f, said)), None)


def _of_machine(said: Said) -> Published | None:
    root, title, zone = said.root, said.title, said.zone
    found = _past(in_linked_data(root, title, zone), said) if root is not None else None
    found = found or _past(in_script(said.markup, title, zone), said)
    return found or (_past(in_elements(root, zone), said) if root is not None else None)


def _in_lines(said: Said) -> Published | None:
    return bare_in_lines([line for line in said.lines if line != said.title], said.zone)


def _elsewhere(said: Said) -> Published | None:
    """A label anywhere on the page; labels before many days are a list of other articles."""
    found = [f for block in _blocks(said) if (f := _past(labelled(block, said.zone), said))]
    return found[0] if 0 < len({f.at[:10] for f in found}) <= 2 else None


def _blocks(said: Said) -> list[str]:
    return list(labelled_blocks(said.root)) if said.root is not None else []


def _without_year(said: Said) -> Published | None:
    """发布时间：10-08 12:00, the year being told by an update, the list or the address."""
    parts = _partial(said)
    return _completed(parts, said) if parts else None


def _partial(said: Said) -> Parts | None:
    return next((p for block in _heads(said) for after in after_labels(block) if (p := month_and_day(after))), None)


def _heads(said: Said) -> list[str]:
    """The blocks above the text, and its first short lines."""
    return [*said.around.above, *(line for line in said.lines[:_HEAD] if len(line) < _BELOW)]


def _completed(parts: Parts, said: Said) -> Published | None:
    """``parts`` with the year that the page or the way to it tells; None where nothing does."""
    if updated := _tagged(said, "meta_updated"):
        return latest(parts, date.fromisoformat(local_day(updated, said.zone)), said.zone)
    if known := _past(said.listed or date_in_url(said.url, said.zone), said):
        return nearest(parts, date.fromisoformat(local_day(known, said.zone)), said.zone)
    if month := _MONTH.search(said.url):
        return nearest(parts, date(int(month[1]), int(month[2]), 15), said.zone)
    year = _YEAR.search(said.url)
    return moment(parts | {"y": year[1]}, said.zone) if year else None


def _told_from(said: Said) -> Published | None:
    """发布时间：3小时前, where the carrier says when it took its snapshot."""
    blocks = (*said.around.above, *said.lines, *said.around.below)
    short = [b for b in blocks if len(b) < _BELOW]
    now = next((f for b in short if (f := _past(labelled(b, said.zone, "snapshot"), said))), None)
    tellings = (told_from(after, now, said.zone) for b in short for after in after_labels(b)) if now else iter(())
    return next((f for f in tellings if f), None)


def _below(said: Said) -> Published | None:
    """A labelled date below the text, in a block that names no other day."""
    short = (b for b in said.around.below if len(b) < _BELOW and len(days_of(b, said.zone)) == 1)
    return next((f for block in short if (f := _past(labelled(block, said.zone, loose=False), said))), None)


def _listed(said: Said) -> Published | None:
    return said.listed


def _signed(said: Said) -> Published | None:
    return at_end(said.lines, said.zone)


def _wired(said: Said) -> Published | None:
    """新华社北京1月17日电, the year being told by an update or the address."""
    parts = dateline(said.lines[:_LEAD])
    return _completed(parts, said) if parts else None


def _addressed(said: Said) -> Published | None:
    return date_in_url(said.url, said.zone)


def _updated(said: Said) -> Published | None:
    """The date of the last change, which many sites print alone."""
    printed = (labelled(block, said.zone, "updated") for block in _heads(said))
    return next((f for f in printed if _past(f, said)), None) or _tagged(said, "meta_updated")


def _sharpened(best: Published, said: Said) -> Published:
    """``best``, with the time of the same day where something else of the page tells it."""
    if best.precision != "day":
        return best
    others: tuple[Callable[[Said], Published | None], ...] = (_tagged, _of_machine, _elsewhere, _listed)
    parts = _partial(said)
    told: Iterator[Published | None] = (way(said) for way in others)
    printed = nearest(parts, date.fromisoformat(best.at[:10]), said.zone) if parts else None
    return _finer(best, (f for f in (printed, *told) if f), said.zone)


def _finer(day: Published, others: Iterable[Published], zone: str) -> Published:
    """``day``, or what tells the time of the same day."""
    if day.precision != "day":
        return day
    finer = (f for f in others if f.precision != "day" and local_day(f, zone) == day.at[:10])
    return next((replace(f, basis=day.basis) for f in finer), day)
