"""Dates as lists write them: beside an item, often split or without a year, or in a field of a feed or of JSON."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from crawler.items import Published
from crawler.reading.dating.date_forms import MONTH, Parts, moment, plain
from crawler.reading.dating.dates import from_epoch, from_field, not_future, parse_date
from crawler.reading.dating.partial_dates import latest, nearest, wholly_month_and_day
from crawler.reading.dating.printed_dates import labelled, names_other_date

_LONGEST = 60  # characters of a date with its label; in longer pieces a date is part of a sentence
_SHORT = 12  # characters of a part of a date that stands in an element of its own
_SENTENCE = re.compile(r"[。，；！？]")
_YEAR = r"(?P<y>(?:19|20)\d\d)年?"
_SPLIT = tuple(  # a day, a month and a year in elements of their own, one space between
    re.compile(form)
    for form in (
        rf"(?P<d>\d{{1,2}})日? {_YEAR}\s?[-/.]?\s?(?P<m>\d{{1,2}})月?",
        rf"{_YEAR}\s?[-/.]?\s?(?P<m>\d{{1,2}})月? (?P<d>\d{{1,2}})日?",
        rf"(?P<m>\d{{1,2}})\s?[-/.月]\s?(?P<d>\d{{1,2}})日? {_YEAR}",
        rf"(?P<d>\d{{1,2}})日? (?P<m>\d{{1,2}})月 {_YEAR}",
        rf"{_YEAR} {MONTH} (?P<d>\d{{1,2}})",
    )
)
_SPLIT_DAY = (re.compile(r"(?P<d>\d{1,2})日? (?P<m>\d{1,2})月"), re.compile(r"(?P<m>\d{1,2})月 (?P<d>\d{1,2})日?"))
_EPOCH = re.compile(r"\d{9,13}(?:\.\d{1,9})?")
_ORDERED = 3  # items in falling order after which a list is one of newest first
_SLACK = timedelta(days=45)  # by which an item may be newer than the one above it all the same


def printed_dates(rows: Sequence[Sequence[str]], timezone: str, fetched_at: float) -> list[Published | None]:
    """The dates among the pieces of text of a list's items, in the publisher's ``timezone``; None where there is none.

    A date without a year (``[07-21]``) counts only as a piece of its own.  Its year is the latest that does not lie
    ahead of ``fetched_at`` (POSIX seconds) and, where the list runs from new to old, of the items above; where the time
    is not known (0), that of the next item with a year.  A day printed apart from its month is joined to it.
    """
    found = [_of_row(row, timezone, fetched_at) for row in rows]
    if not fetched_at:
        return [_beside(found, n, timezone) if isinstance(f, dict) else f for n, f in enumerate(found)]
    bound = datetime.fromtimestamp(fetched_at, ZoneInfo(timezone)).date() + timedelta(days=1)  # clocks may be ahead
    alone = [latest(f, bound, timezone) if isinstance(f, dict) else f for f in found]
    return _in_order(found, bound, timezone) if _is_ordered(alone) else alone


def written_date(value: object, timezone: str, fetched_at: float) -> Published | None:
    """The date in a field: RFC 822, RFC 3339, printed, or (milli)seconds since 1970; None for anything else.

    Without an offset it is in ``timezone``.  Midnight sharp is a day, since that is how a CMS stores a date without a
    time, and a precision is never invented.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    text = str(value).strip()
    if _EPOCH.fullmatch(text):
        at = from_epoch(float(text), timezone)
        return not_future(from_field(at.at, timezone), fetched_at) if at else None
    found = from_field(text[:_LONGEST], timezone)
    if not found and fetched_at and (parts := wholly_month_and_day(text[:_LONGEST])):
        found = latest(parts, datetime.fromtimestamp(fetched_at + 86_400, UTC).date(), timezone)
    return not_future(found, fetched_at)


def _of_row(pieces: Sequence[str], timezone: str, fetched_at: float) -> Published | Parts | None:
    """The date of one item, or its month and day; the shortest piece that has one says it most plainly."""
    short = [text for p in pieces if (text := " ".join(p.split())) and len(text) <= _LONGEST]
    joined = list(_joined([plain(text) for text in short]))
    whole = (_in_piece(text, timezone) for text in sorted(short, key=len))
    split = (moment(m.groupdict(), timezone) for text in joined for form in _SPLIT if (m := form.fullmatch(text)))
    if found := next((f for f in (*whole, *split, *(parse_date(j, timezone) for j in joined)) if f), None):
        return not_future(found, fetched_at)
    days = (m.groupdict() for text in joined for form in _SPLIT_DAY if (m := form.fullmatch(text)))
    partial = (wholly_month_and_day(text) for text in (*sorted(short, key=len), *joined))
    return next((p for p in (*partial, *days) if p), None)


def _in_piece(text: str, timezone: str) -> Published | None:
    if found := labelled(text, timezone):
        return found
    return None if _SENTENCE.search(text) or names_other_date(text) else parse_date(text, timezone)


def _joined(pieces: Sequence[str]) -> Iterator[str]:
    """Two and three short pieces in a row as one: ``17`` beside ``2025-01``, ``17`` ``Jan`` ``2025``."""
    brief = [p.strip(" []()【】|/") if len(p) <= _SHORT else "" for p in pieces]
    yield from (f"{a} {b} {c}" for a, b, c in zip(brief, brief[1:], brief[2:], strict=False) if a and b and c)
    yield from (f"{a} {b}" for a, b in pairwise(brief) if a and b)


def _beside(found: Sequence[Published | Parts | None], at: int, timezone: str) -> Published | None:
    """The month and day at ``at`` in the year of the next item that prints one."""
    full = [(abs(n - at), f) for n, f in enumerate(found) if isinstance(f, Published)]
    parts = found[at]
    if not full or not isinstance(parts, dict):
        return None
    return nearest(parts, _day(min(full, key=lambda f: f[0])[1]), timezone)


def _is_ordered(dates: Sequence[Published | None]) -> bool:
    """Whether a list runs from new to old: it rises where a year is missing, and where an item is kept on top."""
    days = [_day(d) for d in dates if d]
    rises = sum(below > above for above, below in pairwise(days))
    return len(days) > _ORDERED and rises <= 1 + len(days) // 12


def _in_order(found: Sequence[Published | Parts | None], bound: date, timezone: str) -> list[Published | None]:
    """The dates with their years, once some are in falling order none of them much after the one above it."""
    dates: list[Published | None] = []
    above, falling = bound, 0
    limit = bound
    for f in found:
        dates.append(dated := latest(f, limit, timezone) if isinstance(f, dict) else f)
        if dated:
            day = _day(dated)
            falling = falling + 1 if day <= above else 0
            above = day
            limit = min(limit, day + _SLACK) if falling >= _ORDERED else limit
    return dates


def _day(published: Published) -> date:
    return date.fromisoformat(published.at[:10])
