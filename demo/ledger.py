"""What was seen of the story, and what is still missing: a pure account, so that a test can keep it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from demo.receiver import Arrival

WARNING = "警惕以“海外客服高薪岗位”为名的跨境电信网络诈骗"
EXPECTED = {  # what a webhook must have brought: (type, what it is about)
    ("notice.new", WARNING): "new: the ministry's warning",
    ("notice.new", "风险提示：谨防境外“跨境理财返利”网络诈骗"): "new: the regulator's warning",
    ("notice.revised", "提醒中国公民近期暂勿前往缅甸北部地区，防范电信网络诈骗"): "revised: the consular notice",
    ("notice.withdrawn", "谨防以“海外代购仓库招工”为名的境外诈骗陷阱"): "withdrawn: the ministry's older warning",
    ("source.broken", "police/jq"): "broken: the police's site",
    ("source.recovered", "police/jq"): "recovered: the police's site",
}
REPRINTED = "reprinted: the ministry's warning in the newspaper and the portal, as one notice"


def subject(arrival: Arrival) -> tuple[str, str]:
    """What ``EXPECTED`` calls it."""
    return arrival.type, str(arrival.data.get("column") or arrival.data.get("title"))


def missing(arrivals: Iterable[Arrival], carriers: Iterable[str | None]) -> list[str]:
    """What has not been seen yet; ``carriers`` are the sources that carry the ministry's warning."""
    seen = {subject(a) for a in arrivals}
    absent = [said for what, said in EXPECTED.items() if what not in seen]
    return absent if {"ministry", "newspaper", "aggregator"} <= set(carriers) else [*absent, REPRINTED]


def unexpected(arrivals: Iterable[Arrival]) -> list[str]:
    """What should not have arrived: alerts for a reprint, a domestic notice or the baseline, and second alerts."""
    counts = Counter(subject(a) for a in arrivals)
    return [f"{n} x {what[0]} {what[1]}" for what, n in counts.items() if n > (what in EXPECTED)]
