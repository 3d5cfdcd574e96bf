"""Backups: whole, sound, taken from under a writer's hand, and the way back loses and repeats nothing."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from threading import Event, Thread

import pytest

from crawler.exceptions import StoreError
from crawler.items import Outcome
from crawler.store import Store, meta, open_store
from crawler.store.backup import backup, restore
from crawler.store.evidence import captures, warcs
from crawler.store.watch import columns, looks
from tests.store.evidenced import fill, judged, page, report
from tests.store.given import NOW, columns_of, entries, key, look, new


def url(file: Path) -> str:
    return f"sqlite:///{file}"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "wire.db"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return tmp_path / "copy.db"


def put(store: Store, value: str) -> None:
    with store.begin() as tx:
        meta.put(tx, "k", value)


def value(file: Path) -> str | None:
    store = open_store(url(file))
    with store.read() as tx:
        found = meta.get(tx, "k")
    store.close()
    return found


def test_a_backup_holds_also_what_is_still_in_the_journal(file: Path, copy: Path) -> None:
    store = open_store(url(file))
    put(store, "fresh")
    with store.begin() as tx:
        meta.put(tx, "k", "not committed")
        backup(url(file), copy)
    assert sorted(f.name for f in file.parent.iterdir() if f.name.startswith((".", "copy"))) == ["copy.db"]
    assert value(copy) == "fresh"
    store.close()


def test_a_backup_of_a_damaged_database_is_refused_and_keeps_the_older_backup(file: Path, copy: Path) -> None:
    store = open_store(url(file))
    with store.begin() as tx:
        for number in range(200):
            meta.put(tx, f"k{number}", "x" * 400)
    store.close()
    backup(url(file), copy)
    good = copy.read_bytes()
    with file.open("r+b") as f:
        f.seek(file.stat().st_size // 2)
        f.write(os.urandom(8192))
    with pytest.raises(StoreError, match="damaged"):
        backup(url(file), copy)
    assert copy.read_bytes() == good


def test_a_restore_brings_back_the_backup_and_keeps_what_was_there(file: Path, copy: Path) -> None:
    store = open_store(url(file))
    put(store, "old")
    backup(url(file), copy)
    put(store, "new")
    aside = restore(copy, url(file))  # the store is still open: its journal must not reach the restored file
    assert value(file) == "old"
    assert aside is not None
    assert value(aside) == "new"
    store.close()


def test_a_restore_takes_the_place_of_a_damaged_database(file: Path, copy: Path) -> None:
    store = open_store(url(file))
    put(store, "old")
    store.close()
    backup(url(file), copy)
    file.write_bytes(b"rubbish" * 1000)
    aside = restore(copy, url(file))
    assert value(file) == "old"
    assert aside is not None
    assert aside.read_bytes().startswith(b"rubbish")


def test_a_restore_into_an_empty_folder_needs_nothing_there(tmp_path: Path, file: Path, copy: Path) -> None:
    open_store(url(file)).close()
    backup(url(file), copy)
    assert restore(copy, url(tmp_path / "new" / "wire.db")) is None
    assert value(tmp_path / "new" / "wire.db") is None


def test_after_a_restore_what_is_on_the_lists_is_a_silent_baseline(file: Path, copy: Path) -> None:
    store = open_store(url(file))
    with store.begin() as tx:
        columns.sync(tx, entries(), NOW)
        looks.record(tx, [look(Outcome.BASELINE, etag='"1"', body_hash="b" * 64)], every=columns_of())
    store.close()
    backup(url(file), copy)
    restore(copy, url(file))
    store = open_store(url(file))
    with store.begin() as tx:
        due = columns.claim(tx, now=NOW + 1e4, owner="me", limit=1)[0]
    store.close()
    assert (due.baseline, due.etag, due.body_hash) == (True, None, None)


@pytest.mark.parametrize("wrong", ["missing", "rubbish", "foreign", "newer"])
def test_a_file_that_is_no_sound_backup_of_ours_is_refused_and_nothing_changes(
    file: Path, copy: Path, wrong: str
) -> None:
    store = open_store(url(file))
    put(store, "kept")
    if wrong == "rubbish":
        copy.write_bytes(b"rubbish" * 1000)
    if wrong == "foreign":
        with closing(sqlite3.connect(copy)) as other:
            other.execute("CREATE TABLE things (x)")
    if wrong == "newer":
        backup(url(file), copy)
        with closing(sqlite3.connect(copy)) as other:
            other.execute("UPDATE alembic_version SET version_num = '9999'")
            other.commit()
    with pytest.raises(StoreError, match=r"copy\.db") as caught:
        restore(copy, url(file))
    assert "\n" not in str(caught.value)
    assert value(file) == "kept"
    assert [f.name for f in file.parent.iterdir() if f.name.startswith(".")] == []
    store.close()


def test_postgresql_has_its_own_commands(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="pg_dump"):
        backup("postgresql+psycopg://me@db/wire", tmp_path / "x")
    with pytest.raises(StoreError, match="pg_restore"):
        restore(tmp_path / "x", "postgresql+psycopg://me@db/wire")


def test_there_is_nothing_to_back_up_before_the_first_start(file: Path, copy: Path) -> None:
    with pytest.raises(StoreError, match="no database to back up"):
        backup(url(file), copy)
    assert not file.exists()


def test_a_backup_under_load_brings_all_evidence_elsewhere_and_the_chain_goes_on(
    file: Path, copy: Path, tmp_path: Path
) -> None:
    here, there, elsewhere = tmp_path / "evidence", tmp_path / "other", tmp_path / "other" / "wire.db"
    store, begun, stop = open_store(url(file)), Event(), Event()
    fill(store)

    def load() -> None:
        busy, number = open_store(url(file)), 100
        while not stop.is_set():
            with busy.begin() as tx:
                captures.add(tx, page(number, os.urandom(500)), key(number))
            warcs.pack(busy, here, NOW, largest=20_000)
            warcs.drop(busy, NOW - 1, NOW)
            number += 1
            begun.set()
        busy.close()

    writer = Thread(target=load)
    writer.start()
    assert begun.wait(30)
    assert [backup(url(file), tmp_path / f"{n}.db", here) for n in range(3)] == [0, 0, 0]
    missing = backup(url(file), copy, here)
    stop.set()
    writer.join()
    store.close()

    restore(copy, url(elsewhere))
    store = open_store(url(elsewhere))
    before = report(store, there / "evidence")
    assert (missing, before.flaws) == (0, [])
    assert before.captures > 7
    judged(store, new(9, text_hash="9" * 64), 9)
    warcs.pack(store, there / "evidence", NOW, largest=20_000)
    after = report(store, there / "evidence")
    assert (after.flaws, after.links, after.captures) == ([], before.links + 2, before.captures + 1)
    store.close()


def test_a_backup_says_how_many_captures_it_could_not_take_along(file: Path, copy: Path, tmp_path: Path) -> None:
    store = open_store(url(file))
    fill(store)
    warcs.pack(store, tmp_path / "evidence", NOW, largest=10_000)
    (warc,) = (tmp_path / "evidence").iterdir()
    content = bytearray(warc.read_bytes())
    content[-300] ^= 1
    warc.write_bytes(content)
    assert backup(url(file), copy, tmp_path / "evidence") == 1
    store.close()
