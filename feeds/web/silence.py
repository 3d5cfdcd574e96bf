"""How sure silence is, at a glance: what can be read, when we last looked, what waits to be delivered."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from crawler.items import State
from crawler.store.delivery import ledger
from crawler.store.watch import columns, looks


def health(tx: Connection) -> dict[str, Any]:
    """Numbers of columns and deliveries, and when the last look was (None: never)."""
    states = columns.tally(tx)
    return {
        "ok": states[State.OK] + states[State.QUIET],
        "blind": sum(number for state, number in states.items() if state.in_trouble),
        "new": states[State.NEW],
        "columns": states.total() - states[State.DISABLED],
        "last_look": looks.newest(tx),
        "waiting": ledger.pending(tx),
        "dead": ledger.dead(tx),
    }
