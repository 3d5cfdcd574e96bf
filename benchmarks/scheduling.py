"""How soon a notice is found at equal budget: the product's own rhythm and pace beside fixed intervals and AIMD.

A simulated world, so that weeks pass in seconds and the truth is known: log-normal rates, an office's hours in UTC+8,
quiet week-ends, and half of each source's items in two to four hours of its working days.  The first list dates its
items to the minute; of later ones it is only known that they appeared between two looks.  All policies may spend the
same number of looks.  "Day one" knows the first list and nothing else, for as long as it is measured.

`SEED=4101` sets the first world (default 2025); each round has the next one.  What is promised holds in the worst.
"""

from __future__ import annotations

import bisect
import math
import os
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.figures import Figure, share
from crawler.items import Look, Outcome
from crawler.judging.columns.pace import Plan, Wish, closest, factors, next_look
from crawler.judging.columns.rhythm import DAY, HOUR, Rhythm, taught

SEED = int(os.environ.get("SEED", "2025"))
SOURCES, BUDGET = 1000, 48.0  # looks a day and source
LEARNING, MEASURED = 28, 14  # days
EVERY = 3 * HOUR  # the longest interval for those who may choose; fixed intervals are DAY / BUDGET
LISTED = 20  # items on a list
ZONE = "Asia/Shanghai"
MONDAY = 1_736_697_600.0  # 2025-01-13 00:00 in Shanghai
START = MONDAY + 2.5 * DAY  # the first look is made in the middle of a week
WEEK = 7 * DAY
# Nobody's real office, and not the one the product begins with; by it alone the best schedule gains 1.66.
_OFFICE = [2, 2, 2, 2, 2, 3, 5, 15, 70, 130, 140, 110, 30, 40, 110, 130, 140, 110, 50, 20, 15, 12, 10, 5]
_WEEK_END = 0.12


@dataclass
class Source:
    """A source of the world: the rate of each hour of its week (items an hour), and when its items appear."""

    hours: list[float]
    past: list[float]
    items: list[float]


def world(number: int, seed: int, days: int) -> list[Source]:
    """``number`` sources whose first list is read at `START`, with what they publish in the ``days`` after it."""
    dice = random.Random(seed)
    return [_source(dice, days) for _ in range(number)]


def _source(dice: random.Random, days: int) -> Source:
    daily = math.exp(dice.gauss(math.log(4.0) - 1.5**2 / 2, 1.5))
    own = [0.0] * 168
    for hour in dice.choices(range(24), weights=_OFFICE, k=dice.randint(2, 4)):
        for day in range(5):
            own[day * 24 + hour] += 1.0
    office = [n * (1.0 if day < 5 else _WEEK_END) for day in range(7) for n in _OFFICE]
    hours = [3.5 * daily * (o / sum(office) + s / sum(own)) for o, s in zip(office, own, strict=True)]
    items = [at for w in range(math.ceil(days / 7) + 1) for at in _published(dice, hours, MONDAY + w * WEEK)]
    past, week = [at for at in items if at <= START], MONDAY
    while len(past) < LISTED and week > MONDAY - 200 * WEEK:
        week -= WEEK
        past += _published(dice, hours, week)
    return Source(hours, sorted(past)[-LISTED:], sorted(at for at in items if at > START))


def _published(dice: random.Random, hours: list[float], week: float) -> list[float]:
    number, enough = 0, dice.expovariate(1.0)
    while enough < sum(hours):
        number, enough = number + 1, enough + dice.expovariate(1.0)
    return [week + (h + dice.random()) * HOUR for h in dice.choices(range(168), weights=hours, k=number)]


# ---- policies --------------------------------------------------------------------------------------------------------

Policy = Callable[[int, float, int, float], float]
"""(number of a source, time of a look, new items, time of the look before) -> time of the next look."""


