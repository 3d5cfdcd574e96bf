"""What a hook would have been sent, had it had these conditions all along: rules tried on what is remembered.  Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from crawler.config.hooks import Hook, Rule
from crawler.items import Kind, Notice, notice_json, timestamp
from feeds.alerts.rules import is_urgent, wants


@dataclass(frozen=True)
class Past:
    """An event that a notice of the archive has, or would have, sent."""

    at: float
    type: str
    notice: Notice


@dataclass(frozen=True, slots=True)
class Hit:
    """An event that would have been sent."""

    at: str  # RFC 3339
    type: str
    id: str  # of the notice
    urgent: bool
    kind: Kind
    title: str


@dataclass(frozen=True)
class Tried:
    """What came of trying."""

    events: int  # that were asked about
    hits: list[Hit]  # the oldest first

    def told(self, most: int | None = None) -> dict[str, Any]:
        """As JSON: how many, of what type, the busiest day, and the newest ``most`` of them (all)."""
        days = Counter(hit.at[:10] for hit in self.hits)
        day, number = days.most_common(1)[0] if days else ("", 0)
        shown = self.hits if most is None else self.hits[-most:]
        return {
            "events": self.events,
            "sent": len(self.hits),
            "by_type": dict(Counter(hit.type for hit in self.hits)),
            "busiest_day": {"day": day, "sent": number},
            "would_be_sent": [asdict(hit) for hit in shown],
        }


def tried(hook: Hook, rules: Sequence[Rule], notices: Iterable[Notice], since: float) -> Tried:
    """What ``hook`` would have been sent of what happened to ``notices`` since then."""
    asked, hits = 0, []
    for past in (p for notice in notices for p in events_of(notice) if p.at >= since):
        asked, payload = asked + 1, notice_json(past.notice)
        if wants(hook, past.type, payload, rules):
            urgent = is_urgent(hook, past.type, payload)
            kind, title = past.notice.verdict.kind, past.notice.title
            hits.append(Hit(timestamp(past.at), past.type, past.notice.id, urgent, kind, title))
    return Tried(asked, sorted(hits, key=lambda hit: hit.at))


def events_of(notice: Notice) -> Iterator[Past]:
    """What happened to a notice that sends an event: it came, it was revised in substance, it was withdrawn."""
    yield Past(notice.first_seen, "notice.new", notice)
    yield from (Past(r.seen, "notice.revised", notice) for r in notice.revisions if r.material)
    if notice.status == "withdrawn":
        yield Past(notice.updated, "notice.withdrawn", notice)
