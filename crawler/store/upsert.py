"""INSERT … ON CONFLICT, which both databases have in one form but SQLAlchemy only in each one's dialect."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Row, Table
from sqlalchemy.dialects import postgresql, sqlite

Insert = postgresql.Insert | sqlite.Insert


def into(dialect: str, table: Table) -> Insert:
    """An INSERT of the database's own dialect."""
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)


def put(tx: Connection, table: Table, values: Mapping[str, Any]) -> None:
    """Write a row in place of the one with the same primary key."""
    key = [column.name for column in table.primary_key.columns]
    new = {name: value for name, value in values.items() if name not in key}
    insert = into(tx.dialect.name, table).values(values)
    tx.execute(insert.on_conflict_do_update(index_elements=key, set_=new))


def add(tx: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write those of ``rows`` that are not there yet."""
    if rows:
        tx.execute(_add(tx.dialect.name, table), rows)


def add_one(tx: Connection, table: Table, row: Mapping[str, Any]) -> bool:
    """Write ``row`` unless it is there; true when it was written."""
    return tx.execute(_added(tx.dialect.name, table), row).first() is not None


def added(tx: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> Sequence[Row[Any]]:
    """Write those of ``rows`` that are not there yet; returns these, in no order."""
    return tx.execute(_added(tx.dialect.name, table), rows).all() if rows else ()


@cache
def _add(dialect: str, table: Table) -> Any:
    return into(dialect, table).on_conflict_do_nothing()


@cache
def _added(dialect: str, table: Table) -> Any:
    return into(dialect, table).on_conflict_do_nothing().returning(table)
