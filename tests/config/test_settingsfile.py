"""fenghuo.toml edited by a program: what was asked changes, and nothing else."""

from __future__ import annotations

import stat
import tomllib
from pathlib import Path

import pytest

from crawler.config.settingsfile import drop_hook, put_hook, put_rules
from crawler.exceptions import ConfigError

FILE = """# ours, by hand
listen = "127.0.0.1:8750"   # only here

[crawl]
workers = 2

# the night shift
[[hook]]
id = "soc"
url = "https://soc.example/h"   # do not tell
[hook.when]
place = ["MM"]  # for now

[[hook]]
id = "chat"
url = "feishu://token"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "fenghuo.toml"
    path.write_text(FILE, "utf-8")
    path.chmod(0o640)
    return path


def test_one_key_changes_and_every_other_line_stays(file: Path) -> None:
    settings = put_hook(file, "soc", {"digest": "15m", "language": "en"})
    assert (settings.hook[0].digest, settings.hook[0].language) == (900.0, "en")
    lines = file.read_text("utf-8").splitlines()
    assert [line for line in lines if line not in FILE.splitlines()] == ['digest = "15m"', 'language = "en"']
    assert [line for line in FILE.splitlines() if line not in lines] == []
    assert stat.S_IMODE(file.stat().st_mode) == 0o640


def test_a_key_is_taken_away_and_a_condition_replaced(file: Path) -> None:
    put_hook(file, "soc", {"digest": "15m"})
    settings = put_hook(file, "soc", {"digest": None, "when": {"kind": ["warning"]}, "unless": {}})
    assert (settings.hook[0].digest, settings.hook[0].when.place, settings.hook[0].when.kind) == (
        None,
        (),
        ("warning",),
    )


def test_hooks_come_and_go(file: Path) -> None:
    put_hook(file, "new", {"url": "https://new.example/h", "events": ["notice.new"], "when": {"place": ["KH"]}})
    assert [h.id for h in drop_hook(file, "soc").hook] == ["chat", "new"]
    drop_hook(file, "chat")
    assert drop_hook(file, "new").hook == ()
    assert "listen" in file.read_text("utf-8")
    with pytest.raises(ConfigError, match="no hook 'new'"):
        drop_hook(file, "new")


def test_rules_are_replaced_as_a_whole(file: Path) -> None:
    put_rules(file, [{"hooks": ["chat"], "when": {"place": ["MM"]}, "unless": {}}])
    settings = put_rules(file, [{"hooks": ["chat"], "when": {"place": ["LA"]}}, {"hooks": ["chat"]}])
    assert [rule.when.place for rule in settings.rule] == [("LA",), ()]
    assert put_rules(file, []).rule == ()
    assert "rule" not in tomllib.loads(file.read_text("utf-8"))


@pytest.mark.parametrize("given", [{"nonsense": 1}, {"url": "x"}, {"events": ["never"]}, {"quiet": "soon"}])
def test_what_is_no_configuration_is_refused_and_the_file_stays(file: Path, given: dict[str, object]) -> None:
    with pytest.raises(ConfigError, match=r"fenghuo\.toml:\d+: hook"):
        put_hook(file, "soc", given)
    assert file.read_text("utf-8") == FILE
    assert list(file.parent.iterdir()) == [file]


def test_a_file_that_is_not_there_is_begun_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "fenghuo.toml"
    put_hook(path, "soc", {"url": "https://soc.example/h"})
    assert tomllib.loads(path.read_text("utf-8"))["hook"][0]["id"] == "soc"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_file_that_is_no_toml_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "fenghuo.toml"
    path.write_text("listen = \n")
    with pytest.raises(ConfigError, match="cannot be edited") as caught:
        put_hook(path, "soc", {"url": "https://soc.example/h"})
    assert "\n" not in str(caught.value)


def test_inline_hooks_are_edited_too(tmp_path: Path) -> None:
    path = tmp_path / "fenghuo.toml"
    path.write_text('hook = [{ id = "a", url = "https://a.example/" }]  # short\n')
    assert put_hook(path, "a", {"digest": "1m"}).hook[0].digest == 60.0
    assert "# short" in path.read_text("utf-8")
