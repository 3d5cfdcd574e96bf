"""When a column publishes: how many items a day, and in which hours of its own week; learnt from what its lists showed.

Both begin with what is written down here and bend to what is seen.  The number of items a day is the mean of a Gamma
distribution, the hours are those of Dirichlet ones, one inside the other: an office's week, then this column's own
hours of working and free days, then each hour of its own week.  What is older than a season counts little.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from crawler.items import Look, Outcome

HOURS = 168
"""Of a week, from Monday 00:00 by the column's own clock."""
DAY, HOUR = 86400.0, 3600.0
_MEMORY = 90.0  # days after which what was seen counts a third
_USUAL, _USUAL_WEIGHT = 1.0, 1.0  # items a day before anything is known, and how many items that is worth
_SHORTEST_PAST = 0.1  # days that the dates of a list stand for at least: a site may issue all of them anew at once
_MOST = 10  # items of one look that count: a hundred at once are one act of somebody
_LONGEST_DOUBT = 12 * HOUR  # between two looks, beyond which the hour of what appeared is unknown
_WHOLE_WEEKS = 14 * DAY  # of dates, from which on it does not matter with which day of the week they begin
_PINNED = 4  # dates from which on the oldest may be pinned
# An office's day, as Chinese offices and media print it beside their notices: two peaks, a midday rest, a long evening.
_OFFICE_DAY = (*[0.03] * 7, 0.2, 0.8, 1.4, 1.4, 1.1, 0.4, 0.4, 1.1, 1.3, 1.3, 1.1, 0.6, 0.3, 0.3, 0.3, 0.15, 0.15)
_FREE_DAY = 0.2  # of a working day's items
_SURE_DAY, _SURE_WEEK = (
    2.0,
    2.0,
)  # items of an hour of its days, or of its week, that weigh as much as what was believed
_NONE = bytes(4 * HOURS)


@dataclass(frozen=True, slots=True)
class Rhythm:
    """What is known of when a column publishes; times in POSIX seconds."""

    seen: float = 0.0  # items, older ones worth less
    days: float = 0.0  # in which they were seen, older ones likewise
    learnt: float | None = None  # until when both count
    shape: bytes = b""  # the hours of its week; "" is an office's

    def daily(self, at: float) -> float:
        """Items a day to be expected at ``at``; silence since makes them fewer."""
        kept = 1.0 if self.learnt is None else math.exp(min(self.learnt - at, 0.0) / (_MEMORY * DAY))
        days = self.days * kept + (0.0 if self.learnt is None else _MEMORY * (1 - kept))
        return (self.seen * kept + _USUAL_WEIGHT) / (days + _USUAL_WEIGHT / _USUAL)

    @property
    def hours(self) -> bytes:
        """The intensity of each hour of the week, as `level` writes it."""
        return self.shape or OFFICE


def level(intensity: float) -> int:
    """One byte for how many times the mean an hour is: sixteen steps an octave, 128 is the mean."""
    return max(0, min(255, round(16 * math.log2(max(intensity, 1e-9))) + 128))


def intensity(level: int) -> float:
    """What `level` wrote."""
    return float(2.0 ** ((level - 128) / 16))


