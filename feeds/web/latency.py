"""How long notices take from their publisher to a hook, leg by leg, as histograms of /metrics."""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from prometheus_client.core import HistogramMetricFamily
from sqlalchemy import Connection

from crawler.store.delivery import ledger
from crawler.store.delivery.ledger import Passage

BUCKETS = (0.1, 0.5, 1.0, 5.0, 15.0, 60.0, 300.0, 900.0, 3600.0, 6 * 3600.0, 86400.0, 3 * 86400.0)  # seconds


@dataclass
class _Histogram:
    counts: list[int] = field(default_factory=lambda: [0] * (len(BUCKETS) + 1))
    total: float = 0.0

    def add(self, seconds: float) -> None:
        self.counts[bisect_left(BUCKETS, seconds)] += 1
        self.total += seconds

    def cumulative(self) -> list[tuple[str, float]]:
        ends = [*map(str, BUCKETS), "+Inf"]
        return [(end, float(sum(self.counts[: n + 1]))) for n, end in enumerate(ends)]


class Latencies:
    """Adds up what the ledger tells, since it forgets old deliveries and a histogram must not fall."""

    def __init__(self) -> None:
        self._legs: dict[tuple[str, str], _Histogram] = {}
        self._counted = 0
        self._alone = threading.Lock()

    def family(self, tx: Connection) -> HistogramMetricFamily:
        """The histograms, with what has been delivered since they were last asked for."""
        told = "Seconds from publication until seen, queued and delivered"
        family = HistogramMetricFamily("fenghuo_latency_seconds", told, labels=("channel", "leg"))
        with self._alone:
            passages, self._counted = ledger.passages_after(tx, self._counted)
            for passage in passages:
                for leg, seconds in legs(passage):
                    self._legs.setdefault((passage.hook, leg), _Histogram()).add(seconds)
            for labels, histogram in sorted(self._legs.items()):
                family.add_metric(labels, histogram.cumulative(), histogram.total)
        return family


def legs(passage: Passage) -> Iterator[tuple[str, float]]:
    """Seconds of each leg of a notice's way, none below zero; that from publication only where its minute is known."""
    if passage.published and passage.precision in ("minute", "second"):
        yield "seen", max(0.0, passage.seen - datetime.fromisoformat(passage.published).timestamp())
    yield "queued", max(0.0, passage.queued - passage.seen)
    yield "delivered", max(0.0, passage.delivered - passage.queued)
