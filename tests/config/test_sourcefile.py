import stat
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.config.catalogue import load_source
from crawler.config.settings import OWN, SHIPPED, Settings, load_settings
from crawler.config.sourcefile import own_folder, source_text, write_new
from crawler.exceptions import ConfigError

URL = "https://office.example/list/"


def settings(*sources: str) -> Settings:
    return Settings(sources=sources)


def test_a_new_source_belongs_into_the_first_folder_that_is_ones_own(tmp_path: Path) -> None:
    mine, deep = str(tmp_path / "mine" / "*.toml"), str(tmp_path / "deep" / "**" / "*.toml")
    assert own_folder(settings(SHIPPED, mine, deep)) == tmp_path / "mine"
    assert own_folder(settings(deep, mine)) == tmp_path / "deep"
    assert own_folder(settings(str(tmp_path / "x" / "one.toml"), mine)) == tmp_path / "mine"
    assert own_folder(settings(str(tmp_path / "*" / "one.toml"), mine)) == tmp_path / "mine"


def test_without_configuration_it_is_the_folder_beside_it(tmp_path: Path) -> None:
    file = tmp_path / "fenghuo.toml"
    file.write_text("", "utf-8")
    assert own_folder(load_settings(file)) == (tmp_path / OWN).parent


def test_with_the_shipped_catalogue_only_the_line_to_add_is_said() -> None:
    with pytest.raises(ConfigError, match='add "sources/'):
        own_folder(settings(SHIPPED))


def test_a_text_reads_back_as_what_it_says(tmp_path: Path) -> None:
    data = {
        "id": "office",
        "name": '江边"警讯"\n${HOME}',
        "authority": "police",
        "accounts": {"平安江边": "MzAwMDAwMDAwMQ=="},
        "column": [
            {"id": "a", "url": URL, "platform": "json", "json": {"items": 'data."x y"', "url": "{id}"}},
            {"id": "b", "url": f"{URL}b", "expect": {"min_items": 3}},
        ],
    }
    file = tmp_path / "office.toml"
    file.write_text(source_text(data, "江边\n警讯"), "utf-8")
    source = load_source(file)
    assert source.name == '江边"警讯" %24{HOME}'
    assert source.accounts == {"3000000001": "平安江边"}
    assert source.column[0].options == {"items": 'data."x y"', "url": "{id}"}
    assert source.column[1].expect.min_items == 3


def test_what_would_be_no_source_is_not_written() -> None:
    with pytest.raises(ConfigError):
        source_text({"id": "Ä", "name": "x", "authority": "police", "column": [{"url": URL}]}, "x")


@given(st.text(min_size=1, max_size=100), st.text(max_size=100))
def test_any_name_gives_valid_toml(name: str, said: str) -> None:
    data = {"id": "a", "name": name, "authority": "media", "tags": [name], "column": [{"url": URL}]}
    text = source_text(data, said)
    assert tomllib.loads(text)["id"] == "a"
    assert text.startswith("# ")


def test_a_file_is_written_once_whole_and_readable(tmp_path: Path) -> None:
    file = tmp_path / "new" / "a.toml"
    write_new(file, "id = 1\n")
    with pytest.raises(ConfigError, match="is there already"):
        write_new(file, "id = 2\n")
    assert file.read_text("utf-8") == "id = 1\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o644
    assert [p.name for p in file.parent.iterdir()] == ["a.toml"]


def test_a_folder_that_cannot_be_written_to_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    with pytest.raises(ConfigError, match="cannot be written"):
        write_new(tmp_path / "file" / "a.toml", "")
