"""/metrics: Prometheus and OpenMetrics, read from the store at each scrape.  No address and no title in a label."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector, CollectorRegistry
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from crawler.items import Outcome, State
from crawler.judging.columns.coverage import HOUR, share
from crawler.store import figures
from crawler.store.delivery import hooks, ledger
from crawler.store.watch import columns, coverage
from feeds.coverage import RECENT, by_source
from feeds.web.context import Context
from feeds.web.latency import Latencies

_FRESH = 60.0  # seconds for which the number of all notices serves
MOST = 2_000  # columns of which each has samples of its own
_SUSPECT = (State.DEGRADED, State.CHALLENGED, State.BROKEN)
_NEEDY = (*_SUSPECT, State.QUIET)
_UNREAD = (Outcome.EMPTY, Outcome.LAYOUT)


def metrics(request: Request) -> Response:
    """The figures, in the format that Accept asks for."""
    encode, content_type = choose_encoder(request.headers.get("accept", ""))
    return Response(encode(request.app.state.registry), media_type=None, headers={"Content-Type": content_type})


def registry(context: Context) -> CollectorRegistry:
    """A registry that holds our figures only."""
    found = CollectorRegistry(auto_describe=False)
    found.register(Figures(context))
    return found


class Figures(Collector):
    """Reads the store.  Looks are added up here, since the store forgets old ones and a counter must not fall."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._looks: Counter[tuple[str, str]] = Counter()
        self._counted = 0
        self._latencies = Latencies()
        self._alone = threading.Lock()
        self._shares: tuple[int, dict[str, float]] = (0, {})  # of the hour in which they were counted

    def describe(self) -> list[Metric]:
        """Nothing: the store is not asked before the first scrape."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Every metric family."""
        context = self._context
        with context.store.read() as tx:
            rows = _shown(tx)
            found = [
                *_of_columns(tx, rows),
                *self._of_looks(tx),
                self._of_coverage(tx, context.now(), rows),
                _of_notices(context.remembered("kinds", _FRESH, lambda: figures.notices_by_kind(tx))),
                *_of_ledger(tx, context),
                *_of_hooks(tx),
                self._latencies.family(tx),
            ]
        found.append(InfoMetricFamily("fenghuo_build", "The program", value={"version": _version()}))
        yield from found

    def _of_looks(self, tx: Connection) -> Iterator[Metric]:
        with self._alone:
            fresh, self._counted = figures.looks_after(tx, self._counted)
            few = columns.tally(tx).total() <= MOST
            for (column, outcome), n in fresh.items():
                self._looks[column if few else "", outcome] += n
            looks = dict(self._looks)
        polls = CounterMetricFamily("fenghuo_poll", "Looks at lists by result", labels=("source", "column", "result"))
        unread = CounterMetricFamily(
            "fenghuo_parse_empty", "Lists without the items they used to have", labels=("source",)
        )
        empty: Counter[str] = Counter()
        for (key, outcome), n in sorted(looks.items()):
            source, _, column = key.partition("/")
            polls.add_metric((source, column, outcome), n)
            empty[source] += n if outcome in _UNREAD else 0
        for source, n in empty.items():
            unread.add_metric((source,), n)
        yield polls
        yield unread

    def _of_coverage(self, tx: Connection, now: float, rows: list[columns.ColumnRow]) -> Metric:
        """The figure changes once an hour and is counted as often."""
        hour = int(now // HOUR)
        if self._shares[0] != hour:
            watched = coverage.watched(tx, hour - RECENT, hour, now, keys=[row.key for row in rows])
            shares = {source: share(mine) for source, mine in by_source(watched)}
            self._shares = hour, {source: part for source, part in shares.items() if part is not None}
        told = "Share of the hours of 30 days in which a source was observed as often as `every` promises"
        ratio = GaugeMetricFamily("fenghuo_coverage_ratio", told, labels=("source",))
        for source, part in sorted(self._shares[1].items()):
            ratio.add_metric((source,), part)
        return ratio


def _shown(tx: Connection) -> list[columns.ColumnRow]:
    """The columns that have samples of their own: all, or of more than `MOST` those that need somebody."""
    listed = columns.rows(tx, limit=MOST + 1)
    return listed if len(listed) <= MOST else columns.by_urgency(tx, MOST, states=_NEEDY)


def _of_columns(tx: Connection, rows: list[columns.ColumnRow]) -> Iterator[Metric]:
    states = columns.tally(tx)
    labels = ("source", "column")
    ok = GaugeMetricFamily("fenghuo_last_success_timestamp_seconds", "When a list was last read", labels=labels)
    new = GaugeMetricFamily("fenghuo_last_new_item_timestamp_seconds", "When a list last had a new item", labels=labels)
    trouble = GaugeMetricFamily(
        "fenghuo_trouble_since_timestamp_seconds",
        "Since when a column is in a state that needs somebody",
        labels=(*labels, "state"),
    )
    for row in rows:
        for family, at in ((ok, row.last_ok), (new, row.last_new)):
            if at is not None and row.enabled:
                family.add_metric((row.source, row.key.partition("/")[2]), at)
        if row.state in _NEEDY and row.since is not None:
            trouble.add_metric((row.source, row.key.partition("/")[2], row.state.value), row.since)
    suspect = sum(states[s] for s in _SUSPECT)
    by_state = GaugeMetricFamily("fenghuo_columns", "Columns by state", labels=("state",))
    for state in State:
        by_state.add_metric((state.value,), states[state])
    yield from (ok, new, trouble, by_state)
    yield GaugeMetricFamily("fenghuo_suspect_sources", "Columns that cannot be read as they should", value=suspect)


def _of_notices(kinds: Mapping[tuple[str, bool], int]) -> Metric:
    items = CounterMetricFamily("fenghuo_items", "Notices by kind", labels=("kind", "alertable"))
    for (kind, alertable), n in sorted(kinds.items()):
        items.add_metric((kind, str(alertable).lower()), n)
    return items


def _of_ledger(tx: Connection, context: Context) -> Iterator[Metric]:
    finished = CounterMetricFamily("fenghuo_deliveries", "Deliveries by result", labels=("channel", "result"))
    queued = GaugeMetricFamily("fenghuo_deliveries_queued", "Deliveries that are owed", labels=("channel",))
    dead = 0
    for (hook, state), n in sorted(context.totals(tx).items()):
        dead += n if state == "dead" else 0
        if state == "queued":
            queued.add_metric((hook,), n)
        else:
            finished.add_metric((hook, state), n)
    yield from (finished, queued)
    age = ledger.oldest_age(tx, context.now())
    yield GaugeMetricFamily("fenghuo_delivery_queue_age_seconds", "How late the oldest delivery is", value=age)
    yield GaugeMetricFamily("fenghuo_dead_letters", "Deliveries given up", value=dead)


def _of_hooks(tx: Connection) -> Iterator[Metric]:
    """Hooks in trouble; those that accept what they get have no sample."""
    trouble = GaugeMetricFamily("fenghuo_hook_failures", "Tries in a row that failed", labels=("channel",))
    stopped = GaugeMetricFamily("fenghuo_hook_stopped", "1: failing or disabled", labels=("channel", "why"))
    for state in hooks.states(tx).values():
        if state.failures:
            trouble.add_metric((state.id,), state.failures)
        for why, since in (("failing", state.opened_at), ("disabled", state.disabled_at)):
            if since is not None:
                stopped.add_metric((state.id, why), 1)
    yield from (trouble, stopped)


def _version() -> str:
    try:
        return version("fenghuo")
    except PackageNotFoundError:  # run from a checkout that was not installed
        return "unknown"