class Learnt:
    """The product: what it learns, and how it spends the budget; ``frozen`` on what the first list told."""

    def __init__(self, sources: Sequence[Source], *, frozen: bool = False) -> None:
        self._frozen = frozen
        self._known: list[tuple[Rhythm, bytes]] = []
        for source in sources:
            look = Look("", START, Outcome.BASELINE, dates=tuple(source.past), exact=True)
            self._known.append(taught(Rhythm(), b"", look, last_ok=None, zone=ZONE))
        self._plans: list[Plan] = []

    def dawn(self, at: float) -> None:
        """Find the factor anew, as the daemon does every few minutes."""
        free = [Plan(EVERY, closest(EVERY), ZONE, spread=n / len(self._known)) for n in range(len(self._known))]
        then = START if self._frozen else at
        wishes = [Wish("", rhythm, plan, then) for (rhythm, _), plan in zip(self._known, free, strict=True)]
        factor = factors(wishes, BUDGET * len(wishes), {})
        self._plans = [Plan(p.longest, p.shortest, p.zone, factor=factor, spread=p.spread) for p in free]

    def __call__(self, n: int, at: float, new: int, before: float) -> float:
        """When the product looks next."""
        rhythm, counts = self._known[n]
        if self._frozen:  # neither what it finds nor what it does not find counts
            rhythm = replace(rhythm, learnt=at)
        elif new:
            look = Look("", at, Outcome.NEW, new=new)
            self._known[n] = rhythm, counts = taught(rhythm, counts, look, last_ok=before, zone=ZONE)
        return next_look(rhythm, self._plans[n], at)[0]


class Aimd:
    """Half the interval after news, half as much again without; ``longest`` makes it cost what the others cost."""

    def __init__(self, sources: Sequence[Source], longest: float) -> None:
        self._longest, self._intervals = longest, [DAY / BUDGET] * len(sources)

    def __call__(self, n: int, at: float, new: int, before: float) -> float:
        """When it looks next."""
        interval = self._intervals[n] * (0.5 if new else 1.5)
        self._intervals[n] = min(max(interval, closest(EVERY)), self._longest)
        return at + self._intervals[n]


