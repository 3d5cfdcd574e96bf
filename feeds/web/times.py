"""Moments as a page tells them: in UTC or in the source's zone, which is named; `times.js` makes them the reader's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from crawler.items import Published
from feeds.languages import LOCALES, Word

if TYPE_CHECKING:
    from babel import Locale

_JUST_NOW = 5  # seconds
_NOW = Word("just now")
_LENGTH = {"day": 10, "minute": 16}  # of an RFC 3339 time with no more than its precision; whole seconds otherwise


def utc(seconds: float) -> str:
    """A moment in full, for people."""
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S} UTC"


def machine(said: Published) -> str:
    """A publisher's time as HTML's ``datetime`` wants it: a date, or a moment with its offset."""
    return said.at[:10] if said.precision == "day" else said.at


def told(said: Published) -> str:
    """A publisher's time as precisely as the publisher says and not more, in its own zone, named."""
    text = said.at[: _LENGTH.get(said.precision, 19)].replace("T", " ")
    return text if said.precision == "day" else f"{text} {_zone(said.at)}"


def _zone(at: str) -> str:
    """``UTC+8`` for an RFC 3339 time at +08:00."""
    offset = datetime.fromisoformat(at).strftime("%z") or "+0000"
    hours, minutes = int(offset[1:3]), offset[3:5]
    amount = f"{hours}:{minutes}" if minutes != "00" else str(hours)
    return "UTC" if amount == "0" else f"UTC{offset[0]}{amount}"


def ago(then: float, now: float, language: str) -> str:
    """How long ago ``then`` was, or how long until it comes, in one unit."""
    if abs(then - now) < _JUST_NOW:
        return _NOW.of(language)
    from babel.dates import format_timedelta  # 8 MB that only a page needs

    span = timedelta(seconds=then - now)
    return format_timedelta(span, threshold=1, add_direction=True, locale=_locale(language))


_UNITS = ((86400, "day"), (3600, "hour"), (60, "minute"), (0, "second"))
_EXACT = 10  # of a unit from which on no tenth is told


def length(seconds: float, language: str) -> str:
    """A length of time in the unit that suits it: "15 min", "1.4 hr"."""
    size, unit = next((size, unit) for size, unit in _UNITS if seconds >= size)
    amount = seconds / (size or 1)
    told_as = round(amount) if amount >= _EXACT else round(amount, 1)
    return _amount(told_as, unit, language)


@lru_cache(maxsize=2000)
def _amount(number: float, unit: str, language: str) -> str:
    from babel.units import format_unit

    return format_unit(number, f"duration-{unit}", length="short", locale=_locale(language))


@cache
def _locale(language: str) -> Locale:
    """Found once: a page tells a hundred times."""
    from babel import Locale

    return Locale.parse(LOCALES[language])
