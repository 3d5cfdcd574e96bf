"""What tables are made of: their registry, a counting key, a time, and the shard of a row."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, Double, Integer, MetaData

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
