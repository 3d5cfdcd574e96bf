"""Rows by many keys: one statement however many they are, which neither side has to build anew."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import ARRAY, JSON, ColumnElement, CompoundSelect, Connection, Select, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import NullType

MANY = 500  # keys in one statement: a transaction stays short
_T = TypeVar("_T")


class _Among(FunctionElement[Any]):
    type = NullType()  # of a Boolean one SQLAlchemy asks SQLite whether it "= 1", by which no index serves any more
    inherit_cache = True

    def __init__(self, column: ColumnElement[Any]) -> None:
        super().__init__(column, bindparam("keys", type_=JSON().with_variant(ARRAY(column.type), "postgresql")))


@compiles(_Among, "sqlite")
def _in_json(element: _Among, compiler: SQLCompiler, **kw: Any) -> str:
    column, keys = (compiler.process(part, **kw) for part in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({keys}))"  # a column of ours and a bound parameter  # nosec B608


@compiles(_Among, "postgresql")
def _in_array(element: _Among, compiler: SQLCompiler, **kw: Any) -> str:
    column, keys = (compiler.process(part, **kw) for part in element.clauses)
    return f"{column} = ANY ({keys})"


def among(column: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether ``column`` holds one of the ``keys`` that the statement is run with."""
    return _Among(column)


def rows_of(
    tx: Connection, wanted: Select[Any] | CompoundSelect[Any], keys: Iterable[str] | Iterable[int], **given: Any
) -> list[Any]:
    """The rows of a statement that asks for what is `among` keys, for these keys, however many."""
    return [row for some in batched(keys, MANY) for row in tx.execute(wanted, {"keys": some, **given})]


def batched(items: Iterable[_T], size: int) -> Iterator[Sequence[_T]]:
    """``items`` in lists of at most ``size``."""
    rest = iter(items)
    while some := list(islice(rest, size)):
        yield some
