"""What commands print: a publisher's text stays text, on a terminal too."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import commands
from commands import printing
from commands.exporting import _cell
from crawler.config.settings import load_settings
from crawler.configuration import Configuration
from crawler.store import open_store
from tests.commands.conftest import Place
from tests.feeds.world import World, make_notice

OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@given(st.text())
def test_nothing_a_terminal_obeys_is_left(text: str) -> None:
    shown = printing.printable(text)
    assert not OBEYED.search(shown)
    assert len(shown) == len(text)
    assert printing.printable(shown) == shown


def test_ordinary_text_is_printed_as_it_is() -> None:
    text = "公安部提醒：🇨🇳 “境外”高薪\n\t招工 👨‍👩‍👧"
    assert printing.printable(text) == text


def test_json_stays_json_and_is_safe_to_look_at(capsys: object) -> None:
    given = {"title": "a\x1b[2J\x9b31m\u202eb", "plain": "公安部"}
    printing.as_json(given)
    out = capsys.readouterr().out  # type: ignore[attr-defined]
    assert json.loads(out) == given
    assert not OBEYED.search(out.replace("\n", ""))
    assert "公安部" in out


def test_a_notice_cannot_act_on_the_terminal_that_shows_it(place: Place) -> None:
    store = open_store(load_settings(place.path / "fenghuo.toml").database_url)
    hostile = make_notice(1, title="\x1b]0;owned\x07＝HYPERLINK(1)", body="人身\x9b2J自由\u202e\r")
    World(store, Configuration(place.path / "fenghuo.toml"), place.path).remember(hostile)
    store.close()
    for command in (("notices",), ("show", hostile.id), ("export", "--format", "csv")):
        said = place.ok(*command).replace("\r\n", "\n")
        assert ("HYPERLINK" in said, OBEYED.search(said)) == (True, None), command


@pytest.mark.parametrize("beginning", [*"=+-@＝＋－＠", "\t=", "\n="])
def test_a_cell_of_an_export_is_no_formula(beginning: str) -> None:
    assert _cell(f"{beginning}HYPERLINK(1)").startswith("'")
    assert _cell(["缅甸"]) == "缅甸"


def test_commands_print_by_one_way_only() -> None:
    """Everything with a variable part that is not a number of ours goes through `commands.printing`."""
    for file in Path(commands.__file__).parent.glob("*.py"):
        if file.name != "printing.py":
            raw = re.findall(r"typer\.echo\((?!\)|err=True\)).*", file.read_text("utf-8"))
            assert (file.name, raw) == (file.name, [])
