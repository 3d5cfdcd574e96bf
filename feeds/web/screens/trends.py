"""Pictures: what came, about which places and scams, how fast we saw and passed it on, and how well we kept watch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from statistics import quantiles

from starlette.requests import Request
from starlette.responses import Response

from crawler.items import Kind
from crawler.judging.columns.coverage import HOUR, Watched, mask, share
from crawler.store import Store
from crawler.store.delivery.ledger import Passage
from crawler.store.watch import columns, coverage
from crawler.store.wire import trends
from feeds.coverage import percent
from feeds.web import charts
from feeds.web.charts import Cell, Chart, Spread
from feeds.web.charts.bars import Series
from feeds.web.charts.chart import level
from feeds.web.context import Context, context_of
from feeds.web.latency import legs
from feeds.web.view import View, page

DAY, WEEK = 86400.0, 7 * 86400.0
_WEEKS, _LATENCY_WEEKS, _DAYS = 26, 8, 90
_PLACES, _SCAMS = 10, 10  # rows of a field
_FRESH = 600.0  # seconds for which what was read serves: the pictures are of weeks and days
_SELDOM = 6 * 3600.0  # the same of weeks that are over
AHEAD = 300.0  # seconds between two readings ahead: what half served its time is read anew
_COLUMNS = 32  # rows of the picture of health; its table has all
_MOST = 500  # columns of which that is told; of more than these, what needs attention first
_CHINA = timezone(timedelta(hours=8))  # whose weeks they are
_LEGS = ("seen", "queued", "delivered")


def show(request: Request) -> Response:
    """The pictures of the last half year."""
    context, view = context_of(request), View.of(request)
    now = context.now()
    start, hour = _monday(now) - (_WEEKS - 1) * WEEK, int(now // HOUR)
    seen, kept = _seen(context, now), _well_watched(context, now)
    weeks = [_date(start + n * WEEK) for n in range(_WEEKS)]
    shown = [
        ("kinds", _kinds(view, seen.kinds, weeks)),
        ("map", _map(view, seen.places)),
        ("places", _field(view, "place", seen.places, _PLACES, weeks)),
        ("scams", _field(view, "scam", seen.scams, _SCAMS, weeks)),
        ("latency", _latency(view, seen.took, start + (_WEEKS - _LATENCY_WEEKS) * WEEK)),
        ("health", _health(view, kept.watched, hour, kept.names)),
    ]
    drawn = [(n, chart) for n, chart in shown if chart.rows and (n != "kinds" or seen.kinds)]
    return page(view, "trends.html", pictures=drawn, kinds=_used(seen.kinds))


def read_ahead(context: Context) -> None:
    """Read what the pictures are drawn from before it is too old to serve, so that no reader waits for half a year.

    Raises StoreError.
    """
    now = context.now()
    _seen(context, now, served=0.5)
    _well_watched(context, now, served=0.5)


# --------------------------------------------------------------------------------------------------------------------
# What the pictures are drawn from


@dataclass(frozen=True, slots=True)
class _Seen:
    """What came, by value and week: 0 is the first one that is shown."""

    kinds: trends.Counts
    places: trends.Counts
    scams: trends.Counts
    took: Mapping[tuple[str, int], Spread | None]  # leg and week of those whose speed is shown


@dataclass(frozen=True, slots=True)
class _Watched:
    """How each column was watched, and what it is called."""

    watched: list[Watched]
    names: dict[str, str]


def _seen(context: Context, now: float, served: float = 1.0) -> _Seen:
    """The weeks that are over are read less often than this one: of them only a correction changes anything.

    ``served``: of the time for which what was read serves, the part after which it is read anew.
    """
    start, old = _monday(now) - (_WEEKS - 1) * WEEK, now - _monday(now)
    weeks = range(_WEEKS)
    over = context.remembered("weeks-over", min(served * _SELDOM, old), lambda: _read(context.store, start, weeks[:-1]))
    this = context.remembered("this-week", min(served * _FRESH, old), lambda: _read(context.store, start, weeks[-1:]))
    return _Seen(
        over.kinds + this.kinds, over.places + this.places, over.scams + this.scams, {**over.took, **this.took}
    )


def _read(store: Store, start: float, weeks: range) -> _Seen:
    """What came in ``weeks``, of which number 0 begins at ``start``."""
    since, until = start + weeks.start * WEEK, start + weeks.stop * WEEK
    fast = start + (_WEEKS - _LATENCY_WEEKS) * WEEK
    with store.read() as tx:
        tagged = trends.by_tag(tx, since, WEEK, until)
        counted = (trends.by_kind(tx, since, WEEK, until), tagged["place"], tagged["scam"])
        passed = trends.passages(tx, max(since, fast), until)
    kinds, places, scams = (Counter({(v, n + weeks.start): c for (v, n), c in of.items()}) for of in counted)
    return _Seen(kinds, places, scams, _spreads(passed, fast))


def _well_watched(context: Context, now: float, served: float = 1.0) -> _Watched:
    return context.remembered("watched", served * _FRESH, lambda: _watched(context.store, now))


def _watched(store: Store, now: float) -> _Watched:
    hour = int(now // HOUR)
    with store.read() as tx:
        names = {r.key: r.name for r in columns.by_urgency(tx, _MOST)}
        return _Watched(coverage.watched(tx, (hour // 24 - _DAYS + 1) * 24, hour + 1, now, keys=names), names)


def _monday(now: float) -> float:
    """The beginning of this week."""
    today = datetime.fromtimestamp(now, _CHINA).replace(hour=0, minute=0, second=0, microsecond=0)
    return (today - timedelta(days=today.weekday())).timestamp()


def _date(at: float) -> str:
    return f"{datetime.fromtimestamp(at, _CHINA):%m-%d}"


def _used(counts: trends.Counts) -> list[str]:
    found = {kind for kind, _ in counts}
    return [str(kind) for kind in Kind if kind in found]


def _kinds(view: View, counts: trends.Counts, weeks: Sequence[str]) -> Chart:
    series = [
        Series(view.say("kind", kind), f"kind-{kind}", [counts[kind, n] for n in range(_WEEKS)])
        for kind in _used(counts)
    ]
    label = view.gettext("Notices a week by kind, over half a year")
    return charts.bars(weeks, series, label=label, head=view.gettext("Week"))


def _map(view: View, counts: trends.Counts) -> Chart:
    totals = {code: sum(counts[code, n] for n in range(_WEEKS)) for code in trends.most(counts, 1000)}
    return charts.placemap(
        totals,
        lambda code: view.say("place", code),
        lambda code: f"/?place={code}",
        label=view.gettext("Places that the notices of half a year name: one tile a country"),
        head=[view.gettext("Place"), view.gettext("Code"), view.gettext("Notices")],
    )


def _field(view: View, name: str, counts: trends.Counts, number: int, weeks: Sequence[str]) -> Chart:
    values = trends.most(counts, number)
    greatest = max((counts[v, n] for v in values for n in range(_WEEKS)), default=0)
    field = [[_heat(counts[v, n], greatest) for n in range(_WEEKS)] for v in values]
    table = {"scam": "scam_types"}.get(name, name)
    labels = {
        "place": view.gettext("Notices a week about the places named most"),
        "scam": view.gettext("Notices a week about the types of scam named most"),
    }
    names = [view.say(table, v) for v in values]
    links = [f"/?{name}={v}" for v in values]
    left = 130 if name == "place" or view.language == "zh" else 250
    return charts.cells(names, weeks, field, label=labels[name], head=labels[name], every=4, left=left, links=links)


def _heat(count: int, greatest: int) -> Cell:
    return Cell(f"heat{level(count, greatest)}", str(count))


# --------------------------------------------------------------------------------------------------------------------
# How fast


def _spreads(passed: Sequence[Passage], start: float) -> dict[tuple[str, int], Spread | None]:
    """How long each leg took in each week."""
    took: dict[tuple[str, int], list[float]] = {}
    for passage in passed:
        week = int((passage.seen - start) // WEEK)
        for leg, seconds in legs(passage):
            took.setdefault((leg, week), []).append(seconds)
    return {key: _spread(seconds) for key, seconds in took.items()}


def _latency(view: View, took: Mapping[tuple[str, int], Spread | None], start: float) -> Chart:
    labels = [_date(start + n * WEEK) for n in range(_LATENCY_WEEKS)]
    series = [
        (view.say("leg", leg), f"leg-{leg}", [took.get((leg, n)) for n in range(_LATENCY_WEEKS)]) for leg in _LEGS
    ]
    head = [view.gettext("Week"), view.gettext("Leg"), view.gettext("Notices")]
    head += [view.gettext("half within"), view.gettext("9 of 10 within")]
    label = view.gettext("How long notices took: to be seen by us, to be queued, to be delivered")
    return charts.spread_chart(labels, series, label=label, head=head, told=view.length, every=1)


def _spread(seconds: Sequence[float]) -> Spread | None:
    if not seconds:
        return None
    if len(seconds) == 1:
        return Spread(1, seconds[0], seconds[0])
    tenths = quantiles(seconds, n=10, method="inclusive")
    return Spread(len(seconds), tenths[4], tenths[8])


# --------------------------------------------------------------------------------------------------------------------
# How well we kept watch


def _health(view: View, watched: Sequence[Watched], hour: int, names: dict[str, str]) -> Chart:
    days = range(hour // 24 - _DAYS + 1, hour // 24 + 1)
    ordered = sorted(watched, key=lambda w: (share([w]) if w.owed else 2.0, w.column))
    keys = [w.column for w in ordered[:_COLUMNS]]
    chart = charts.cells(
        keys,
        [f"{datetime.fromtimestamp(day * DAY, UTC):%m-%d}" for day in days],
        [[_day(w, day) for day in days] for w in ordered[:_COLUMNS]],
        label=view.gettext("Every column over 90 days: on which days we kept watch as promised"),
        head=view.gettext("Column"),
        every=14,
        left=150,
        joined=True,
        links=[f"/sources/{key.partition('/')[0]}" for key in keys],
    )
    kept = [[w.column, names.get(w.column, ""), percent(share([w])) or "—"] for w in ordered]
    return Chart(chart.svg, [view.gettext("Column"), view.gettext("Name"), view.gettext("Kept watch")], kept)


def _day(watched: Watched, day: int) -> Cell:
    first = day * 24
    begun, ended = max(watched.begun - first, 0), min(watched.ended - first, 24)
    kept = watched.kept >> first - watched.since & 0xFFFFFF  # a day is few bits, ninety of them are many
    return _kept((kept & mask(begun, ended)).bit_count(), ended - begun)


@cache
def _kept(hours: int, owed: int) -> Cell:
    if owed <= 0:
        return Cell("", "")
    share = hours / owed
    return Cell("good" if share == 1 else "part" if share >= 0.5 else "bad", f"{100 * share:.0f} %")
