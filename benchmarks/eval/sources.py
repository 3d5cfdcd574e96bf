"""The shipped catalogue against the table of known publishers: what is certain is looked at, the rest is disabled."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path

from benchmarks.eval.score import Metric
from crawler.config.catalogue import Catalogue
from crawler.config.settings import PACKAGE

_WANTED = {"A": "enabled", "B": "enabled", "C": "disabled", "D": "absent"}
_ROW = re.compile(r"# catalogue row (?P<row>[a-z0-9-]+)")
_PART = re.compile(r"^(?=\[\[column\]\])", re.M)
_ID = re.compile(r'^id = "(?P<id>[a-z0-9-]+)"', re.M)


def measure(corpus: Path, catalogue: Catalogue) -> Iterator[Metric]:
    """Each row of facts/sources.tsv beside the corpus, by its certainty."""
    carried = dict(_carried(catalogue))
    rows = list(_rows(corpus.parent / "facts" / "sources.tsv"))
    for certainties, name in (("AB", "certain rows looked at"), ("C", "others disabled"), ("D", "unknown left out")):
        metric = Metric("sources", name, 1.0)
        for row in (r for r in rows if r["certainty"] in certainties):
            state = carried.get(row["id"], "absent")
            metric.add(row["id"], state == _WANTED[row["certainty"]], f"{state}: {row['name_zh']}")
        yield metric
    named = Metric("sources", "rows named in comments that the table has", 1.0)
    for row_id in carried:
        named.add(row_id, row_id in {r["id"] for r in rows})
    yield named


def _rows(table: Path) -> Iterator[dict[str, str]]:
    if table.is_file():
        with table.open(encoding="utf-8", newline="") as f:
            yield from csv.DictReader(f, delimiter="\t", quoting=csv.QUOTE_NONE)


def _carried(catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    """Each row that a comment of a source file names, and whether a column of it is looked at; an account counts."""
    states: dict[str, str] = {}
    for file in sorted((PACKAGE / "sources").glob("*.toml")):
        head, *columns = _PART.split(file.read_text("utf-8"))
        states.update((m["row"], "enabled") for m in _ROW.finditer(head))
        for text in columns:
            row, column = _ROW.search(text), _ID.search(text)
            if row and column:
                enabled = catalogue.columns[f"{file.stem}/{column['id']}"].enabled
                states.setdefault(row["row"], "disabled")
                states[row["row"]] = "enabled" if enabled else states[row["row"]]
    yield from states.items()
