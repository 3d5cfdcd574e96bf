"""Fixtures every test may use: a store on each database, a publisher, a receiver."""

from __future__ import annotations

import os
import shutil
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog
from hypothesis import settings

from crawler.store import Store, open_store
from tests.counts import COUNTED, NAMES
from tests.databases import Schema, put
from tests.publisher import Publisher
from tests.server import Server, answer

settings.register_profile("fenghuo", deadline=None)  # laws are about answers; a busy machine breaks none
settings.load_profile("fenghuo")

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # a job in the background: what is started here would be deaf
    signal.signal(signal.SIGINT, signal.default_int_handler)

MEMORY, ROOM = Path("/dev/shm"), 2_000_000_000  # bytes; a container has often only some megabytes
POSTGRES = os.environ.get("TEST_POSTGRES_URL")  # e.g. postgresql+psycopg://postgres@127.0.0.1/test


def pytest_configure() -> None:
    """Put the files of tests into memory where there is room: each commit waits for a disk, and there are thousands."""
    if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


def pytest_xdist_auto_num_workers() -> int:
    """One process more than there are cores: a quarter of the time, tests wait for what they started."""
    return (os.cpu_count() or 1) + 1


@pytest.fixture(autouse=True)
def logs_of_its_own() -> Iterator[None]:
    """A command in this process sets up the log, on a stream that ends with the test."""
    yield
    structlog.reset_defaults()


@pytest.fixture(autouse=True)
def counted(record_property: Callable[[str, object], None]) -> Iterator[None]:
    """What a test counts goes into its report, which reaches the process that tells of all."""
    COUNTED.clear()
    yield
    for name, number in COUNTED.items():
        record_property(name, number)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tell what was done to the program, in one line."""
    found: Counter[str] = Counter()
    for reports in terminalreporter.stats.values():
        for report in reports:
            if getattr(report, "when", "") == "teardown":
                found.update({name: int(n) for name, n in report.user_properties if name in NAMES})
    if found:
        terminalreporter.write_line("done to it: " + ", ".join(f"{found[name]} {name}" for name in NAMES))


_KINDS = ["sqlite", pytest.param("postgresql", marks=pytest.mark.service)]


def _server() -> str:
    """The PostgreSQL server of the tests; skips where there is none."""
    return POSTGRES or pytest.skip("TEST_POSTGRES_URL names no PostgreSQL server")


@pytest.fixture(params=_KINDS)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where a database of each kind can be made; nothing is there."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'test.db'}"
        return
    with Schema(_server()) as schema:
        yield schema.address


@pytest.fixture(scope="session")
def schema() -> Iterator[Schema]:
    """Our tables on PostgreSQL, for one test after the other."""
    with Schema(_server()) as made:
        open_store(made.address).close()
        yield made


@pytest.fixture(params=_KINDS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An opened, empty store of each kind; contract tests of the store run over both."""
    sqlite = request.param == "sqlite"
    opened = open_store(put(tmp_path / "test.db") if sqlite else request.getfixturevalue("schema").empty())
    yield opened
    opened.close()


@pytest.fixture
def sqlite_store(tmp_path: Path) -> Iterator[Store]:
    """An opened, empty store for tests that are not about the database."""
    opened = open_store(put(tmp_path / "test.db"))
    yield opened
    opened.close()


@pytest.fixture
def office() -> Iterator[Publisher]:
    """A ministry with a list and some articles, on loopback."""
    with Publisher() as publisher:
        publisher.seed()
        yield publisher


@pytest.fixture
def sink() -> Iterator[Server]:
    """A receiver that takes every webhook."""
    with Server({"/hook": answer(b"ok")}) as server:
        yield server
