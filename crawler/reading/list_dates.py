"""Dates as lists write them: beside an item, often without a year, or in a field of a feed or of JSON."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

from crawler.items import Published
from crawler.reading.dates import from_epoch, not_future, parse_date

_LONGEST = 60  # characters of a date with its label; in longer pieces a date is part of a sentence
_SHORT = r"[\[(（【\s]{0,3}(?:(\d\d)[-/.](\d\d)|(\d{1,2})月(\d{1,2})日)[\])）】\s]{0,3}"
_YEARLESS = re.compile(_SHORT)
_MONTH_OF = re.compile(r"(?:19|20)\d\d[-/.年]\d{1,2}月?")
_EPOCH = re.compile(r"\d{9,13}(?:\.\d{1,9})?")


def printed_date(pieces: Sequence[str], timezone: str, fetched_at: float) -> Published | None:
    """The date among the pieces of text of a list item, in the publisher's ``timezone``; None if there is none.

    A date without a year (``[07-21]``) counts only as a piece of its own; its year is the latest that does not lie
    ahead of ``fetched_at`` (POSIX seconds; 0 when unknown: then there is none).  A day printed apart from its month is
    joined to it.
    """
    short = [text for p in pieces if (text := " ".join(p.split())) and len(text) <= _LONGEST]
    for text in sorted([*short, *_joined(short)], key=len):
        if found := parse_date(text, timezone) or _without_year(text, timezone, fetched_at):
            return not_future(found, fetched_at)
    return None


def written_date(value: object, timezone: str, fetched_at: float) -> Published | None:
    """The date in a field: RFC 822, RFC 3339, printed, or (milli)seconds since 1970; None for anything else.

    Without an offset it is in ``timezone``.  Midnight sharp is a day, since that is how a CMS stores a date without a
    time, and a precision is never invented.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    text = str(value).strip()
    if _EPOCH.fullmatch(text):
        found = from_epoch(float(text), timezone)
    else:
        found = _rfc822(text) or parse_date(text[:_LONGEST], timezone) or _without_year(text, timezone, fetched_at)
    if found and found.at[11:19] == "00:00:00":
        found = replace(found, precision="day")
    return not_future(found, fetched_at)


def _joined(pieces: Sequence[str]) -> list[str]:
    """``21`` beside ``2024-07``, and ``07-21`` beside ``2024``, as whole dates."""
    whole = []
    for pair in pairwise(pieces):
        for part, other in (pair, pair[::-1]):
            if _MONTH_OF.fullmatch(part) and re.fullmatch(r"\d{1,2}日?", other):
                whole.append(f"{part.rstrip('月').replace('年', '-')}-{other.rstrip('日')}")
            elif re.fullmatch(r"(?:19|20)\d\d年?", part) and re.fullmatch(r"\d\d[-/.]\d\d", other):
                whole.append(f"{part.rstrip('年')}-{other.replace('/', '-').replace('.', '-')}")
    return whole


def _without_year(text: str, timezone: str, fetched_at: float) -> Published | None:
    short = _YEARLESS.fullmatch(text)
    if not short or not fetched_at:
        return None
    month, day = (int(g) for g in short.groups() if g is not None)
    today = datetime.fromtimestamp(fetched_at, ZoneInfo(timezone)) + timedelta(
        days=1
    )  # a publisher's clock may be ahead
    candidates = (parse_date(f"{year}-{month}-{day}", timezone) for year in range(today.year, today.year - 5, -1))
    return next((c for c in candidates if c and datetime.fromisoformat(c.at) <= today), None)


def _rfc822(text: str) -> Published | None:
    """RFC 822, section 5, as RSS 2.0 demands; the seconds are optional."""
    try:
        when = parsedate_to_datetime(text) if text[:1].isalpha() or text[:1].isdigit() else None
        if when is None or when.tzinfo is None or not 1995 <= when.year < 2100:
            return None
        return Published(when.isoformat(), "second" if re.search(r":\d\d:\d\d", text) else "minute")
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
