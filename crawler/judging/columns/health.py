"""The health of a column: what one look makes of it, and when the next one is due.

A state machine without clock or database.  A look that observed the list closes whatever was wrong; a look that did
not is a failure, whether the network, a challenge page, an emptied list or a new layout stood in the way.  What is odd
about a list that was observed (a selector that matches nothing, most items gone, articles that cannot be read)
degrades the column and calls nobody.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from zlib import crc32

from crawler.items import Expect, Look, Outcome, State
from crawler.judging.columns import coverage

BROKEN_AFTER = 2  # failed looks in a row; a single one is usual on government sites and nobody is called for it
FIRST_RETRY = 60.0
RETRY_AT_LEAST_EVERY = 900.0  # the ceiling of the backoff for columns that are looked at more often than that
RETRY_CEILING = 6 * 3600.0
LONGEST_WAIT = 86400.0  # of a Retry-After; "99999999999" is an attack or a mistake
SHORTEST_INTERVAL = 1.0
SHORTEST_QUIET = 14 * 86400.0  # Spring Festival and National Day silence an office for 8 days
_DAY = 86400.0
_GAPS = (1 * _DAY, 3 * _DAY, 7 * _DAY, 14 * _DAY)  # between reminders of an open incident; from then on the last one
_FELL = 3  # a list with less than a third of the items it usually has
_LEARNT = 6.0  # items from which on a usual number says something
# How soon the usual number follows a new one.  Down within days, so that a list that was cut for good is not suspect
# for ever; up within weeks, so that one which is short every week-end (a feed of the last day) is soon not suspect.
_DOWN, _UP = 3 * _DAY, 30 * _DAY

_WHY = {
    Outcome.CHALLENGED: "a challenge page stands before the list; we do not solve it, so the list cannot be read",
    Outcome.EMPTY: "the list is empty and used not to be; open it in a browser",
    Outcome.LAYOUT: "no items where they used to be; run `fenghuo check` and set `links` if the layout is new",
    Outcome.FAILED: "the list could not be fetched",
    Outcome.REFUSED: "robots.txt or the address guard forbids the list",
    Outcome.UNEQUIPPED: "no browser to render the list with",
}


@dataclass(frozen=True, slots=True)
class Health:
    """What the past looks at a column tell of it; times in POSIX seconds."""

    state: State = State.NEW
    since: float | None = None  # when ``state`` began
    failures: int = 0  # failed looks in a row
    due: float = 0.0
    baseline_at: float | None = None
    last_look: float | None = None
    last_outcome: Outcome | None = None
    last_ok: float | None = None
    last_new: float | None = None
    longest_gap: float | None = None  # seconds between two looks that found something new, or two dates on the list
    items: int | None = None
    usual: float | None = None  # items that the list usually has
    newest: float | None = None  # the newest date that the list printed
    unbroken: float | None = None  # since when it was observed as often as promised
    why: str = ""


def after_look(health: Health, look: Look, *, every: float, expect: Expect | None = None, unread: str = "") -> Health:
    """The health after ``look``.

    ``every`` is the longest interval in seconds between two good looks; ``expect`` what the source file declares, the
    rest is learnt.  ``unread``: which articles of the list cannot be read.
    """
    if not look.outcome.ok:
        return _failed(health, look, every)
    observed = _observed(health, look, every)
    if odd := "; ".join(filter(None, (look.why, _fallen(observed), unread))):
        return _in_state(observed, State.DEGRADED, odd, look.at)
    if silence := _too_silent(observed, look.at, expect.newest_within if expect else None):
        why = f"no new item for {silence / _DAY:.0f} days; see whether the publisher moved the list"
        return _in_state(observed, State.QUIET, why, look.at)
    return _in_state(observed, State.OK, "", look.at)


def _in_state(health: Health, state: State, why: str, at: float) -> Health:
    return replace(health, state=state, since=health.since if state is health.state else at, why=why)


def _observed(health: Health, look: Look, every: float) -> Health:
    """What a look that observed the list teaches, whatever is to be thought of it."""
    gap, last_new = max(filter(None, (health.longest_gap, look.gap)), default=None), health.last_new
    if look.outcome is Outcome.NEW:
        heard = next((t for t in (last_new, health.baseline_at) if t is not None), look.at)
        gap, last_new = max(gap or 0.0, look.at - heard), look.at
    items = health.items if look.items is None else look.items
    return replace(
        health,
        failures=0,
        due=look.at + max(every, SHORTEST_INTERVAL) * (1 - spread(look.column) / 10),
        baseline_at=look.at if health.baseline_at is None else health.baseline_at,
        last_look=look.at,
        last_outcome=look.outcome,
        last_ok=look.at,
        last_new=last_new,
        longest_gap=gap,
        items=items,
        usual=_usual(health, items, look.at),
        newest=health.newest if look.newest is None else look.newest,
        unbroken=coverage.unbroken(health.unbroken, health.last_ok, look.at, every),
    )


def _usual(health: Health, items: int | None, at: float) -> float | None:
    if items is None or health.usual is None or health.last_ok is None:
        return items
    pace = _DOWN if items < health.usual else _UP
    return items + (health.usual - items) * math.exp(-max(at - health.last_ok, 0.0) / pace)


def _fallen(health: Health) -> str:
    usual, items = health.usual or 0.0, health.items
    if items is None or usual < _LEARNT or items * _FELL >= usual:
        return ""
    return f"only {items} items on the list, which usually has {usual:.0f}; open it in a browser"


def _too_silent(health: Health, at: float, within: float | None) -> float:
    """Seconds since the column last had something new, when that is too long, else 0.

    Too long is what the source file declares, by the dates on the list where it prints them.  Learnt, it is three times
    the longest gap so far, and never less than two weeks of our own watching: many a list is old when we first see it.
    """
    begun = at if health.baseline_at is None else health.baseline_at
    heard = max((t for t in (health.last_new, health.newest) if t is not None and t <= at), default=begun)
    silence = at - (heard if within else max(heard, begun))
    return silence if silence > (within or max(3 * (health.longest_gap or 0.0), SHORTEST_QUIET)) else 0.0


def _failed(health: Health, look: Look, every: float) -> Health:
    """Everything known is kept: a page that is not understood deletes nothing."""
    failures = health.failures + 1
    failed = replace(
        health,
        failures=failures,
        due=look.at + retry_after(failures, look, every),
        last_look=look.at,
        last_outcome=look.outcome,
    )
    return _in_state(failed, _failing_state(look.outcome, failures), look.why or _WHY[look.outcome], look.at)


def _failing_state(outcome: Outcome, failures: int) -> State:
    if outcome is Outcome.CHALLENGED:
        return State.CHALLENGED
    if outcome is Outcome.UNEQUIPPED:  # the publisher's list is well; what is missing is ours to install
        return State.DEGRADED
    return State.DEGRADED if failures < BROKEN_AFTER else State.BROKEN


def retry_after(failures: int, look: Look, every: float) -> float:
    """Seconds until the next try after ``failures`` failed looks in a row.

    One minute (or the column's interval, if shorter), doubled each time, up to the column's own interval (at least 15
    minutes, at most 6 hours).  A longer Retry-After of the publisher (RFC 9110, section 10.2.3) is obeyed up to a day
    and never undercut.
    """
    ceiling = min(max(every, RETRY_AT_LEAST_EVERY), RETRY_CEILING)
    backoff = min(min(FIRST_RETRY, max(every, 1.0)) * 2.0 ** min(failures - 1, 16), ceiling)
    share = spread(look.column) / 10
    asked = min(look.retry_after or 0.0, LONGEST_WAIT)
    return max(backoff * (1 - share), asked * (1 + share))


def remind(opened: float, shown: float, now: float) -> bool:
    """Whether an incident that is open since ``opened`` and was last shown at ``shown`` is to be shown again.

    A day after it opened, three days after that, a week, two weeks, and every two weeks from then on.
    """
    at = opened
    for gap in _GAPS:
        at += gap
        if shown < at:
            return now >= at
    return now >= at + _GAPS[-1] * (math.floor((shown - at) / _GAPS[-1]) + 1)


def spread(key: str) -> float:
    """A number in [0, 1) that is always the same for one key: keeps columns of one interval from falling due at once.

    It only ever shortens an interval, since `every` promises the longest one (contract, section 3).
    """
    return crc32(key.encode()) / 2**32
