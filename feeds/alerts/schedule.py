"""When something is sent: the hours of a hook, when to try again after a failure, and when to give up.  Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

from crawler.config.hooks import Hook

HOUR = 3600.0
SCHEDULE = (0.0, 5.0, 300.0, 1800.0, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR)
"""Seconds before each of the ten tries (Standard Webhooks 1.0, "Deliverability and reliability")."""
SPAN = sum(SCHEDULE)  # 75:35:05
LONGEST_PAUSE = 24 * HOUR  # of a Retry-After; some servers send eleven digits
JITTER = 0.1  # at most a tenth later, so that receivers that fell together are not hit together


@dataclass(frozen=True, slots=True)
class Answer:
    """What a receiver said to one message, or why it said nothing."""

    ok: bool
    status: int | None = None  # HTTP status
    error: str = ""  # one line without any secret
    retry_after: float | None = None  # seconds of pause that a refusal asks for, for this message and all others
    gone: bool = False  # it wants nothing more, ever
    refused: bool = False  # it was there and does not want what this message says
    final: bool = False  # nor ever will: another try would be told the same


def next_try(answer: Answer, tries: int, age: float, chance: float) -> float | None:
    """Seconds until the next try after ``tries`` failed ones; None: enough, a dead letter.

    ``age`` is how long the delivery has been queued, ``chance`` (0..1) the jitter.  A receiver's Retry-After is obeyed;
    as the pauses it asks for may be short, a delivery dies only after ten tries *and* the schedule's 75 hours.
    """
    if answer.gone or answer.final or (tries >= len(SCHEDULE) and age >= SPAN):
        return None
    step = SCHEDULE[min(tries, len(SCHEDULE) - 1)]
    if answer.retry_after is not None:
        step = max(answer.retry_after, min(step, 60.0))
    return step * (1 + JITTER * chance)


def quiet_until(hook: Hook, now: float) -> float | None:
    """When the quiet hours of ``hook`` that it is in end, in POSIX seconds; None outside of them."""
    if not (hours := hook.quiet_hours):
        return None
    zone, (start, end) = ZoneInfo(hook.timezone), hours
    today = datetime.fromtimestamp(now, zone).date()
    for first in (today - timedelta(days=1), today):  # hours that began yesterday may end today
        last = first if start < end else first + timedelta(days=1)
        begins, ends = (datetime.combine(day, at, zone).timestamp() for day, at in ((first, start), (last, end)))
        if begins <= now < ends:
            return ends
    return None


def parse_retry_after(text: str | None, now: float) -> float | None:
    """Seconds of a Retry-After header (RFC 9110, section 10.2.3), 1 s to 24 h; None when there is no usable one."""
    if not text:
        return None
    try:
        seconds = float(text) if text.strip().isdecimal() else parsedate_to_datetime(text).timestamp() - now
    except (ValueError, OverflowError):
        return None
    return min(max(seconds, 1.0), LONGEST_PAUSE)
