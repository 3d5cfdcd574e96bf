"""The crawl as a child process: it says that it is alive, tells of events, and ends when told or left alone."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from crawler.configuration import Configuration
from crawler.job import Orders
from crawler.store import Store, open_store
from crawler.store.watch import columns, looks
from crawler.store.wire import notices
from tests.publisher import Publisher

WARNING = "警方提示：警惕缅甸妙瓦底高薪招聘陷阱"


class Child:
    """The real process, as the daemon starts it."""

    def __init__(self, file: Path) -> None:
        command = [sys.executable, "-m", "crawler"]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
        )
        assert self.process.stdin is not None
        self.process.stdin.write(pickle.dumps(Orders(Configuration(file))))
        self.process.stdin.flush()

    def says(self) -> dict[str, Any]:
        """The next line on its standard output."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, self.process.communicate(timeout=10)[1].decode()
        said = json.loads(line)
        assert isinstance(said, dict)
        return said

    def says_soon(self, key: str, least: int = 0) -> Any:
        """The value of ``key`` in the first line that has one, of at least ``least``."""
        for _ in range(30):
            value = self.says().get(key)
            if value is not None and (isinstance(value, str) or value >= least):
                return value
        raise AssertionError(f"no {key} in 30 lines")


@pytest.fixture
def store(file: Path) -> Iterator[Store]:
    """The store the child works on, with the office's column due."""
    configuration = Configuration(file)
    opened = open_store(configuration.settings.database_url)
    with opened.begin() as tx:
        columns.sync(tx, configuration.catalogue.enabled(), 0.0)
    yield opened
    opened.close()


@pytest.fixture
def child(file: Path, store: Store) -> Iterator[Child]:
    """Started and alive."""
    started = Child(file)
    yield started
    started.process.kill()
    started.process.communicate(timeout=10)


def look_now(store: Store) -> None:
    with store.begin() as tx:
        tx.exec_driver_sql("UPDATE columns SET due = 0")


def test_it_says_how_many_looks_it_made_how_large_it_is_and_at_once_what_it_found(
    child: Child, store: Store, office: Publisher
) -> None:
    first = child.says()
    assert set(first) == {"alive", "rss"}
    assert first["rss"] > 10_000_000
    assert child.says_soon("alive", least=1) == 1  # the office's list was looked at
    office.publish(WARNING)
    look_now(store)
    told = child.says_soon("event")
    with store.read() as tx:
        assert notices.get(tx, told).title == WARNING


def test_a_polite_end_leaves_no_lease_and_no_loss(child: Child, store: Store) -> None:
    child.says_soon("alive", least=1)
    child.process.terminate()
    assert child.process.wait(20) == 0
    with store.begin() as tx:
        assert columns.release(tx) == 0  # nothing was held any more
        assert len(looks.last(tx, "office/main", 10)) == 1
    assert b"Traceback" not in child.process.communicate(timeout=10)[1]


def test_it_ends_when_the_daemon_is_gone(child: Child) -> None:
    child.says()
    assert child.process.stdin is not None
    child.process.stdin.close()  # as the system does for a daemon that was killed
    child.process.stdin = None
    assert child.process.wait(20) == 0
