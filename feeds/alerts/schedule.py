"""When to try again after a failure, and when to give up.  Pure."""

from __future__ import annotations

from dataclasses import dataclass
from email.utils import parsedate_to_datetime

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


def next_try(answer: Answer, tries: int, age: float, chance: float) -> float | None:
    """Seconds until the next try after ``tries`` failed ones; None: enough, a dead letter.

    ``age`` is how long the delivery has been queued, ``chance`` (0..1) the jitter.  A receiver's Retry-After is obeyed;
    as the pauses it asks for may be short, a delivery dies only after ten tries *and* the schedule's 75 hours.
    """
    if answer.gone or (tries >= len(SCHEDULE) and age >= SPAN):
        return None
    step = SCHEDULE[min(tries, len(SCHEDULE) - 1)]
    if answer.retry_after is not None:
        step = max(answer.retry_after, min(step, 60.0))
    return step * (1 + JITTER * chance)


def parse_retry_after(text: str | None, now: float) -> float | None:
    """Seconds of a Retry-After header (RFC 9110, section 10.2.3), 1 s to 24 h; None when there is no usable one."""
    if not text:
        return None
    try:
        seconds = float(text) if text.strip().isdecimal() else parsedate_to_datetime(text).timestamp() - now
    except (ValueError, OverflowError):
        return None
    return min(max(seconds, 1.0), LONGEST_PAUSE)
