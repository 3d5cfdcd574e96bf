"""What a killed process was making beside a database is gone after the next start or backup; what is in use stays."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from crawler.store import open_store
from crawler.store.backup import backup
from crawler.store.fresh import fresh, sweep

_MAKER = """
import sqlite3, sys, time
from pathlib import Path
from crawler.store.fresh import fresh
with fresh(Path(sys.argv[1])) as file:
    with sqlite3.connect(file) as db:
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("CREATE TABLE half (done)")
        print(file.name, flush=True)
        time.sleep(120)
"""


@contextmanager
def making(target: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A process that has begun to make ``target``, killed at the end, and the name of its file."""
    root = Path(__file__).parents[2]
    command = [sys.executable, "-c", _MAKER, str(target)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=root, text=True) as maker:
        assert maker.stdout is not None
        try:
            yield maker, maker.stdout.readline().strip()
        finally:
            maker.kill()


def hidden(folder: Path) -> set[str]:
    return {file.name for file in folder.iterdir() if file.name.startswith(".")}


@pytest.fixture
def url(tmp_path: Path) -> str:
    address = f"sqlite:///{tmp_path / 'wire.db'}"
    open_store(address).close()
    return address


def test_what_a_killed_backup_left_is_gone_after_the_next_one_of_any_name(tmp_path: Path, url: str) -> None:
    with making(tmp_path / "monday.db") as (maker, name):
        backup(url, tmp_path / "tuesday.db")
        assert {name, f"{name}-wal", f"{name}-shm"} <= hidden(tmp_path), "in use"
        maker.kill()
        maker.wait()
        assert name in hidden(tmp_path)
        backup(url, tmp_path / "wednesday.db")
    assert hidden(tmp_path) == set()
    with closing(sqlite3.connect(tmp_path / "tuesday.db")) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_what_a_killed_migration_left_is_gone_after_the_next_start(tmp_path: Path, url: str) -> None:
    with making(tmp_path / "wire.db.schema-0000") as (maker, name):
        open_store(url).close()
        assert name in hidden(tmp_path), "in use"
        maker.kill()
        maker.wait()
    open_store(url).close()
    assert hidden(tmp_path) == set()


def test_a_file_of_an_earlier_version_and_one_hardly_begun_are_swept_and_no_others(tmp_path: Path) -> None:
    (tmp_path / ".wire.db.4711.new").write_bytes(b"SQLite format 3\0" + bytes(100))
    (tmp_path / ".wire.db.4712.new").touch()
    others = {".notes.1.new": b"somebody's words", ".wire.db.new": b"", "wire.db.1.new": b""}
    for name, held in others.items():
        (tmp_path / name).write_bytes(held)
    (tmp_path / ".link.1.new").symlink_to("wire.db.1.new")
    sweep(tmp_path)
    assert {file.name for file in tmp_path.iterdir()} == {*others, ".link.1.new"}


def test_two_in_one_process_do_not_get_the_same_file(tmp_path: Path) -> None:
    with fresh(tmp_path / "x.db") as one, fresh(tmp_path / "x.db") as other:
        assert one != other
        assert {one.name, other.name} == hidden(tmp_path)
    assert hidden(tmp_path) == set()
