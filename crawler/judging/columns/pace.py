"""How often a column is looked at, and when next: where items are likely, within what may be spent.

Of all ways to spend a number of looks, the one with the shortest mean delay looks at a rate proportional to the square
root of the rate at which items appear.  The exponent here is a little lower, which trades some of the mean for a
shorter tail (docs/decisions/0048).  One factor, the same for all columns, makes the looks cost what may be spent.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from crawler.items import Authority, Kind
from crawler.judging.columns.rhythm import DAY, HOUR, HOURS, Rhythm, hour_of_week, intensity, offset

EXPONENT = 0.43
FLOOR = 60.0  # seconds between two looks, at the closest
FLOOR_PART = 16  # of `every`: how much closer than promised looks may come
SHORTEST = 1.0
STIRRED_FOR, STIRRED = HOUR, 16.0  # after a related notice elsewhere items are that many times as likely, for so long
_JITTER = 0.1  # of the interval: columns of one rhythm do not march in step
_BOOST: list[float] = [intensity(level) ** EXPONENT for level in range(256)]  # by the byte that `rhythm.level` writes
_STIR = float(STIRRED**EXPONENT)
_OFFICIAL_WARNINGS, _UNOFFICIAL, _SIDE = 4.0, 0.5, 0.5
_STEPS = 20  # halvings in which a factor is found: to a ten-thousandth


class Basis(StrEnum):
    """Why the next look is when it is."""

    EVERY = "every"  # the longest interval that is promised
    FIXED = "fixed"  # the configuration wants exactly that
    RHYTHM = "rhythm"  # when items are likely, within what may be spent
    HOST = "host"  # likewise, within what may be asked of its host
    FLOOR = "floor"  # as soon as is polite
    STIRRED = "stirred"  # a related notice appeared elsewhere
    RETRY = "retry"  # the last look failed
    FIRST = "first"  # it was never looked at


@dataclass(frozen=True, slots=True)
class Plan:
    """What decides when a column is looked at, besides its rhythm; seconds."""

    longest: float  # between two looks, at most
    shortest: float
    zone: str
    weight: float = 1.0  # how much a minute's delay matters
    factor: float = 0.0  # looks a day where one item a day is to be expected
    host_bound: bool = False  # the factor is what its host bears
    stirred: float | None = None  # when a related notice appeared elsewhere
    spread: float = 0.5  # a number in [0, 1) of its own


def weight(authority: Authority, kind: Kind | None) -> float:
    """How many times a minute's delay matters: most where offices warn, less where the news is a reprint or a story."""
    if authority.official:
        return _OFFICIAL_WARNINGS if kind is Kind.WARNING else 1.0 if kind in (None, Kind.WANTED) else _SIDE
    return 1.0 if kind is Kind.WARNING else _UNOFFICIAL


def closest(every: float) -> float:
    """Seconds between two looks at the closest, for a column that is promised one ``every`` seconds."""
    return max(SHORTEST, min(FLOOR, every / FLOOR_PART))


def next_look(rhythm: Rhythm, plan: Plan, at: float) -> tuple[float, Basis]:
    """When the look after one at ``at`` is due, and why then.

    It is due when the looks that its hours are worth add up to one.
    """
    latest, soonest = at + plan.longest, at + plan.shortest
    base = plan.factor * (plan.weight * rhythm.daily(at)) ** EXPONENT / DAY
    if base <= 0.0:
        return latest, Basis.EVERY
    owed, now, hours = 1.0 + _JITTER * (0.5 - plan.spread), at, rhythm.hours
    stirred_until = 0.0 if plan.stirred is None or plan.stirred > at else plan.stirred + STIRRED_FOR
    while now < latest:
        local = now + offset(now, plan.zone)
        rate, end = base * _BOOST[hours[hour_of_week(local)]], now + HOUR - local % HOUR
        if now < stirred_until:
            rate, end = rate * _STIR, min(end, stirred_until)
        if owed <= rate * (end - now):
            now += owed / rate
            return (soonest, Basis.FLOOR) if now <= soonest else _within(now, latest, plan, at < stirred_until)
        owed, now = owed - rate * (end - now), end
    return latest, Basis.EVERY


def _within(due: float, latest: float, plan: Plan, stirred: bool) -> tuple[float, Basis]:
    if due >= latest:
        return latest, Basis.EVERY
    return due, Basis.STIRRED if stirred else Basis.HOST if plan.host_bound else Basis.RHYTHM


# ---- what may be spent -----------------------------------------------------------------------------------------------


class Wish:
    """How many looks a day a column would be given for any factor."""

    __slots__ = ("_hours", "_least", "_most", "host")

    def __init__(self, host: str, rhythm: Rhythm, plan: Plan, at: float) -> None:
        base = float((plan.weight * rhythm.daily(at)) ** EXPONENT)
        self.host = host
        self._least, self._most = DAY / plan.longest, DAY / plan.shortest
        self._hours = [(base * _BOOST[level], n / HOURS) for level, n in Counter(rhythm.hours).items()]

    def looks(self, factor: float) -> float:
        """Looks a day."""
        least, most = self._least, self._most
        return sum(n * min(max(factor * each, least), most) for each, n in self._hours)

    @property
    def pull(self) -> float:
        """Looks a day for each unit of the factor, were there neither floor nor `every`."""
        return sum(each * n for each, n in self._hours)


def factors(wishes: Sequence[Wish], budget: float, caps: Mapping[str, float]) -> float:
    """The factor with which ``wishes`` cost ``budget`` looks a day together; ``caps``: what single hosts bear, at most.

    Looks that `every` promises are made whatever they cost.
    """
    low, high = -30.0, 30.0  # powers of two
    for _ in range(_STEPS + 6):
        middle = (low + high) / 2
        if _cost(wishes, 2.0**middle, caps) > budget:
            high = middle
        else:
            low = middle
    return float(2.0**low)


def _cost(wishes: Iterable[Wish], factor: float, caps: Mapping[str, float]) -> float:
    return sum(w.looks(min(factor, caps.get(w.host, factor))) for w in wishes)
