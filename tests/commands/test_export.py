import csv
import io
import json
from pathlib import Path

import pytest

from tests.commands.conftest import CONFIG, MINISTRY, Place

SAME = ("id", "url", "title", "body", "kind", "scope", "alertable", "published", "published_precision", "origin")


def lines(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


def test_every_notice_is_one_line_the_newest_last(filled: Place) -> None:
    seen = [n["first_seen"] for n in lines(filled.ok("export"))]
    assert len(seen) == 5
    assert seen == sorted(seen)  # type: ignore[type-var]


def test_an_export_can_be_imported_elsewhere(filled: Place, tmp_path: Path) -> None:
    exported = filled.ok("export")
    other = Place(tmp_path / "other")
    other.write("fenghuo.toml", CONFIG)
    other.write("sources/mps.toml", MINISTRY)
    assert other.json("import", "-", stdin=exported)["new"] == 5
    ours, theirs = ({n["id"]: [n[k] for k in SAME] for n in lines(text)} for text in (exported, other.ok("export")))
    assert ours == theirs


def test_an_export_changes_nothing_where_it_came_from(filled: Place) -> None:
    counts = filled.json("import", "-", stdin=filled.ok("export"))
    assert (counts["unchanged"], counts["new"], counts["revised"]) == (5, 0, 0)


def test_a_table_has_a_plain_header_and_a_row_a_notice(filled: Place) -> None:
    text = filled.ok("export", "--format", "csv")
    assert text.startswith("id,url,title,")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == 5
    assert {row["alertable"] for row in rows} == {"true", "false"}


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t"])
def test_no_cell_of_a_table_is_a_formula(sign: str) -> None:
    from commands.exporting import _cell

    assert _cell(f"{sign}HYPERLINK(1)") == f"'{sign}HYPERLINK(1)"


def test_an_empty_store_exports_nothing(place: Place) -> None:
    assert place.ok("export") == ""
    assert len(place.ok("export", "--format", "csv").splitlines()) == 1
