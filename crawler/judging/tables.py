"""The word lists of judging: one tab-separated file with a header line each, under `data/`."""

from __future__ import annotations

from functools import cache
from pathlib import Path

_DATA = Path(__file__).parent / "data"


@cache
def table(name: str) -> tuple[dict[str, str], ...]:
    """Every row of ``data/<name>.tsv`` by the header's names; no quoting, empty cells are ""."""
    header, *lines = (_DATA / f"{name}.tsv").read_text("utf-8").splitlines()
    keys = header.split("\t")
    return tuple(dict(zip(keys, line.split("\t"), strict=True)) for line in lines)


def words(cell: str) -> list[str]:
    """The ``|``-separated words of one cell."""
    return [w for w in cell.split("|") if w]
