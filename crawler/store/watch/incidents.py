"""Incidents: from a column's first failed look to the good one that ends it; what the `health` feed shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from crawler.items import Look, Outcome, State, timestamp
from crawler.judging.columns.health import BROKEN_AFTER, Health, remind
from crawler.store import changes, journal
from crawler.store.delivery import outbox
from crawler.store.keys import among, rows_of
from crawler.store.tables import incidents
from crawler.store.text import one_line


@dataclass(frozen=True, slots=True)
class IncidentRow:
    """One trouble with one column; times in POSIX seconds."""

    id: int
    column: str
    opened: float
    closed: float | None
    updated: float  # when it was opened, changed its state, was shown again or closed
    state: State
    outcome: Outcome
    why: str
    announced: bool  # source.broken was sent

    @property
    def cause(self) -> str:
        """What is wrong in one word: how the look ended, ``odd`` when it could read the list all the same."""
        return _cause(self.outcome)


def _cause(outcome: Outcome) -> str:
    return "odd" if outcome.ok else outcome.value


_ALL = select(incidents)
_OPEN = _ALL.where(incidents.c.closed.is_(None), among(incidents.c.column))


def recent(tx: Connection, limit: int) -> list[IncidentRow]:
    """The incidents that changed last, newest first."""
    newest_first = _ALL.order_by(incidents.c.updated.desc(), incidents.c.id.desc()).limit(limit)
    return [_incident(row) for row in tx.execute(newest_first)]


def listed(tx: Connection, limit: int, *, before: int | None = None) -> list[IncidentRow]:
    """The incidents that were opened last, newest first; those ``before`` the one of a number, if that is given."""
    wanted = _ALL if before is None else _ALL.where(incidents.c.id < before)
    return [_incident(row) for row in tx.execute(wanted.order_by(incidents.c.id.desc()).limit(limit))]


def follow(tx: Connection, looks: Sequence[tuple[Look, Health]], names: Mapping[str, str]) -> None:
    """Open, change or close the incidents of ``looks``, each with the health after it, and send their events.

    The second failed look in a row sends `source.broken`, the good look after it `source.recovered`.  What is odd about
    a list that could be read opens an incident too, and sends neither.
    """
    keys = sorted({look.column for look, _ in looks})
    under_way = {row.column: _incident(row) for row in rows_of(tx, _OPEN, keys)}
    for look, health in looks:
        incident, name = under_way.pop(look.column, None), names[look.column]
        if incident and incident.announced and not health.failures:
            _announce(tx, "source.recovered", look, health, name, incident)
            incident = replace(incident, announced=False)
        if health.state.in_trouble:
            under_way[look.column] = _go_on(tx, incident, look, health, name)
        elif incident:
            _end(tx, incident, look.at)


def close(tx: Connection, column: str, now: float) -> None:
    """End the incident of a column that is no longer looked at; nothing is sent."""
    for row in rows_of(tx, _OPEN, [column]):
        _end(tx, _incident(row), now)


def _incident(row: Any) -> IncidentRow:
    identity, column, opened, closed, updated, state, outcome, why, announced = row
    return IncidentRow(identity, column, opened, closed, updated, State(state), Outcome(outcome), why, announced)


def _go_on(tx: Connection, incident: IncidentRow | None, look: Look, health: Health, name: str) -> IncidentRow:
    why, outcome = one_line(health.why), look.outcome
    if incident is None:
        incident = IncidentRow(0, look.column, look.at, None, look.at, health.state, outcome, why, False)
        incident = replace(incident, id=_insert(tx, incident))
    elif incident.state is not health.state or remind(incident.opened, incident.updated, look.at):
        incident = replace(incident, state=health.state, outcome=outcome, why=why, updated=look.at)
        _update(tx, incident)
    if health.failures >= BROKEN_AFTER and health.state is not State.DEGRADED and not incident.announced:
        incident = replace(incident, announced=True)
        _update(tx, incident)
        _announce(tx, "source.broken", look, health, name, incident)
    return incident


def _end(tx: Connection, incident: IncidentRow, at: float) -> None:
    _update(tx, replace(incident, closed=at, updated=at))


_INSERT = insert(incidents)
_FIELDS = ("column", "opened", "closed", "updated", "state", "outcome", "why", "announced")
_UPDATE = update(incidents).where(incidents.c.id == bindparam("b_id")).values({n: bindparam(n) for n in _FIELDS})


def _insert(tx: Connection, incident: IncidentRow) -> int:
    changes.add(tx, None)
    identity = tx.execute(_INSERT, _values(incident)).inserted_primary_key
    return int(identity[0]) if identity else 0


def _update(tx: Connection, incident: IncidentRow) -> None:
    changes.add(tx, None)
    tx.execute(_UPDATE, {"b_id": incident.id, **_values(incident)})


def _values(incident: IncidentRow) -> dict[str, Any]:
    return {
        "column": incident.column,
        "opened": incident.opened,
        "closed": incident.closed,
        "updated": incident.updated,
        "state": incident.state.value,
        "outcome": incident.outcome.value,
        "why": incident.why,
        "announced": incident.announced,
    }


def _announce(tx: Connection, event: str, look: Look, health: Health, name: str, incident: IncidentRow) -> None:
    payload = {
        "column": look.column,
        "source": look.column.partition("/")[0],
        "name": name,
        "state": health.state.value,
        "cause": _cause(incident.outcome if look.outcome.ok else look.outcome),
        "why": one_line(health.why),
        "since": timestamp(incident.opened),
    }
    outbox.add(tx, event, at=look.at, payload=payload, column=look.column)
    journal.add(tx, event, at=look.at, column=look.column, why=payload["why"])
