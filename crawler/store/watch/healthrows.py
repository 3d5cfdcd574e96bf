"""The health of a column as its row keeps it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from crawler.items import Outcome, State
from crawler.judging.columns.health import Health
from crawler.store.text import one_line

NAMES = tuple(f.name for f in fields(Health))
"""The columns of `tables.columns` that hold it, in the order in which `health` takes them."""


def health(values: Sequence[Any]) -> Health:
    """The health that a row's values of `NAMES` say."""
    state, since, failures, due, baseline, last, outcome, *rest = values
    return Health(State(state), since, failures, due, baseline, last, outcome and Outcome(outcome), *rest)


def values(health: Health) -> dict[str, Any]:
    """What a row keeps of ``health``."""
    kept = {name: getattr(health, name) for name in NAMES}
    outcome = health.last_outcome and health.last_outcome.value
    return kept | {"state": health.state.value, "last_outcome": outcome, "why": one_line(health.why)}
