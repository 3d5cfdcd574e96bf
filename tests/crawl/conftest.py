"""A job on a real store and real local publishers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import uvloop

from crawler import platforms
from crawler.configuration import Configuration
from crawler.crawl import crawl
from crawler.items import Look
from crawler.job import Job
from crawler.store import Store, open_store
from crawler.store.watch import columns
from tests.publisher import Publisher, configure


@pytest.fixture(scope="session", autouse=True)
def _warm() -> None:
    """What workers are forked from knows how to read, so that a short deadline is about the page and not the import."""
    platforms.warm_up()


@pytest.fixture
def file(tmp_path: Path, office: Publisher) -> Path:
    """A configuration that names the office."""
    return configure(tmp_path, {"office": office})


class Round:
    """Crawls the configured columns once a call; ``looks`` and ``events`` are those of all rounds."""

    def __init__(self, file: Path) -> None:
        self.configuration = Configuration(file)
        self.store: Store = open_store(self.configuration.settings.database_url)
        self.looks: list[Look] = []
        self.events: list[str] = []

    def __call__(self, **more: Any) -> list[Look]:
        """The looks of one round."""
        said: dict[str, Any] = {"on_look": self.looks.append, "on_event": self.events.append}
        before = len(self.looks)
        job = Job(self.configuration, self.store, once=True, **(said | more))
        with self.store.begin() as tx:
            columns.sync(tx, self.configuration.catalogue.enabled(), job.clock())
        uvloop.run(asyncio.wait_for(crawl(job), 30))
        return self.looks[before:]

    def links(self) -> dict[str, Any]:
        """What is known of every link, by its address."""
        with self.store.read() as tx:
            rows = tx.exec_driver_sql("SELECT url, state, why, attempts, due, lease_owner FROM links").mappings().all()
        return {row["url"]: row for row in rows}


@pytest.fixture
def rounds_of() -> Iterator[Callable[[Path], Round]]:
    """Makes rounds of configuration files; their stores are closed at the end."""
    made: list[Round] = []

    def make(file: Path) -> Round:
        made.append(Round(file))
        return made[-1]

    yield make
    for one in made:
        one.store.close()


@pytest.fixture
def crawl_once(rounds_of: Callable[[Path], Round], file: Path) -> Round:
    """Rounds of the office."""
    return rounds_of(file)
