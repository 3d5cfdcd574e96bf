"""How long notices take is counted leg by leg, and nothing is counted twice."""

from __future__ import annotations

import pytest

from crawler.store import Store
from crawler.store.delivery import outbox
from crawler.store.delivery.ledger import Passage
from crawler.store.delivery.outbox import Attempt
from feeds.web.latency import Latencies, legs

NOW = 1_700_000_000.0
AT = "2023-11-14T22:12:20+00:00"  # a minute before


@pytest.mark.parametrize(
    ("published", "precision", "expected"),
    [
        (AT, "second", {"seen": 60.0, "queued": 1.0, "delivered": 2.0}),
        (AT, "day", {"queued": 1.0, "delivered": 2.0}),
        (None, None, {"queued": 1.0, "delivered": 2.0}),
        ("2023-11-15T22:12:20+00:00", "minute", {"seen": 0.0, "queued": 1.0, "delivered": 2.0}),
    ],
)
def test_each_leg_is_known_as_far_as_its_times_are(
    published: str | None, precision: str | None, expected: dict[str, float]
) -> None:
    passage = Passage("soc", published, precision, NOW, NOW + 1, NOW + 3)
    assert dict(legs(passage)) == expected


def test_a_delivery_is_counted_once_however_often_it_is_asked_for(store: Store) -> None:
    with store.begin() as tx:
        payload = {"title": "a", "published": AT, "published_precision": "minute"}
        outbox.add(tx, "notice.new", at=NOW, payload=payload, column="a")
        outbox.fan_out(tx, lambda *_: ["soc"], NOW + 1)
        (claimed,) = outbox.claim(tx, "soc", now=NOW + 1, owner="me", limit=1)
        outbox.record_attempts(tx, [(claimed.id, Attempt(NOW + 2, 0.5, True, 204))])
    latencies = Latencies()
    with store.read() as tx:
        for _ in range(2):
            samples = {(s.name, *s.labels.values()): s.value for s in latencies.family(tx).samples}
            assert samples["fenghuo_latency_seconds_count", "soc", "seen"] == 1
            assert samples["fenghuo_latency_seconds_sum", "soc", "delivered"] == 1.5
            assert samples["fenghuo_latency_seconds_bucket", "soc", "seen", "15.0"] == 0
            assert samples["fenghuo_latency_seconds_bucket", "soc", "seen", "60.0"] == 1