class Clairvoyant(Learnt):
    """The bound: the same spending by the true rate of every hour, with the exponent of the shortest mean."""

    def __init__(self, sources: Sequence[Source]) -> None:
        self._hours = [[n**0.5 for n in source.hours] for source in sources]
        low, high = 0.0, 1000.0
        for _ in range(40):
            factor = (low + high) / 2
            looks = (
                sum(min(max(factor * n, HOUR / EVERY), 60.0) for each in self._hours for n in each) / 7 / len(sources)
            )
            low, high = (low, factor) if looks > BUDGET else (factor, high)
        self._factor = low

    def dawn(self, at: float) -> None:
        """Nothing is learnt."""

    def __call__(self, n: int, at: float, new: int, before: float) -> float:
        """When the square roots of the true rates since the last look add up to one look."""
        owed, now = 1.0, at
        while now < at + EVERY:
            hour, left = int((now - MONDAY) // HOUR) % 168, HOUR - (now - MONDAY) % HOUR
            rate = self._factor * self._hours[n][hour] / HOUR
            if owed <= rate * left:
                return max(now + owed / rate, at + 60.0)
            owed, now = owed - rate * left, now + left
        return at + EVERY


# ---- the run ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Result:
    """How long items waited to be found, in minutes, and what that cost."""

    delays: list[float]  # sorted
    looks: float  # a day and source

    @property
    def mean(self) -> float:
        return sum(self.delays) / len(self.delays)

    @property
    def said(self) -> str:
        """One line for people."""
        soon = bisect.bisect_right(self.delays, 5.0) / len(self.delays)
        p50, p95, p99 = (share(self.delays, part) for part in (0.5, 0.95, 0.99))
        return (
            f"minutes: mean {self.mean:.2f}, p50 {p50:.1f}, p95 {p95:.1f}, p99 {p99:.1f}; "
            f"{soon:.0%} within 5; {self.looks:.1f} looks a day"
        )


def simulate(sources: Sequence[Source], policy: Policy, learning: int, measured: int) -> Result:
    """Let ``policy`` watch the sources from `START` on, and measure after ``learning`` days."""
    delays: list[float] = []
    looks, number = 0, len(sources)
    due = [START + DAY / BUDGET * n / number for n in range(number)]
    before, met = [START] * number, [0] * number
    for day in range(learning + measured):
        end, counts = START + (day + 1) * DAY, day >= learning
        if isinstance(policy, Learnt):
            policy.dawn(START + day * DAY)
        for n, source in enumerate(sources):
            while (at := due[n]) < end:
                upto = bisect.bisect_right(source.items, at, met[n])
                if counts:
                    delays += ((at - item) / 60 for item in source.items[met[n] : upto])
                    looks += 1
                due[n] = policy(n, at, upto - met[n], before[n])
                before[n], met[n] = at, upto
    return Result(sorted(delays), looks / number / measured)


def affordable(sources: Sequence[Source]) -> float:
    """The longest interval with which AIMD makes the same number of looks."""
    some, low, high = sources[:: max(1, len(sources) // 200)], DAY / BUDGET / 4, 8 * DAY / BUDGET
    for _ in range(9):
        middle = (low + high) / 2
        over = simulate(some, Aimd(some, middle), 2, 7).looks > BUDGET
        low, high = (middle, high) if over else (low, middle)
    return high


def run(folder: Path, rounds: int) -> list[Figure]:
    """One world a round, each from a seed of its own; every policy in the same worlds."""
    results: dict[str, list[Result]] = {}
    for seed in range(rounds):
        sources = world(SOURCES, SEED + seed, LEARNING + MEASURED)
        for name, result in _policies(sources):
            results.setdefault(name, []).append(result)
    fixed, learnt = results["fixed"], results["learnt"]
    tails = tuple(share(r.delays, 0.99) / share(f.delays, 0.99) for r, f in zip(learnt, fixed, strict=True))
    return [
        *_gains("mean delay, fixed intervals : learnt in 4 weeks", fixed, learnt, 2.9),
        Figure("scheduling", "p99 delay, learnt : fixed intervals", tails, "x", at_most=1.0),
        Figure("scheduling", "the same in the worst world", (max(tails),), "x", at_most=1.0),
        *_gains("mean delay, fixed intervals : on day one", fixed, results["day one"], 2.5),
        *_gains("mean delay, AIMD : learnt in 4 weeks", results["aimd"], learnt, 1.9),
        *_gains("mean delay, fixed intervals : clairvoyant in rates", fixed, results["clairvoyant"], None),
        Figure("scheduling", "looks, learnt : budget", tuple(r.looks / BUDGET for r in learnt), "x", at_most=1.01),
    ]


def _policies(sources: Sequence[Source]) -> Iterable[tuple[str, Result]]:
    yield "fixed", simulate(sources, lambda n, at, new, before: at + DAY / BUDGET, LEARNING, MEASURED)
    yield "aimd", simulate(sources, Aimd(sources, affordable(sources)), LEARNING, MEASURED)
    yield "day one", simulate(sources, Learnt(sources, frozen=True), 0, MEASURED)
    yield "learnt", simulate(sources, Learnt(sources), LEARNING, MEASURED)
    yield "clairvoyant", simulate(sources, Clairvoyant(sources), 0, MEASURED)


def _gains(name: str, slow: Sequence[Result], fast: Sequence[Result], at_least: float | None) -> Iterable[Figure]:
    """The gain in every world, and in that in which it is least."""
    ratios = tuple(s.mean / f.mean for s, f in zip(slow, fast, strict=True))
    said = f"{fast[0].said} | beside: {slow[0].said}"
    yield Figure("scheduling", name, ratios, "x", at_least=at_least, note=said)
    yield Figure("scheduling", "the same in the worst world", (min(ratios),), "x", at_least=at_least)
