"""Fixtures of the outward side: a small world, its web, and a daemon that is well."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from crawler.configuration import Configuration
from crawler.store import Store, open_store
from crawler.store.watch import columns
from feeds.web.app import create_app
from feeds.web.status import DaemonStatus
from tests.databases import put
from tests.feeds.world import MINISTRY, PAPER, T0, World


def lay_out(folder: Path, store: Store, settings: str = "") -> World:
    """The world in ``folder``, on the database test.db there, with settings of the test's own (TOML lines)."""
    (folder / "sources").mkdir(exist_ok=True)
    (folder / "sources" / "bsa.toml").write_text(MINISTRY, "utf-8")
    (folder / "sources" / "daily.toml").write_text(PAPER, "utf-8")
    file = folder / "fenghuo.toml"
    database = 'database_url = "sqlite:///test.db"'  # for what works in processes of its own
    file.write_text(f'sources = ["sources/*.toml"]\n{database}\n{settings}\n', "utf-8")
    configuration = Configuration(file)
    with store.begin() as tx:
        columns.sync(tx, configuration.catalogue.enabled(), T0)
    return World(store, configuration, folder)


@contextmanager
def founded(folder: Path) -> Iterator[World]:
    """A new world in ``folder``, which is left there."""
    store = open_store(put(folder / "test.db"))
    yield lay_out(folder, store)
    store.close()


@pytest.fixture
def make_world(sqlite_store: Store, tmp_path: Path) -> Callable[..., World]:
    """Build the world with settings of the test's own."""
    return lambda settings="": lay_out(tmp_path, sqlite_store, settings)


@pytest.fixture
def again(tmp_path: Path) -> Iterator[Callable[..., World]]:
    """``again(folder, settings)``: a world as it was left in ``folder``, to do with as one likes."""
    with ExitStack() as later:

        def go_on(left: Path, settings: str = "") -> World:
            shutil.copytree(left, tmp_path, dirs_exist_ok=True)
            store = open_store(f"sqlite:///{tmp_path / 'test.db'}")
            later.callback(store.close)
            return lay_out(tmp_path, store, settings)

        yield go_on


@pytest.fixture
def world(make_world: Callable[..., World]) -> World:
    return make_world()


@pytest.fixture
def status() -> DaemonStatus:
    """A daemon that started a moment ago, all of whose parts reported just now."""
    return DaemonStatus(
        clock=lambda: 1000.0,
        started=990.0,
        crawl_alive=True,
        crawl_heartbeat=1000.0,
        delivered=1000.0,
        published=1000.0,
        stored=1000.0,
    )


@pytest.fixture
def browse(status: DaemonStatus) -> Callable[..., TestClient]:
    """A client of the world's web, by default on the same machine."""

    def client(world: World, *, peer: str = "127.0.0.1", host: str = "127.0.0.1:8750") -> TestClient:
        app = create_app(world.configuration, world.store, status, now=lambda: T0 + 3600)
        return TestClient(
            app, f"http://{host}", client=(peer, 50000), follow_redirects=False, raise_server_exceptions=False
        )

    return client
