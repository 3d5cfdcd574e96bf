"""INSERT … ON CONFLICT, which both databases have in one form but SQLAlchemy only in each one's dialect."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Row, Table
from sqlalchemy.dialects import sqlite

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql

    Insert = postgresql.Insert | sqlite.Insert


def into(dialect: str, table: Table) -> Insert:
    """An INSERT of the database's own dialect."""
    return sqlite.insert(table) if dialect == "sqlite" else into_postgresql(table)


def into_postgresql(table: Table) -> postgresql.Insert:
    """An INSERT of PostgreSQL's dialect, loaded where it is used: a twentieth of a start, and 4 MiB."""
    from sqlalchemy.dialects import postgresql

    return postgresql.insert(table)


def put(tx: Connection, table: Table, values: Mapping[str, Any]) -> None:
    """Write a row in place of the one with the same primary key."""
    tx.execute(_put(tx.dialect.name, table, tuple(values)), values)


def add(tx: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write those of ``rows`` that are not there yet."""
    if rows:
        tx.execute(_add(tx.dialect.name, table), rows)


def add_one(tx: Connection, table: Table, row: Mapping[str, Any]) -> bool:
    """Write ``row`` unless it is there; true when it was written."""
    return tx.execute(_one(tx.dialect.name, table), row).first() is not None


def added(tx: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> Sequence[Row[Any]]:
    """Write those of ``rows`` that are not there yet; returns these, in no order."""
    return tx.execute(_added(tx.dialect.name, table), rows).all() if rows else ()


@cache
def _put(dialect: str, table: Table, names: tuple[str, ...]) -> Any:
    key, insert = [column.name for column in table.primary_key.columns], into(dialect, table)
    new = {name: insert.excluded[name] for name in names if name not in key}
    return insert.on_conflict_do_update(index_elements=key, set_=new)


@cache
def _add(dialect: str, table: Table) -> Any:
    return into(dialect, table).on_conflict_do_nothing()


@cache
def _one(dialect: str, table: Table) -> Any:
    return _add(dialect, table).returning(*table.primary_key.columns)


@cache
def _added(dialect: str, table: Table) -> Any:
    return into(dialect, table).on_conflict_do_nothing().returning(table)