def hour_of_week(local: float) -> int:
    """The hour of the week at ``local`` seconds of a clock that showed 1970-01-01 00:00, a Thursday, at 0."""
    return int(local // HOUR + 72) % HOURS


@lru_cache(maxsize=512)
def zone(name: str) -> ZoneInfo:
    """The time zone ``name``, which the configuration has checked."""
    return ZoneInfo(name)


def offset(at: float, name: str) -> float:
    """Seconds by which clocks in zone ``name`` are ahead of UTC at ``at``."""
    ahead = datetime.fromtimestamp(at, UTC).astimezone(zone(name)).utcoffset()
    return ahead.total_seconds() if ahead else 0.0


# ---- learning --------------------------------------------------------------------------------------------------------


def taught(rhythm: Rhythm, counts: bytes, look: Look, *, last_ok: float | None, zone: str) -> tuple[Rhythm, bytes]:
    """What is known after a look that found something, and how many items each hour has had.

    ``counts``: those until now; ``last_ok``: when the list was last read, so that what is new appeared since.
    """
    if look.outcome is Outcome.BASELINE:
        return _first(look, zone)
    number = min(look.new or 0, _MOST)
    kept = 1.0 if rhythm.learnt is None else math.exp(min(rhythm.learnt - look.at, 0.0) / (_MEMORY * DAY))
    days = rhythm.days * kept + (0.0 if rhythm.learnt is None else _MEMORY * (1 - kept))
    table = _Counts(counts, kept)
    _place(table, look, number, last_ok, zone)
    return Rhythm(rhythm.seen * kept + number, days, look.at, table.shape()), table.kept()


def _first(look: Look, zone: str) -> tuple[Rhythm, bytes]:
    """What the dates on the first list tell.  The oldest only says since when the others were counted."""
    dates, table = _without_pinned(sorted(look.dates)), _Counts(_NONE, 1.0)
    if look.exact and dates and look.at - dates[0] >= _WHOLE_WEEKS:
        for at in dates:
            table.add(hour_of_week(at + offset(at, zone)), 1.0)
    if len(dates) < 2:
        return Rhythm(learnt=look.at), table.kept()
    days = max(_office_days(dates[0], look.at, zone), _SHORTEST_PAST)
    worth = min(1.0, _MEMORY / days)
    return Rhythm((len(dates) - 1) * worth, days * worth, look.at, table.shape()), table.kept()


def _without_pinned(dates: Sequence[float]) -> Sequence[float]:
    """``dates`` without the oldest ones, as long as the pause after one is more than half of all the time there is."""
    while len(dates) >= _PINNED and 2 * (dates[1] - dates[0]) > dates[-1] - dates[0]:
        dates = dates[1:]
    return dates


def _office_days(since: float, until: float, zone: str) -> float:
    """Days between two instants; within a few weeks by what an office does in them, so that a Sunday is a short day."""
    if until - since >= _WHOLE_WEEKS:
        return (until - since) / DAY
    ahead, hours = offset(since, zone), int((until - since) // HOUR) + 1
    width = (until - since) / hours
    return sum(_OFFICE[hour_of_week(since + ahead + (n + 0.5) * width)] for n in range(hours)) * HOURS * width / DAY


def _place(table: _Counts, look: Look, number: int, last_ok: float | None, zone: str) -> None:
    """Count the new items where the list dates them, if that is since the last look; else evenly since then."""
    since = look.at if last_ok is None else min(last_ok, look.at)
    dated = [at for at in look.dates if since <= at <= look.at][:number] if look.exact else []
    for at in dated:
        table.add(hour_of_week(at + offset(at, zone)), 1.0)
    if look.at - since > _LONGEST_DOUBT or not (rest := number - len(dated)):
        return
    steps = max(1, math.ceil((look.at - since) / HOUR))
    for step in range(steps):
        at = since + (look.at - since) * (step + 0.5) / steps
        table.add(hour_of_week(at + offset(at, zone)), rest / steps)


class _Counts:
    """How many items each hour of the week has had."""

    def __init__(self, before: bytes, worth: float) -> None:
        self._of = array("f", (n * worth for n in array("f", before or _NONE)))

    def add(self, hour: int, items: float) -> None:
        self._of[hour] += items

    def kept(self) -> bytes:
        return self._of.tobytes()

    def shape(self) -> bytes:
        """The hours as levels: an office's, bent to this column's own days, and these to its own week."""
        counted = list(self._of)
        office_days, own_days = _by_kind_of_day(_OFFICE), _by_kind_of_day(counted)
        bends = _bends(office_days, own_days, sum(counted), _SURE_DAY)
        days = _shares(o * bend for o, bend in zip(_OFFICE, _week(bends), strict=True))
        bends = _bends(days, counted, sum(counted), _SURE_WEEK)
        return _levels(_shares(d * bend for d, bend in zip(days, bends, strict=True)))


def _bends(shares: Sequence[float], counted: Sequence[float], total: float, sure: float) -> list[float]:
    """By how much each share is too small for what was counted; one with few items to be expected is believed."""
    return [(n + sure) / (total * share + sure) for share, n in zip(shares, counted, strict=True)]


def _by_kind_of_day(hours: Sequence[float]) -> list[float]:
    """Sums over the 24 hours of the working days, then of the free ones."""
    return [sum(hours[h:120:24]) for h in range(24)] + [sum(hours[120 + h :: 24]) for h in range(24)]


def _week(kinds: Sequence[float]) -> list[float]:
    return [*kinds[:24]] * 5 + [*kinds[24:]] * 2


def _shares(weights: Iterable[float]) -> list[float]:
    listed = list(weights)
    total = sum(listed)
    return [n / total for n in listed]


def _levels(shares: Iterable[float]) -> bytes:
    return bytes(level(share * HOURS) for share in shares)


def _office() -> list[float]:
    return _shares(_week([*_OFFICE_DAY, *(_FREE_DAY * n for n in _OFFICE_DAY)]))


_OFFICE = _office()
OFFICE = _levels(_OFFICE)
"""The week of an office of which nothing else is known."""
