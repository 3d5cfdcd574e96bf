"""What is learnt of when columns publish, and what their looks may cost."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, and_, bindparam, delete, func, insert, select, update

from crawler.items import Column, Look, Outcome
from crawler.judging.columns import pace
from crawler.judging.columns.health import Health, spread
from crawler.judging.columns.pace import Basis, Plan, Wish
from crawler.judging.columns.rhythm import Rhythm, taught
from crawler.store import upsert
from crawler.store.keys import among, rows_of
from crawler.store.tables import columns, links, paces, rhythms

NAMES = ("seen", "days", "learnt", "shape")
"""The columns of `tables.columns` that hold a rhythm."""
UNLEARNT = {"seen": 0.0, "days": 0.0, "learnt": None, "shape": b"", "stirred": None, "basis": Basis.FIRST.value}
_SAMPLE = 2000  # columns of which the factor is found; that of more is within a few hundredths of it
_RECENT = 200  # links among which a column's relatives are looked for

_ALL = select(paces.c.factor).where(paces.c.host == "").scalar_subquery()
_OF_HOST = select(paces.c.factor).where(paces.c.host == columns.c.host).scalar_subquery()
READ = (*columns.c["fixed", "zone", "weight", "stirred", *NAMES], _ALL.label("factor"), _OF_HOST.label("bearable"))
"""What `Planner` needs of a row."""


def rhythm(row: Any) -> Rhythm:
    """The rhythm that a row says."""
    values = row if isinstance(row, Mapping) else row._mapping
    return Rhythm(*(values[name] for name in NAMES))


class Planner:
    """When the columns of some looks are due next; `save` keeps what these looks taught."""

    def __init__(self, tx: Connection, rows: Iterable[Any]) -> None:
        self._tx = tx
        self._rows = {row.key: row for row in rows}
        self._rhythms: dict[str, Rhythm] = {}
        self._counts: dict[str, bytes] = {}
        self.basis: dict[str, Basis] = {}

    def due(self, look: Look, after: Health, column: Column, last_ok: float | None) -> float:
        """When ``column`` is due after ``look``; ``after`` says when at the latest; it was last read at ``last_ok``."""
        row, key = self._rows[look.column], look.column
        if not look.outcome.ok:
            self.basis[key] = Basis.RETRY
            return after.due
        known = self._rhythms.get(key) or rhythm(row)
        if look.outcome is Outcome.BASELINE or look.new:
            known, self._counts[key] = taught(known, self._counts_of(key), look, last_ok=last_ok, zone=row.zone)
            self._rhythms[key] = known
        if row.fixed:
            self.basis[key] = Basis.FIXED
            return look.at + max(column.every, pace.SHORTEST)
        due, self.basis[key] = pace.next_look(known, _plan(row, after.due - look.at, column.every), look.at)
        return due

    def _counts_of(self, key: str) -> bytes:
        if key not in self._counts:
            self._counts[key] = self._tx.scalar(_COUNTS, {"column": key}) or b""
        return self._counts[key]

    def save(self, tx: Connection) -> None:
        """Keep what was taught."""
        for key, known in self._rhythms.items():
            tx.execute(_TAUGHT, {"b_key": key, **{name: getattr(known, name) for name in NAMES}})
            upsert.put(tx, rhythms, {"column": key, "counts": self._counts[key]})


_COUNTS = select(rhythms.c.counts).where(rhythms.c.column == bindparam("column"))
_TAUGHT = update(columns).where(columns.c.key == bindparam("b_key")).values({n: bindparam(n) for n in NAMES})


def _plan(row: Any, longest: float, every: float) -> Plan:
    host_bound = row.bearable is not None
    factor = (row.bearable if host_bound else row.factor) or 0.0
    shortest = min(pace.closest(every), longest)
    return Plan(longest, shortest, row.zone, row.weight, factor, host_bound, row.stirred, spread(row.key))


def forget(tx: Connection, column: str) -> None:
    """Forget what was learnt of ``column``, whose address is another now."""
    tx.execute(delete(rhythms).where(rhythms.c.column == column))


# ---- what may be spent -----------------------------------------------------------------------------------------------


def spend(tx: Connection, now: float, *, looks_a_day: float, host_looks_a_day: float) -> None:
    """Find how often looks may be made: ``looks_a_day`` at a column on average, ``host_looks_a_day`` at one host."""
    pulls: dict[str, float] = defaultdict(float)
    counted = tx.scalar(select(func.count()).select_from(columns).where(_FREE)) or 0
    step, sample = counted // _SAMPLE + 1, []
    for n, row in enumerate(tx.execute(select(columns).where(_FREE).order_by(columns.c.key))):
        wish = _wish(row, now)
        pulls[row.host] += wish.pull
        if n % step == 0:
            sample.append(wish)
    caps = {host: host_looks_a_day / pull for host, pull in pulls.items()}
    factor = pace.factors(sample, looks_a_day * len(sample), caps)
    tx.execute(delete(paces))
    tx.execute(insert(paces), _bearable(factor, caps))


_FREE = and_(columns.c.enabled, columns.c.fixed.is_(False))


def _wish(row: Any, now: float) -> Wish:
    plan = Plan(
        max(row.every, pace.SHORTEST) * (1 - spread(row.key) / 10), pace.closest(row.every), row.zone, row.weight
    )
    return Wish(row.host, rhythm(row), plan, now)


def _bearable(factor: float, caps: Mapping[str, float]) -> list[dict[str, Any]]:
    bound = [{"host": host, "factor": cap} for host, cap in caps.items() if host and cap < factor]
    return [{"host": "", "factor": factor}, *bound]


# ---- related notices -------------------------------------------------------------------------------------------------


def stir(tx: Connection, column: str, others: Sequence[str], now: float) -> int:
    """A notice appeared in ``column``: look soon where such notices were carried too, and at ``others``; how many."""
    keys = sorted({*tx.scalars(_RELATIVES, {"column": column}), *others} - {column})
    rows = rows_of(tx, _STIRRABLE, keys)
    for row in rows:
        soonest = max(now, (row.last_look or 0.0) + pace.closest(row.every))
        values = {"stirred": now} | ({"due": soonest, "basis": Basis.STIRRED.value} if soonest < row.due else {})
        tx.execute(update(columns).where(columns.c.key == row.key).values(values))
    return len(rows)


_recent = (
    select(links.c.notice_id)
    .where(links.c.column == bindparam("column"), links.c.notice_id.is_not(None))
    .order_by(links.c.first_seen.desc())
    .limit(_RECENT)
)
_RELATIVES = select(links.c.column).where(links.c.notice_id.in_(_recent)).distinct()
_STIRRABLE = select(*columns.c["key", "every", "last_look", "due"]).where(
    columns.c.enabled.is_not(False),  # by no index: these few are found by their keys
    columns.c.fixed.is_(False),
    columns.c.failures == 0,
    columns.c.baseline_at.is_not(None),
    among(columns.c.key),
)
