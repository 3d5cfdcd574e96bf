"""Dates in texts, addresses and machines' fields, read as exactly as they say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from crawler.items import Basis, Published
from crawler.reading.dating.date_forms import LOOSE, SURE, moment, plain

_LONGEST_URL = 2000  # characters of an address that are looked at
_EPOCH = re.compile(r"\d{10}|\d{13}")
_MAYBE = re.compile(r"\d|[一二][〇○◯零ОＯOo一二三四五六七八九]{3}")
_BEGINS = r"(?P<y>(?:19|20)\d\d)"
_IN_PATH = (
    re.compile(rf"[/_]t{_BEGINS}(?P<m>\d\d)(?P<d>\d\d)_\d"),
    re.compile(rf"/{_BEGINS}[-/_]?(?P<m>\d{{1,2}})[-/_](?P<d>\d{{1,2}})(?=[/_.-]|$)"),
    re.compile(rf"/{_BEGINS}[-/](?P<m>\d\d)(?P<d>\d\d)(?=[/_.-]|$)"),
    re.compile(rf"[/_-]{_BEGINS}(?P<m>\d\d)(?P<d>\d\d)(?:\d{{6}}|\d{{9}})?(?=[/_.A-Z-]|$)"),
)


def parse_date(text: str, timezone_name: str, basis: Basis = "origin") -> Published | None:
    """The first date in ``text``, in the zone ``timezone_name`` unless it names an offset; None without a full date.

    A date without a clock is of precision "day", one without seconds "minute".
    """
    found = next((p for _, p in all_dates(" ".join(text.split()), timezone_name)), None)
    return replace(found, basis=basis) if found else None


def all_dates(text: str, timezone_name: str, *, loose: bool = True) -> Iterator[tuple[int, Published]]:
    """Every full date of ``text`` with its place, one way of writing after another, the surest first.

    Without ``loose`` those are left out that other numbers may look like (20250117, 25-01-17).
    """
    if not _MAYBE.search(text):
        return
    text = plain(text)
    for form in (*SURE, *LOOSE) if loose else SURE:
        for m in form.finditer(text):
            if found := moment(m.groupdict(), timezone_name):
                yield m.start(), found


def from_field(value: str, timezone_name: str) -> Published | None:
    """The date in a machine's field: (milli)seconds since 1970, or written; midnight sharp is a day.

    So a CMS stores a day, and a precision is never invented: midnight of the field, or in ``timezone_name``.
    """
    value = value.strip()
    found = from_epoch(float(value), timezone_name) if _EPOCH.fullmatch(value) else parse_date(value, timezone_name)
    if found is None or found.precision == "day":
        return found
    if found.at[11:19] == "00:00:00":
        return replace(found, precision="day")
    local = datetime.fromisoformat(found.at).astimezone(ZoneInfo(timezone_name)).isoformat()
    return as_day(found, timezone_name) if local[11:19] == "00:00:00" else found


def from_epoch(seconds: float, timezone_name: str, basis: Basis = "origin") -> Published | None:
    """The moment ``seconds`` (milliseconds are recognised) after 1970 UTC; None when it lies outside 1995-2100."""
    seconds = seconds / 1000 if seconds > 1e11 else seconds
    if not 788_918_400 <= seconds <= 4_102_444_800:
        return None
    return Published(datetime.fromtimestamp(int(seconds), ZoneInfo(timezone_name)).isoformat(), "second", basis)


def date_in_url(url: str, timezone_name: str) -> Published | None:
    """The day that the path of an address names (``t20250117_…``, ``/2025/01/17/``, ``/20250117/``); basis "url"."""
    path = url[:_LONGEST_URL].partition("?")[0].partition("#")[0]
    found = (moment(m.groupdict(), timezone_name, "url") for form in _IN_PATH for m in form.finditer(path))
    return next((f for f in found if f), None)


def not_future(found: Published | None, fetched_at: float) -> Published | None:
    """``found``, unless it lies more than a day after ``fetched_at`` (POSIX seconds; 0 says that nobody knows)."""
    if found and fetched_at and datetime.fromisoformat(found.at).timestamp() > fetched_at + 86_400:
        return None
    return found


def local_day(found: Published, timezone_name: str) -> str:
    """The day of ``found`` where the publisher is, as 2025-01-17; without a clock it is the day it says."""
    if found.precision == "day":
        return found.at[:10]
    return datetime.fromisoformat(found.at).astimezone(ZoneInfo(timezone_name)).date().isoformat()


def as_day(found: Published, timezone_name: str) -> Published:
    """``found`` without its clock."""
    day = datetime.fromisoformat(local_day(found, timezone_name)).replace(tzinfo=ZoneInfo(timezone_name))
    return replace(found, at=day.isoformat(), precision="day")
