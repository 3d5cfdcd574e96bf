"""When a hook counts as failing, and how often it is tried until it is back.  Pure.

A receiver that is down is tried by one message a minute; all others wait without spending their tries, and go at once
when it accepts one.  A single message's tries stay those of the schedule, since they lie further apart than that.
"""

from __future__ import annotations

from dataclasses import replace

from crawler.store.delivery.hooks import HookState
from feeds.alerts.schedule import Answer

FAILURES = 5  # in a row
FAILING = 300.0  # seconds: a receiver that starts anew has come back by then
PROBE_EVERY = 60.0  # seconds between two tries while the circuit is open


def after(state: HookState, answer: Answer, now: float) -> HookState:
    """The state of a hook after a receiver's answer.

    A pause that it asks for is not a failure: it is there, and says when.
    """
    if answer.ok:
        return HookState(state.id)
    if answer.retry_after is not None:
        return state
    failures = state.failures + 1
    since = now if state.failing_since is None else state.failing_since
    failed = replace(state, failures=failures, failing_since=since, why=answer.error)
    if state.opened_at is None and (failures < FAILURES or now - since < FAILING):
        return failed
    return replace(failed, opened_at=state.opened_at or now, probe_at=now + PROBE_EVERY)


def waits_until(state: HookState | None, now: float) -> float | None:
    """Until when nothing is sent to the hook; None when something may be now."""
    if state is None or state.probe_at is None or state.probe_at <= now:
        return None
    return min(state.probe_at, now + PROBE_EVERY)  # the clock may have been set back


def probe(state: HookState, now: float) -> HookState:
    """The state while one message tries whether the receiver is back."""
    return replace(state, probe_at=now + PROBE_EVERY)
