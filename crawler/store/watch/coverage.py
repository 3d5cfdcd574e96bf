"""The coverage log: for every hour which columns were looked at, observed, and observed as often as promised.

A row is a day of a column, its hours are bits.  Rows are never deleted: a year of 64 columns is 1.5 MB.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Column, Connection, Select, func, select

from crawler.items import Look
from crawler.judging.columns.coverage import HOUR, Watched, completed, still_owed
from crawler.judging.columns.health import Health
from crawler.store import upsert
from crawler.store.keys import among, rows_of
from crawler.store.tables import columns, coverage

_MASKS = ("looked", "observed", "kept")
_Days = dict[tuple[str, int], list[int]]


def note(tx: Connection, made: Iterable[tuple[Look, Health, Health]]) -> None:
    """Mark the hours of looks, each with the health of its column before and after it."""
    days: _Days = defaultdict(lambda: [0, 0, 0])
    for look, before, after in made:
        hour = int(look.at // HOUR)
        _mark(days, look.column, 0, hour)
        if look.outcome.ok:
            _mark(days, look.column, 1, hour)
            for done in completed(after.unbroken, before.last_ok, look.at):
                _mark(days, look.column, 2, done)
    rows = [
        {"column": column, "day": day, **dict(zip(_MASKS, masks, strict=True))}
        for (column, day), masks in sorted(days.items())
    ]
    if rows:
        tx.execute(_add(tx.dialect.name), rows)


def _mark(days: _Days, column: str, mask: int, hour: int) -> None:
    days[column, hour // 24][mask] |= 1 << hour % 24


@cache
def _add(dialect: str) -> Any:
    insert = upsert.into(dialect, coverage)
    together = {name: coverage.c[name].bitwise_or(insert.excluded[name]) for name in _MASKS}
    return insert.on_conflict_do_update(index_elements=["column", "day"], set_=together)


_FIRST = select(coverage.c.column, func.min(coverage.c.day)).group_by(coverage.c.column)
_DAYS = select(coverage)
_COLUMNS = select(*columns.c["key", "enabled", "every", "last_ok"])


def watched(
    tx: Connection,
    since: int,
    until: int,
    now: float,
    *,
    sources: Sequence[str] = (),
    keys: Collection[str] | None = None,
) -> list[Watched]:
    """How each column was watched from the hour ``since`` to before the hour ``until``, both since 1970; by column.

    ``sources``: only these sources' columns; ``keys``: only these columns.  A column that was never looked at before
    ``until`` is left out.
    """
    if sources:
        keys = tx.scalars(select(columns.c.key).where(columns.c.source.in_(sources))).all()
    known = {row.key: row for row in _of(tx, _COLUMNS, columns.c.key, keys)}
    first = dict(_of(tx, _FIRST, coverage.c.column, keys))
    days = _DAYS.where(coverage.c.day >= since // 24, coverage.c.day <= until // 24)
    masks = {column: [0, 0, 0] for column, day in first.items() if day * 24 < until}
    for column, day, looked, observed, kept in _of(tx, days, coverage.c.column, keys):
        if (of := masks.get(column)) is not None:
            before = (day - since // 24) * 24
            of[0] |= looked << before
            of[1] |= observed << before
            of[2] |= kept << before
    return [
        _watched(column, since, until, now, found, first[column] < since // 24, known.get(column))
        for column, found in sorted(masks.items())
    ]


def _of(tx: Connection, wanted: Select[Any], column: Column[Any], keys: Collection[str] | None) -> Sequence[Any]:
    """The rows of a statement, or those of them in which ``column`` is one of ``keys``."""
    if keys is None:
        return tx.execute(wanted).all()
    return rows_of(tx, wanted.where(among(column)), keys)


def _watched(column: str, since: int, until: int, now: float, masks: Sequence[int], earlier: bool, row: Any) -> Watched:
    """``masks`` begin with the day of ``since``; ``earlier``: the column was looked at before that day."""
    before, span = since % 24, (1 << until - since) - 1
    earlier = earlier or bool(masks[0] & (1 << before) - 1)
    looked, observed, kept = (m >> before & span for m in masks)
    begun = since if earlier else since + (looked & -looked).bit_length()  # the hour after that of the first look
    if row is None or not row.enabled:  # nothing is owed after the last look at it
        ended = since + looked.bit_length() - 1
    else:
        ended = still_owed(row.last_ok, now, row.every)
    return Watched(column, since, begun, min(max(ended, begun), until), looked, observed, kept)
