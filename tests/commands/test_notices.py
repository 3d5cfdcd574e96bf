import json

import pytest

from tests.commands.conftest import WARNING, Place


def warning(place: Place) -> str:
    return str(place.json("notices", "--kind", "warning")[0]["id"])


def test_the_newest_notice_is_listed_first_and_piped_lines_are_whole(filled: Place) -> None:
    rows = [line.split("\t") for line in filled.ok("notices").splitlines()]
    assert len(rows) == 5
    assert all(row[0].startswith("ntc_") and len(row) == 7 for row in rows)


@pytest.mark.parametrize(
    ("options", "count"),
    [
        (["--kind", "enforcement"], 2),
        (["--scope", "cross-border"], 3),
        (["--place", "kh"], 2),
        (["--place", "MM"], 1),
        (["--q", "豆腐"], 1),
        (["--since", "2030-01-01"], 0),
        (["--since", "2025-03-01"], 5),
        (["--alertable"], 3),
        (["--limit", "2"], 2),
    ],
)
def test_conditions_choose_notices(filled: Place, options: list[str], count: int) -> None:
    assert len(filled.json("notices", *options)) == count


@pytest.mark.parametrize(("option", "value"), [("--kind", "gossip"), ("--scope", "mars"), ("--since", "soon")])
def test_a_word_that_is_none_of_the_values_is_a_wrong_call(filled: Place, option: str, value: str) -> None:
    result = filled.run("notices", option, value)
    assert result.exit_code == 2
    assert option in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_notice_is_shown_with_reasons_and_sightings(filled: Place) -> None:
    shown = filled.ok("show", warning(filled))
    assert "公安部" in shown
    assert "because kind" in shown
    assert "https://carrier.example/a/1.html" in shown
    notice = filled.json("show", warning(filled))
    assert {"reasons", "sightings", "revisions", "origin", "places"} <= notice.keys()


@pytest.mark.parametrize("command", ["show", "diff"])
def test_an_unknown_notice_exits_4_with_one_line(filled: Place, command: str) -> None:
    result = filled.run(command, "ntc_nobody")
    assert result.exit_code == 4
    assert result.stdout == ""
    assert result.stderr == "fenghuo: ntc_nobody: no such notice\n"


def test_a_revision_is_shown_as_a_difference(filled: Place) -> None:
    changed = WARNING.replace("三万", "八万").replace("2025-03-05T08", "2025-03-06T08")
    assert filled.json("import", filled.write("changed.md", changed))["revised"] == 1
    shown = filled.ok("diff", warning(filled))
    assert "material" in shown
    assert "八" in shown
    assert [r["material"] for r in json.loads(filled.ok("diff", warning(filled), "--json"))] == [True]


def test_a_notice_without_revisions_says_so_beside_the_output(filled: Place) -> None:
    result = filled.run("diff", warning(filled))
    assert (result.exit_code, result.stdout) == (0, "")
    assert "never revised" in result.stderr
