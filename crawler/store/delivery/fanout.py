"""From events to deliveries: what happened once becomes owed to each hook that wants it, at once or with its window."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, bindparam, func, select, update

from crawler.store import tables, upsert
from crawler.store.delivery import hooks, lanes
from crawler.store.keys import among

Choose = Callable[[str, Mapping[str, Any]], Sequence[str]]
"""The hooks that want an event, by its type and payload."""
Urgent = Callable[[str, str, Mapping[str, Any]], bool]
"""Whether an event may not wait, by hook, type and payload."""

_d, _e = tables.deliveries, tables.events
_MOST_EVENTS = 500
_UNFANNED = select(_e.c.id, _e.c.type, _e.c.payload).where(_e.c.fanned_out.is_(False)).order_by(_e.c.at, _e.c.id)
_UNFANNED = _UNFANNED.limit(bindparam("most")).with_for_update(skip_locked=True)
_FANNED = update(_e).where(among(_e.c.id)).values(fanned_out=True)


@dataclass(frozen=True, slots=True)
class Window:
    """How long what goes to one hook is gathered: until ``calm`` seconds without more, ``most`` after the first."""

    calm: float
    most: float


def never(_hook: str, _type: str, _payload: Mapping[str, Any]) -> bool:
    """Nothing is urgent."""
    return False


def fan_out(
    tx: Connection,
    choose: Choose,
    now: float,
    *,
    windows: Mapping[str, Window] | None = None,
    urgent: Urgent = never,
    most: int = _MOST_EVENTS,
) -> int:
    """Turn at most ``most`` events into one delivery for each hook that ``choose`` names; returns how many.

    What goes to a hook in ``windows`` waits until its window closes, and is then due at once; what is urgent does not
    wait.  An event for a hook that its receiver has disabled becomes a dead letter, to be replayed when it is back.
    """
    lanes.one_at_a_time(tx, lanes.FAN_OUT)  # two would let a later event overtake an earlier one
    rows = tx.execute(_UNFANNED, {"most": most}).all()
    owed = [(r.id, hook, urgent(hook, r.type, r.payload)) for r in rows for hook in choose(r.type, r.payload)]
    gathered = {hook for _, hook, is_urgent in owed if not is_urgent} & set(windows or {})
    ends = {hook: _close(tx, hook, (windows or {})[hook], now) for hook in gathered}
    gone = hooks.disabled(tx)
    upsert.add(
        tx, _d, [_row(id, hook, now, now if u else ends.get(hook, now), u, gone.get(hook)) for id, hook, u in owed]
    )
    if rows:
        tx.execute(_FANNED, {"keys": [r.id for r in rows]})
    return len(owed)


def hasten(tx: Connection, now: float, within: float) -> None:
    """Let go at once what would be due for the first time ``within`` seconds: nothing more comes to wait for."""
    soon = and_(tables.queued, _d.c.attempts == 0, _d.c.due > now, _d.c.due <= now + within)
    tx.execute(update(_d).where(soon).values(due=now))


def _close(tx: Connection, hook: str, window: Window, now: float) -> float:
    """When the window of ``hook`` closes, now that more has come; what waits in it already waits as long."""
    waiting = and_(tables.queued, _d.c.hook == hook, _d.c.attempts == 0, _d.c.due > now, _d.c.urgent.is_(False))
    first = tx.scalar(select(func.min(_d.c.created)).where(waiting))
    end = max(now, min(now + window.calm, (now if first is None else first) + window.most))
    if first is not None:
        tx.execute(update(_d).where(waiting, _d.c.due < end).values(due=end))
    return end


def _row(event: str, hook: str, now: float, due: float, is_urgent: bool, gone: str | None) -> dict[str, Any]:
    """A new delivery: queued until ``due``, or dead where the hook is ``gone`` (the why)."""
    row = {"event_id": event, "hook": hook, "attempts": 0, "created": now, "urgent": is_urgent, "alone": False}
    if gone is None:
        return row | {"state": "queued", "due": due, "finished": None, "last_error": ""}
    return row | {"state": "dead", "due": None, "finished": now, "last_error": gone}
