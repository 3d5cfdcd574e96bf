"""Fixtures every test may use: a store on each database, a publisher, a receiver."""

from __future__ import annotations

import os
import signal
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from sqlalchemy import create_engine, text

from crawler.store import Store, open_store
from tests.counts import COUNTED, NAMES
from tests.publisher import Publisher
from tests.server import Server, answer

settings.register_profile("fenghuo", deadline=None)  # laws are about answers; a busy machine breaks none
settings.load_profile("fenghuo")

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # a job in the background: what is started here would be deaf
    signal.signal(signal.SIGINT, signal.default_int_handler)

POSTGRES = os.environ.get("TEST_POSTGRES_URL")  # e.g. postgresql+psycopg://postgres@127.0.0.1/test


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


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.service)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database of each kind; contract tests of the store run over both."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'test.db'}"
        return
    if not POSTGRES:
        pytest.skip("TEST_POSTGRES_URL names no PostgreSQL server")
    schema = f"t{uuid.uuid4().hex}"
    admin = create_engine(POSTGRES, isolation_level="AUTOCOMMIT")
    with admin.connect() as c:
        c.execute(text(f"CREATE SCHEMA {schema}"))
    yield f"{POSTGRES}?options=-csearch_path%3D{schema}"
    with admin.connect() as c:
        c.execute(text(f"DROP SCHEMA {schema} CASCADE"))
    admin.dispose()


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """An opened, empty store."""
    opened = open_store(database_url)
    yield opened
    opened.close()


@pytest.fixture
def sqlite_store(tmp_path: Path) -> Iterator[Store]:
    """An opened, empty store for tests that are not about the database."""
    opened = open_store(f"sqlite:///{tmp_path / 'test.db'}")
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
