"""A saved file is picked up without a restart; a bad edit leaves the last good configuration in force and says so."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from crawler.configuration import Configuration
from crawler.exceptions import ConfigError

CONFIG = 'sources = ["sources/*.toml"]\n'


def source(id: str, name: str = "公安部") -> str:
    return f'id = "{id}"\nname = "{name}"\nauthority = "ministry"\nurl = "https://{id}.example/tips/"\n'


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with a configuration and one source."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FENGHUO_CONFIG", raising=False)
    (tmp_path / "sources").mkdir()
    save("fenghuo.toml", CONFIG)
    save("sources/a.toml", source("a"))
    return tmp_path


def save(name: str, text: str) -> None:
    """Save a file the way careful editors do, so that its stamp is another one whatever the clock says."""
    file, written = Path(name), Path(f"{name}.new")
    written.write_text(text, "utf-8")
    written.replace(file)


def test_nothing_is_read_again_when_nothing_was_saved(here: Path) -> None:
    configuration = Configuration("fenghuo.toml")
    before = configuration.catalogue
    assert not configuration.refresh()
    assert configuration.catalogue is before


def test_a_saved_source_is_picked_up_once(here: Path) -> None:
    configuration = Configuration("fenghuo.toml")
    save("sources/a.toml", source("a", "警方"))
    assert configuration.refresh()
    assert configuration.catalogue.sources["a"].name == "警方"
    assert not configuration.refresh()


def test_a_saved_configuration_is_picked_up_once(here: Path) -> None:
    configuration = Configuration("fenghuo.toml")
    save("fenghuo.toml", CONFIG + "crawl = { workers = 3 }")
    assert configuration.refresh()
    assert configuration.settings.crawl.workers == 3
    assert not configuration.refresh()


def test_a_new_file_that_a_pattern_names_is_picked_up_and_one_that_is_gone_forgotten(here: Path) -> None:
    configuration = Configuration("fenghuo.toml")
    save("sources/b.toml", source("b"))
    assert configuration.refresh()
    assert list(configuration.catalogue.columns) == ["a/main", "b/main"]
    Path("sources/a.toml").unlink()
    assert configuration.refresh()
    assert list(configuration.catalogue.columns) == ["b/main"]


def test_a_new_pattern_is_picked_up_once_and_what_it_names_watched(here: Path) -> None:
    configuration = Configuration("fenghuo.toml")
    Path("more").mkdir()
    save("more/b.toml", source("b"))
    save("fenghuo.toml", 'sources = ["sources/*.toml", "more/*.toml"]')
    assert configuration.refresh()
    assert not configuration.refresh()
    save("more/b.toml", source("b", "警方"))
    assert configuration.refresh()
    assert configuration.catalogue.sources["b"].name == "警方"


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("fenghuo.toml", CONFIG + "crawl = { worker = 1 }", "fenghuo.toml:2: crawl.worker: unknown key"),
        ("fenghuo.toml", CONFIG + "listen = [", "fenghuo.toml:2: not valid TOML"),
        ("fenghuo.toml", 'sources = ["elsewhere/*.toml"]', "fenghuo.toml:1: sources.0: no file matches"),
        ("sources/a.toml", source("a") + "every = 1", "a.toml:5: every: unknown key"),
        ("sources/a.toml", "", "a.toml:1: id: Field required"),
        ("sources/b.toml", source("a"), "b.toml:1: id: 'a' is already taken by"),
    ],
)
def test_a_bad_edit_keeps_the_last_good_one_says_why_and_a_good_one_clears_it(
    here: Path, name: str, text: str, said: str
) -> None:
    configuration = Configuration("fenghuo.toml")
    before = configuration.settings, configuration.catalogue
    save(name, text)
    assert not configuration.refresh()
    assert (configuration.settings, configuration.catalogue) == before
    error = configuration.error
    assert isinstance(error, ConfigError)
    assert said in str(error)
    assert not configuration.refresh()
    assert configuration.error is error  # told once
    save(name, {"fenghuo.toml": CONFIG, "sources/a.toml": source("a"), "sources/b.toml": source("b")}[name])
    assert configuration.refresh()
    assert configuration.error is None


def test_a_bad_source_under_a_new_pattern_is_watched_until_it_is_mended(here: Path) -> None:
    configuration = Configuration("fenghuo.toml")
    Path("more").mkdir()
    save("more/b.toml", source("b") + "every = 1")
    save("fenghuo.toml", 'sources = ["sources/*.toml", "more/*.toml"]')
    assert not configuration.refresh()
    save("more/b.toml", source("b"))
    assert configuration.refresh()
    assert list(configuration.catalogue.sources) == ["a", "b"]


@pytest.mark.parametrize("named", ["fenghuo.toml", None])
def test_a_configuration_that_vanishes_does_not_bring_the_defaults(here: Path, named: str | None) -> None:
    configuration = Configuration(named)
    text = Path("fenghuo.toml").read_text("utf-8")
    Path("fenghuo.toml").unlink()  # some editors do, for a moment
    assert not configuration.refresh()
    assert list(configuration.catalogue.sources) == ["a"]
    assert str(configuration.error) == "fenghuo.toml: no such configuration file"
    save("fenghuo.toml", text)
    assert configuration.refresh()
    assert configuration.error is None


def test_a_configuration_that_appears_where_none_was_is_picked_up(here: Path) -> None:
    Path("fenghuo.toml").unlink()
    configuration = Configuration()
    assert "mfa" in configuration.catalogue.sources
    save("fenghuo.toml", CONFIG)
    assert configuration.refresh()
    assert list(configuration.catalogue.sources) == ["a"]


def test_the_environment_may_name_the_configuration(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("fenghuo.toml").rename("other.toml")
    monkeypatch.setenv("FENGHUO_CONFIG", "other.toml")
    configuration = Configuration()
    save("other.toml", CONFIG + "crawl = { workers = 2 }")
    assert configuration.refresh()
    assert configuration.settings.crawl.workers == 2


def test_a_configuration_that_is_wrong_from_the_start_is_refused(here: Path) -> None:
    save("sources/a.toml", source("a") + 'platform = "html"')
    with pytest.raises(ConfigError):
        Configuration("fenghuo.toml")


def test_what_a_process_has_open_stays_until_its_next_start_and_the_rest_is_taken_over(here: Path) -> None:
    configuration = Configuration("fenghuo.toml")
    before = configuration.settings
    save("fenghuo.toml", CONFIG + 'listen = "127.0.0.1:1"\ndata_dir = "elsewhere"\nrespect_robots = false')
    assert configuration.refresh()
    after = configuration.settings
    assert (after.listen, after.data_dir, after.database_url) == (before.listen, before.data_dir, before.database_url)
    assert not after.respect_robots
    assert configuration.waiting == ("database_url", "data_dir", "listen")
    save("fenghuo.toml", CONFIG)
    assert configuration.refresh()
    assert configuration.waiting == ()


def test_another_process_goes_on_with_what_is_in_force_and_hears_of_the_next_good_edit(here: Path) -> None:
    configuration = Configuration("fenghuo.toml")
    save("fenghuo.toml", "nonsense")
    configuration.refresh()
    there = pickle.loads(pickle.dumps(configuration))
    assert (there.settings, there.catalogue) == (configuration.settings, configuration.catalogue)
    save("fenghuo.toml", CONFIG + "respect_robots = false")
    assert there.refresh()
    assert not there.settings.respect_robots
