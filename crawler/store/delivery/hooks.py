"""What is remembered of hooks: which are off, which fail, and when a failing one is tried next."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, Row, select

from crawler.store import tables, upsert
from crawler.store.keys import among, rows_of

_h = tables.hooks
_ALL = select(_h)
_THESE = _ALL.where(among(_h.c.id))


@dataclass(frozen=True, slots=True)
class HookState:
    """How a hook's receiver does; times in POSIX seconds.

    ``opened_at``: its circuit is open since then, so that one message a while probes it and the others wait.
    """

    id: str
    failures: int = 0  # tries in a row
    failing_since: float | None = None
    opened_at: float | None = None
    probe_at: float | None = None  # not before this
    disabled_at: float | None = None  # its receiver wants nothing more
    why: str = ""

    def named(self, enabled: bool) -> str:
        """How the receiver does, in a word: ok, failing, disabled (it wants nothing more), off (configured so)."""
        if not enabled:
            return "off"
        if self.disabled_at is not None:
            return "disabled"
        return "failing" if self.opened_at is not None else "ok"


def states(tx: Connection, ids: Iterable[str] | None = None) -> dict[str, HookState]:
    """The hooks of which something is remembered, or those of ``ids``."""
    rows = tx.execute(_ALL).all() if ids is None else rows_of(tx, _THESE, sorted(set(ids)))
    return {row.id: _state(row) for row in rows}


def put(tx: Connection, state: HookState) -> None:
    """Remember ``state`` of its hook."""
    upsert.put(tx, _h, asdict(state))


def disable(tx: Connection, hook: str, why: str, now: float) -> None:
    """Remember that ``hook`` wants nothing more."""
    put(tx, HookState(hook, disabled_at=now, why=why))


def enable(tx: Connection, hook: str) -> None:
    """Forget whatever kept messages from ``hook``."""
    if hook in states(tx, [hook]):
        put(tx, HookState(hook))


def disabled(tx: Connection) -> dict[str, str]:
    """The hooks that their receivers have disabled, with the why."""
    return {id: state.why for id, state in states(tx).items() if state.disabled_at is not None}


def _state(row: Row[Any]) -> HookState:
    return HookState(**{name: getattr(row, name) for name in HookState.__slots__})
