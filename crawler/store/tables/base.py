"""What tables are made of: their registry, a counting key, a time, and the shard of a row."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, ColumnElement, Double, Index, Integer, MetaData

from crawler.reading.address import shard_of

metadata = MetaData()
Serial = BigInteger().with_variant(Integer, "sqlite")  # SQLite counts up only an INTEGER PRIMARY KEY


def shard(row: Any) -> int:
    """The shard of a row that is written, where whoever writes it does not say it."""
    values = row.get_current_parameters()
    return shard_of(values.get("fetch_url") or values["url"])


def time(name: str, *, null: bool = True) -> Column[float]:
    """A column of POSIX seconds."""
    return Column(name, Double, nullable=null)


def partial(name: str, *columns: Column[Any], where: ColumnElement[bool]) -> Index:
    """An index of the rows for which ``where`` holds.

    It is one on PostgreSQL, too, where the migration makes it; an option of that dialect would load the whole of it
    into every process, 4 MiB.
    """
    return Index(name, *columns, sqlite_where=where)
