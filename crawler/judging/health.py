"""The health of a column: what one look makes of it, and when the next one is due.

A state machine without clock or database.  A look that observed the list closes whatever was wrong; a look that did
not is a failure, whether the network, a challenge page, an emptied list or a new layout stood in the way.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from zlib import crc32

from crawler.items import Look, Outcome, State

BROKEN_AFTER = 2  # failed looks in a row; a single one is usual on government sites and nobody is called for it
FIRST_RETRY = 60.0
RETRY_AT_LEAST_EVERY = 900.0  # the ceiling of the backoff for columns that are looked at more often than that
RETRY_CEILING = 6 * 3600.0
LONGEST_WAIT = 86400.0  # of a Retry-After; "99999999999" is an attack or a mistake
SHORTEST_INTERVAL = 1.0
SHORTEST_QUIET = 14 * 86400.0  # Spring Festival and National Day silence an office for 8 days
REMIND_EVERY = 86400.0  # an open incident is shown again

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
    longest_gap: float | None = None  # seconds between two looks that found something new
    items: int | None = None
    why: str = ""


def after_look(
    health: Health, look: Look, *, every: float, newest_within: float | None = None, unread: str = ""
) -> Health:
    """The health after ``look``.

    ``every`` is the longest interval in seconds between two good looks; ``newest_within`` the silence in seconds after
    which the column counts as quiet, learnt where it is None.  ``unread``: which articles of the list cannot be read.
    """
    if look.outcome.ok:
        return _with_unread(_observed(health, look, every, newest_within), unread, before=health)
    return _failed(health, look, every)


def _observed(health: Health, look: Look, every: float, newest_within: float | None) -> Health:
    heard = next((t for t in (health.last_new, health.baseline_at) if t is not None), look.at)
    silence, gap, last_new = look.at - heard, health.longest_gap, health.last_new
    if look.outcome is Outcome.NEW:
        silence, gap, last_new = 0.0, max(gap or 0.0, silence), look.at
    quiet = silence > (newest_within or max(3 * (gap or 0.0), SHORTEST_QUIET))
    state = State.QUIET if quiet else State.OK
    return Health(
        state=state,
        since=health.since if state is health.state else look.at,
        failures=0,
        due=look.at + max(every, SHORTEST_INTERVAL) * (1 - spread(look.column) / 10),
        baseline_at=look.at if health.baseline_at is None else health.baseline_at,
        last_look=look.at,
        last_outcome=look.outcome,
        last_ok=look.at,
        last_new=last_new,
        longest_gap=gap,
        items=health.items if look.items is None else look.items,
        why=f"no new item for {silence / 86400:.0f} days; see whether the publisher moved the list" if quiet else "",
    )


def _with_unread(health: Health, unread: str, before: Health) -> Health:
    """A list that was observed is half the truth while articles on it cannot be read."""
    if not unread:
        return health
    since = before.since if before.state is State.DEGRADED else health.last_look
    return replace(health, state=State.DEGRADED, since=since, why=unread)


def _failed(health: Health, look: Look, every: float) -> Health:
    """Everything known is kept: a page that is not understood deletes nothing."""
    failures = health.failures + 1
    state = _failing_state(look.outcome, failures)
    return Health(
        state=state,
        since=health.since if state is health.state else look.at,
        failures=failures,
        due=look.at + retry_after(failures, look, every),
        baseline_at=health.baseline_at,
        last_look=look.at,
        last_outcome=look.outcome,
        last_ok=health.last_ok,
        last_new=health.last_new,
        longest_gap=health.longest_gap,
        items=health.items,
        why=look.why or _WHY[look.outcome],
    )


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


def spread(key: str) -> float:
    """A number in [0, 1) that is always the same for one key: keeps columns of one interval from falling due at once.

    It only ever shortens an interval, since `every` promises the longest one (contract, section 3).
    """
    return crc32(key.encode()) / 2**32
