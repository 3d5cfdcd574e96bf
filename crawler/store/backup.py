"""Backups of an SQLite database: one sound file, taken while the daemon works, and the way back.

PostgreSQL has pg_dump and pg_restore, which do this better than we could.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from crawler.exceptions import StoreError
from crawler.store.engine import explained, parse_url, sqlite_file
from crawler.store.schema import check_version

_STALE = (
    "UPDATE columns SET baseline_at = NULL, etag = NULL, last_modified = NULL, body_hash = NULL, fingerprint = NULL"
)


def backup(url: str, file: Path) -> None:
    """Copy the database at ``url`` to ``file``, as it is at this moment, whoever writes.  Raises StoreError."""
    source = _file(url, "pg_dump --format=custom --file=FILE")
    if not source.is_file():
        raise StoreError(f"{source}: there is no database to back up")
    copy(source, file)


def copy(source: Path, target: Path) -> None:
    """Copy a database with all that its journal holds; ``target`` appears when it is whole and checked."""
    with _named_when_whole(target) as fresh, explained(parse_url(f"sqlite:///{source}")):
        with closing(_connect(source)) as old, closing(_connect(fresh)) as new:
            old.backup(new)
            new.execute("PRAGMA journal_mode=DELETE")  # one file, without a journal beside it
        _inspect(fresh, source)


def restore(file: Path, url: str) -> Path | None:
    """Put the backup ``file`` in the place of the database at ``url``; returns where the one before was put aside.

    No daemon may be at work: see to that first.  The next look at each column is a silent baseline, so that what was
    published, and alerted, after the backup is not alerted again.  Raises StoreError, then nothing was changed.
    """
    target = _file(url, "pg_restore --clean --dbname=NAME FILE")
    if not file.is_file():
        raise StoreError(f"{file}: no such backup")
    target.parent.mkdir(parents=True, exist_ok=True)
    with _named_when_whole(target) as fresh, explained(parse_url(f"sqlite:///{file}")):
        shutil.copyfile(file, fresh)
        check_version(_inspect(fresh, file), str(file))
        with closing(_connect(fresh)) as new:
            new.execute("PRAGMA journal_mode=DELETE")
            new.execute(_STALE)
        return _put_aside(target) if target.exists() else None


def _file(url: str, instead: str) -> Path:
    file = sqlite_file(parse_url(url))
    if file is None:
        raise StoreError(f"PostgreSQL is not backed up by fenghuo; use `{instead}`")
    return file


@contextmanager
def _named_when_whole(target: Path) -> Iterator[Path]:
    """A file beside ``target`` to write to; it becomes ``target`` at the end, on disk for good, or vanishes."""
    fresh = target.with_name(f".{target.name}.{os.getpid()}.new")
    try:
        yield fresh
        _flush(fresh)
        fresh.replace(target)
        _flush(target.parent)
    except OSError as e:
        raise StoreError(f"{target}: cannot be written: {e.strerror}") from e
    finally:
        fresh.unlink(missing_ok=True)


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _connect(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(file, isolation_level=None, timeout=30)


def _inspect(fresh: Path, named: Path) -> str | None:
    """The schema of a database that is sound.  Raises StoreError naming ``named`` for one that is not."""
    with closing(_connect(fresh)) as connection:
        found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        if found != "ok":
            raise StoreError(f"{named}: damaged ({found.replace(chr(10), ' ')}); take another backup")
        there = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone()
        version = connection.execute("SELECT version_num FROM alembic_version").fetchone() if there else None
    return str(version[0]) if version else None


def _put_aside(target: Path) -> Path:
    """Keep the database that is replaced, with its journal: that one must not be played into the new file."""
    aside = target.with_name(f"{target.name}.before-restore-{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}")
    shutil.copyfile(target, aside)
    for journal in ("-wal", "-shm"):
        if (old := target.with_name(target.name + journal)).exists():
            old.replace(aside.with_name(aside.name + journal))
    return aside
