"""Transactions: readers wait for nobody, writers for each other, and what the machine does to them is one line."""

from __future__ import annotations

import shutil
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from crawler.exceptions import StoreError
from crawler.store import Store, engine, meta, open_store


def test_a_reader_does_not_wait_for_a_writer_and_sees_one_moment(store: Store) -> None:
    with store.begin() as tx:
        meta.put(tx, "k", "old")
    with store.read() as reader:
        assert meta.get(reader, "k") == "old"
        with store.begin() as tx:
            meta.put(tx, "k", "new")
        assert meta.get(reader, "k") == "old"
    with store.read() as reader:
        assert meta.get(reader, "k") == "new"


def test_what_was_written_is_in_the_file_itself_once_it_is_settled(sqlite_store: Store, tmp_path: Path) -> None:
    def kept() -> object:
        copy = tmp_path / "alone.db"
        shutil.copy(str(sqlite_store.engine.url.database), copy)  # without its journal
        with closing(sqlite3.connect(copy)) as alone:
            return alone.execute("SELECT value FROM meta WHERE key = 'k'").fetchone()

    with sqlite_store.begin() as tx:
        meta.put(tx, "k", "v")
    assert kept() is None
    sqlite_store.settle()
    assert kept() == ("v",)


def test_a_failed_transaction_leaves_nothing(store: Store) -> None:

    def fail() -> None:
        with store.begin() as tx:
            meta.put(tx, "k", "half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with store.read() as tx:
        assert meta.get(tx, "k") is None


def test_writers_in_many_threads_lose_no_update(store: Store) -> None:
    with store.begin() as tx:
        meta.put(tx, "n", "0")

    def count() -> None:
        for _ in range(20):
            with store.begin() as tx:
                held = text("SELECT value FROM meta WHERE key = 'n'" + (" FOR UPDATE" if postgres else ""))
                meta.put(tx, "n", str(int(tx.execute(held).scalar_one()) + 1))

    postgres = store.engine.dialect.name == "postgresql"
    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    with store.read() as tx:
        assert meta.get(tx, "n") == "80"


def test_a_database_locked_by_another_process_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "BUSY_SECONDS", 0.05)
    store = open_store(f"sqlite:///{tmp_path / 'wire.db'}")
    with closing(sqlite3.connect(tmp_path / "wire.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match=r"wire\.db: locked by another process"), store.begin():
            pass
        with store.read() as tx:
            assert meta.get(tx, "k") is None
    store.close()


def test_a_writer_that_waits_asks_again_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'wire.db'}")
    waits: list[float] = []
    with closing(sqlite3.connect(tmp_path / "wire.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")

        def end_at_last(seconds: float) -> None:
            waits.append(seconds)
            if len(waits) == 40:  # SQLite's own wait would have come to a tenth of a second by the tenth try
                other.execute("ROLLBACK")

        monkeypatch.setattr("crawler.store.engine.time.sleep", end_at_last)
        with store.begin() as tx:
            meta.put(tx, "k", "my turn")
            assert tx.exec_driver_sql("PRAGMA busy_timeout").scalar_one() == 1000 * engine.BUSY_SECONDS
    assert len(waits) == 40
    assert max(waits) <= 0.001
    store.close()


def test_a_full_disk_is_one_line(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'wire.db'}")

    def fill() -> None:
        with store.begin() as tx:
            tx.exec_driver_sql("PRAGMA max_page_count = 1")  # SQLite then says what it says on a full disk
            for number in range(100):
                meta.put(tx, f"k{number}", "x" * 4000)

    with pytest.raises(StoreError, match="the disk is full; free some space"):
        fill()
    store.close()


def test_a_bug_is_not_dressed_up_as_the_machine_s_fault(store: Store) -> None:
    twice = text("INSERT INTO meta (key, value) VALUES ('k', '1')")

    def repeat() -> None:
        with store.begin() as tx:
            tx.execute(twice)
            tx.execute(twice)

    with pytest.raises(IntegrityError):
        repeat()


@pytest.mark.service
def test_a_connection_that_the_server_dropped_is_replaced_at_the_next_transaction(store: Store) -> None:
    if store.engine.dialect.name != "postgresql":
        pytest.skip("SQLite has no connection to drop")
    with store.read() as tx:
        victim = tx.execute(text("SELECT pg_backend_pid()")).scalar_one()
    other = open_store(store.engine.url.render_as_string(hide_password=False))
    with other.begin() as tx:
        tx.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": victim})
    other.close()
    with store.begin() as tx:
        meta.put(tx, "k", "after")


@pytest.mark.service
def test_a_server_s_default_isolation_brings_no_serialization_failures(store: Store) -> None:
    if store.engine.dialect.name != "postgresql":
        pytest.skip("SQLite has no isolation levels")
    with store.begin() as tx:
        assert tx.execute(text("SHOW transaction_isolation")).scalar_one() == "read committed"


def test_only_what_need_not_last_ends_before_it_is_on_the_disk(store: Store) -> None:
    sqlite = store.engine.dialect.name == "sqlite"
    asked = text("PRAGMA synchronous" if sqlite else "SHOW synchronous_commit")
    waits, does_not = (2, 1) if sqlite else ("on", "on")  # SQLite: FULL, NORMAL; a server may crash while we live
    said = []
    for lasting in (True, False, True):
        with store.begin(lasting=lasting) as tx:
            said.append(tx.execute(asked).scalar_one())
    assert said == [waits, does_not, waits]


def test_what_need_not_last_is_rolled_back_as_a_whole_too(store: Store) -> None:
    def fail() -> None:
        with store.begin(lasting=False) as tx:
            meta.put(tx, "k", "half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with store.read() as tx:
        assert meta.get(tx, "k") is None
