"""That a notice was not merged into another one, in words by which each database finds notices of a time quickly."""

from __future__ import annotations

from typing import Any

from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import NullType


class _Unmerged(FunctionElement[bool]):
    """That a notice was not merged into another one: nearly all are not."""

    type: Any = NullType()
    inherit_cache = True


@compiles(_Unmerged, "sqlite")
def _unmerged_by_row(element: _Unmerged, compiler: SQLCompiler, **how: Any) -> str:
    return (
        "+notices.merged_into IS NULL"  # plus, or the index of the few that are merged would be taken, and all sorted
    )


@compiles(_Unmerged, "postgresql")
def _unmerged(element: _Unmerged, compiler: SQLCompiler, **how: Any) -> str:
    return "notices.merged_into IS NULL"  # which its statistics know to be nearly all; of a coalesce they know nothing


UNMERGED = _Unmerged()
