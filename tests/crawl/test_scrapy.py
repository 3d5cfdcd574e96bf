"""It is an ordinary Scrapy project: `scrapy list`, `scrapy crawl SOURCE`, and settings that open no door."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from scrapy.settings import Settings

from crawler.configuration import Configuration
from crawler.items import Outcome
from crawler.spiders.loader import SourceLoader
from crawler.store import open_store
from crawler.store.watch import looks
from crawler.store.wire import notices
from tests.crawl.conftest import Round
from tests.publisher import Publisher, configure

ROOT = Path(__file__).parents[2]


def scrapy(file: Path, *args: str) -> subprocess.CompletedProcess[str]:
    """The real command in the project's folder."""
    environment = os.environ | {"FENGHUO_CONFIG": str(file)}
    command = [sys.executable, "-m", "scrapy", *args]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=50, check=False)


@pytest.fixture
def paper() -> Iterator[Publisher]:
    with Publisher(name="示例晚报") as publisher:
        publisher.seed()
        yield publisher


@pytest.fixture
def file(tmp_path: Path, office: Publisher, paper: Publisher) -> Path:
    return configure(tmp_path, {"office": office, "media": paper})


def test_scrapy_list_names_every_source(file: Path) -> None:
    result = scrapy(file, "list")
    assert (result.stdout, result.returncode) == ("media\noffice\n", 0), result.stderr


def test_scrapy_crawl_polls_one_source_into_the_same_store(
    file: Path, office: Publisher, paper: Publisher, rounds_of: Callable[[Path], Round]
) -> None:
    office.publish("警方提示：警惕缅甸妙瓦底高薪招聘陷阱")
    result = scrapy(file, "crawl", "office")
    assert result.returncode == 0, result.stderr
    assert "Traceback" not in result.stderr
    assert paper.server.requests == []
    store = open_store(Configuration(file).settings.database_url)
    with store.read() as tx:
        found = notices.search(tx, notices.Query())
        made = looks.last(tx, "office/main", 10)
    store.close()
    assert len(found) == 7
    assert {s.column for n in found for s in n.sightings} == {"office/main"}
    assert [look.outcome for look in made] == [Outcome.BASELINE]
    office.server.requests.clear()
    assert [look.outcome for look in rounds_of(file)(only=("office/main",))] == [Outcome.UNCHANGED]
    assert office.server.paths() == ["/tzgg/"]  # what Scrapy's command stored, a round knows


def test_a_mistake_in_the_configuration_is_one_line(file: Path) -> None:
    file.write_text(file.read_text("utf-8") + "nonsense", "utf-8")
    result = scrapy(file, "list")
    assert result.returncode == 1
    assert result.stderr.startswith(f"fenghuo: {file}:")
    assert result.stderr.count("\n") == 1


def test_a_round_reads_no_configuration_but_its_own(
    file: Path, tmp_path: Path, rounds_of: Callable[[Path], Round], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    rounds = rounds_of(file.rename(tmp_path / "own.toml"))
    (tmp_path / "fenghuo.toml").write_text("nonsense", "utf-8")
    assert [look.outcome for look in rounds(only=("office/main",))] == [Outcome.BASELINE]


def test_an_unknown_source_has_no_spider(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FENGHUO_CONFIG", str(file))
    loader = SourceLoader.from_settings(Settings())
    with pytest.raises(KeyError, match="nobody"):
        loader.load("nobody")


def test_a_spider_polls_the_enabled_columns_of_its_source(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FENGHUO_CONFIG", str(file))
    source = file.parent / "sources" / "office.toml"
    more = '\n[[column]]\nid = "b"\n' + "url = 'http://127.0.0.1/b'" + '\n[[column]]\nid = "c"\nenabled = false\n'
    text = source.read_text("utf-8").replace("url =", '[[column]]\nid = "a"\nurl =')
    source.write_text(f"{text}{more}url = 'http://127.0.0.1/c'\n", "utf-8")
    spider = SourceLoader.from_settings(Settings()).load("office")
    assert (spider.name, spider.columns) == ("office", ("office/a", "office/b"))  # type: ignore[attr-defined]


@pytest.fixture
def project() -> Settings:
    """Scrapy's settings as a crawl has them, its own defaults included."""
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    return settings


def test_nothing_listens_in_a_crawl(project: Settings) -> None:
    assert not project.getbool("TELNETCONSOLE_ENABLED")
    assert not project.getbool("REMOTE_CONTROL_ENABLED")
    extensions = {name for name, order in project.getwithbase("EXTENSIONS").items() if order is not None}
    assert not [name for name in map(str, extensions) if "telnet" in name or "remote" in name]
    assert "crawler.extensions.lookout.Lookout" in extensions


def test_only_the_web_is_fetched_and_only_through_our_handler(project: Settings) -> None:
    handlers = {scheme: name for scheme, name in project.getwithbase("DOWNLOAD_HANDLERS").items() if name is not None}
    assert handlers == dict.fromkeys(("http", "https"), "crawler.handler.PoliteHandler")


def test_what_the_fetcher_obeys_scrapy_does_not_obey_twice(project: Settings) -> None:
    assert not [order for order in project.getwithbase("DOWNLOADER_MIDDLEWARES").values() if order is not None]
    assert not project.getbool("ROBOTSTXT_OBEY")
    assert project.getfloat("DOWNLOAD_DELAY") == 0


def test_the_pipelines_read_as_the_path_of_an_item(project: Settings) -> None:
    path = project.getdict("ITEM_PIPELINES")
    assert sorted(path, key=path.__getitem__) == [
        "crawler.pipelines.ReadPage",
        "crawler.further.ReadFurther",
        "crawler.pipelines.TakeIn",
    ]
