"""The coverage log as programs and people read it: how each column and source was watched in a span of hours."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from itertools import groupby
from typing import Any

from crawler.items import timestamp
from crawler.judging.columns.coverage import HOUR, Watched, hours, share

MOST_DAYS = 31
RECENT = 30 * 24  # hours of the figure that stands for a source
_DATE = re.compile(r"(19[789]\d|2\d{3})-(\d\d)(?:-(\d\d))?", re.A)


@dataclass(frozen=True, slots=True)
class Span:
    """The hours from ``since`` to before ``until``, counted since 1970."""

    since: int
    until: int

    @property
    def long(self) -> bool:
        """Whether it is more than a day and an hour: too long to be shown hour by hour."""
        return self.until - self.since > 25

    @classmethod
    def between(cls, start: datetime, end: datetime, now: float) -> Span:
        """The hours between two moments, up to the one that is running; raises ValueError for too many or none."""
        since, until = (int(at.timestamp() // HOUR) for at in (start, end))
        if since < 0 or not 0 < until - since <= MOST_DAYS * 24 + 1:  # one more in a month in which clocks are put back
            raise ValueError(f"write a span of one hour to {MOST_DAYS} days")
        return cls(since, max(since, min(until, int(now // HOUR) + 1)))

    @classmethod
    def of(cls, said: str, zone: tzinfo | None, now: float) -> Span:
        """The span that ``today``, ``yesterday``, a day (2026-01-15) or a month (2026-01) is in ``zone`` (None: here).

        Raises ValueError for anything else.
        """
        if said in ("today", "yesterday"):
            day = datetime.fromtimestamp(now, zone) - timedelta(days=said == "yesterday")
            return cls.of(day.strftime("%Y-%m-%d"), zone, now)
        if not (found := _DATE.fullmatch(said)):
            raise ValueError("write a day (2026-01-15), a month (2026-01), today or yesterday")
        year, month, day_ = int(found[1]), int(found[2]), int(found[3] or 1)
        start = datetime(year, month, day_)
        end = start + timedelta(days=1) if found[3] else datetime(year + month // 12, month % 12 + 1, 1)
        return cls.between(_in(start, zone), _in(end, zone), now)


def _in(at: datetime, zone: tzinfo | None) -> datetime:
    return at.replace(tzinfo=zone) if zone else at.astimezone()


def as_json(span: Span, watched: Sequence[Watched]) -> dict[str, Any]:
    """Everything the log says of ``span``: each list of booleans has one value for each of ``hours``."""
    count = span.until - span.since
    return {
        "from": timestamp(span.since * HOUR),
        "to": timestamp(span.until * HOUR),
        "hours": [timestamp((span.since + n) * HOUR) for n in range(count)],
        "columns": [_column(one, count) for one in watched],
        "sources": [_source(source, mine) for source, mine in by_source(watched)],
    }


def _column(one: Watched, count: int) -> dict[str, Any]:
    return {
        "column": one.column,
        "source": one.column.partition("/")[0],
        "looked": hours(one.looked, count),
        "observed": hours(one.observed, count),
        "kept": hours(one.kept, count),
        "hours_looked": one.looked.bit_count(),
        "hours_observed": one.observed.bit_count(),
        **_kept([one]),
    }


def _source(source: str, mine: Sequence[Watched]) -> dict[str, Any]:
    return {"source": source, "columns": len(mine), **_kept(mine)}


def _kept(watched: Sequence[Watched]) -> dict[str, Any]:
    part = share(watched)
    return {
        "hours_owed": sum(one.owed for one in watched),
        "hours_kept": sum(one.kept_hours for one in watched),
        "share": None if part is None else round(part, 4),
    }


def by_source(watched: Sequence[Watched]) -> list[tuple[str, list[Watched]]]:
    """The columns of each source; ``watched`` is in the order of columns."""
    return [(source, list(mine)) for source, mine in groupby(watched, key=lambda one: one.column.partition("/")[0])]


def strip(one: Watched, count: int) -> str:
    """One sign an hour: ``#`` observed as promised, ``+`` observed, ``x`` looked at in vain, ``.`` not looked at.

    An hour may be kept without a look in it, when looks before and after it are as close as promised: ``#`` too.
    """
    kept, observed, looked = (hours(m, count) for m in (one.kept, one.observed, one.looked))
    return "".join(
        "#" if k else "+" if o else "x" if x else "." for k, o, x in zip(kept, observed, looked, strict=True)
    )


def percent(part: float | None) -> str:
    """A share for people; nothing counts as whole that is not."""
    return "" if part is None else f"{int(part * 1000) / 10:.1f} %"
