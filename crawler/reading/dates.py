"""The forms in which dates are written, read as exactly as they say: no year, clock or offset is ever added."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from crawler.items import Basis, Precision, Published

_OLDEST = 1995
_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTHS = {m: i for i, m in enumerate(_NAMES, 1)}
_CLOCK = (
    r"(?:[T\s\u3000,，日-]{0,3}(?:at\s)?(?P<h>\d{1,2})\s?[:：时時]\s?(?P<mi>\d{2})(?:\s?[:：分]\s?(?P<s>\d{2})(?![\d:]))?(?:\.\d{1,9})?"
    r"\s?(?P<ap>[AaPp]\.?[Mm]\b)?\s?(?P<z>Z\b|[+-]\d{2}:?\d{2}\b)?)?"
)
_DAY = r"(?P<d>\d{1,2})(?!\d)"
_FORMS = (
    re.compile(rf"(?<!\d)(?P<y>(?:19|20)\d\d)\s?[-/.年]\s?(?P<m>\d{{1,2}})\s?[-/.月]\s?{_DAY}\s?日?{_CLOCK}"),
    re.compile(rf"(?<!\d)(?P<y>20\d\d) (?P<m>\d{{1,2}})\s?/\s?{_DAY}{_CLOCK}"),  # a span for each part (news.cn)
    re.compile(rf"(?<!\w)(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\s+(?P<month>[A-Z][a-z]{{2,8}})\.?,?\s+(?P<y>20\d\d){_CLOCK}"),
    re.compile(rf"(?<!\w)(?P<month>[A-Z][a-z]{{2,8}})\.?\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y>20\d\d){_CLOCK}"),
    re.compile(
        r"(?<!\d)(?P<y>20\d\d)(?P<m>0[1-9]|1[0-2])(?P<d>0[1-9]|[12]\d|3[01])(?:(?P<h>[01]\d|2[0-3])(?P<mi>[0-5]\d)(?P<s>[0-5]\d)?)?(?!\d)"
    ),
)
_IN_URL = (
    re.compile(r"[/_]t(?P<y>20\d\d)(?P<m>\d\d)(?P<d>\d\d)_\d+"),
    re.compile(r"/(?P<y>20\d\d)[-/]?(?P<m>\d{1,2})[-/](?P<d>\d{1,2})/"),
    re.compile(r"/(?P<y>20\d\d)[-/](?P<m>\d{2})(?P<d>\d{2})/"),
    re.compile(r"/(?P<y>20\d\d)(?P<m>\d\d)(?P<d>\d\d)(?=[/_.-])"),
)


def parse_date(text: str, timezone_name: str, basis: Basis = "origin") -> Published | None:
    """The first date in ``text``, in the zone ``timezone_name`` unless it names an offset; None without a full date.

    A date without a clock is of precision "day", one without seconds "minute".
    """
    found = next((p for _, p in all_dates(text, timezone_name)), None)
    return Published(found.at, found.precision, basis) if found else None


def all_dates(text: str, timezone_name: str) -> Iterator[tuple[int, Published]]:
    """Every full date of ``text`` with its place; numeric forms first, then English ones, then 20250117."""
    for form in _FORMS:
        for m in form.finditer(text):
            if found := _published(m.groupdict(), timezone_name, "origin"):
                yield m.start(), found


def from_epoch(seconds: float, timezone_name: str, basis: Basis = "origin") -> Published | None:
    """The moment ``seconds`` (milliseconds are recognised) after 1970 UTC; None when it lies outside 1995-2100."""
    seconds = seconds / 1000 if seconds > 1e11 else seconds
    if not 788_918_400 <= seconds <= 4_102_444_800:
        return None
    return Published(datetime.fromtimestamp(int(seconds), ZoneInfo(timezone_name)).isoformat(), "second", basis)


def date_in_url(url: str, timezone_name: str) -> Published | None:
    """The day that an address names (``t20250117_…``, ``/2025/01/17/``, ``/20250117/``); basis "url"."""
    found = (_published(m.groupdict(), timezone_name, "url") for form in _IN_URL for m in form.finditer(url))
    return next((f for f in found if f), None)


def not_future(found: Published | None, fetched_at: float) -> Published | None:
    """``found``, unless it lies more than a day after ``fetched_at`` (POSIX seconds; 0 says that nobody knows)."""
    if found and fetched_at and datetime.fromisoformat(found.at).timestamp() > fetched_at + 86_400:
        return None
    return found


def _published(parts: dict[str, str | None], zone: str, basis: Basis) -> Published | None:
    hour, minute, second = parts.get("h"), parts.get("mi"), parts.get("s")
    month = parts.get("m") or _MONTHS.get((parts.get("month") or "")[:3].lower(), 0)
    try:
        at = datetime(
            int(parts["y"] or 0),
            int(month),
            int(parts["d"] or 0),
            _hour(hour, parts.get("ap")),
            int(minute or 0),
            int(second or 0),
        )
        at = at.replace(tzinfo=_offset(parts.get("z")) or ZoneInfo(zone))
    except ValueError:
        return None
    precision: Precision = "second" if second else "minute" if minute else "day"
    return Published(at.isoformat(), precision, basis) if at.year >= _OLDEST else None


def _hour(hour: str | None, half: str | None) -> int:
    number = int(hour or 0)
    return number % 12 + (12 if half[0] in "Pp" else 0) if half and number <= 12 else number


def _offset(text: str | None) -> tzinfo | None:
    if not text:
        return None
    if text == "Z":
        return UTC
    sign = -1 if text[0] == "-" else 1
    return timezone(sign * timedelta(hours=int(text[1:3]), minutes=int(text[-2:])))
