"""Backups of an SQLite database: one sound file with all evidence, taken while the daemon works, and the way back.

PostgreSQL has pg_dump and pg_restore, which do this better than we could; its WARC files are copied after the dump.
"""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from crawler.disk import flush
from crawler.exceptions import StoreError
from crawler.store import version
from crawler.store.engine import explained, parse_url, sqlite_file
from crawler.store.fresh import fresh

STATE = "warc"
"""The key of `meta` under which the WARC files of this database are remembered; a copy elsewhere has none."""

_STALE = (
    "UPDATE columns SET baseline_at = NULL, etag = NULL, last_modified = NULL, body_hash = NULL, fingerprint = NULL",
    "UPDATE links SET baseline = 1 WHERE state = 'pending'",  # whoever was about to read them has told of them since
    "UPDATE links SET lease_owner = NULL, lease_until = NULL",
    "UPDATE columns SET lease_owner = NULL, lease_until = NULL",
    "UPDATE deliveries SET lease_owner = NULL, lease_until = NULL",
)
"""What is no longer so in a backup when it is brought back: nobody works on it, and much was told meanwhile."""


def backup(url: str, file: Path, evidence: Path | None = None) -> int:
    """Copy the database at ``url`` to ``file``, as it is at this moment, whoever writes.

    The captures that stand in WARC files in the folder ``evidence`` come with it, in their rows: a backup is one file.
    Returns how many of them could not be read, which stay named and missing.  Raises StoreError.
    """
    source = _file(url, "pg_dump --format=custom --file=FILE, then copy data_dir/evidence")
    if not source.is_file():
        raise StoreError(f"{source}: there is no database to back up")
    return copy(source, file, evidence)


def copy(source: Path, target: Path, evidence: Path | None = None) -> int:
    """Copy a database with all that its journal holds; ``target`` appears when it is whole and checked."""
    missing = 0
    with _named_when_whole(target) as draft, explained(parse_url(f"sqlite:///{source}")):
        with closing(_connect(source)) as old, closing(_connect(draft)) as new:
            old.backup(new)
            new.execute("PRAGMA journal_mode=DELETE")  # one file, without a journal beside it
            missing = _take_along(old, new, evidence) if evidence else 0
        _inspect(draft, source)
    return missing


_IN_FILES = "SELECT id, file, position, record_size, record_sha256 FROM captures WHERE file IS NOT NULL ORDER BY id"
_TAKE = "UPDATE captures SET record = ?, file = NULL, position = NULL WHERE id = ?"


def _take_along(old: sqlite3.Connection, new: sqlite3.Connection, evidence: Path) -> int:
    """Bring captures from their files into the rows of ``new``; how many cannot be read.

    One that was moved to another file since ``new`` was taken is found by its row in ``old``.
    """
    missing = 0
    new.execute("BEGIN")
    for id, *place in new.execute(_IN_FILES).fetchall():
        now = old.execute("SELECT file, position, record_size, record_sha256, record FROM captures WHERE id = ?", (id,))
        records = _slice(evidence, *place) or _moved(evidence, *now.fetchone())
        missing += records is None
        if records is not None:
            new.execute(_TAKE, (records, id))
    new.execute("DELETE FROM meta WHERE key = ?", (STATE,))
    new.execute("COMMIT")
    return missing


def _moved(
    evidence: Path, file: str | None, position: int, size: int, sha256: str, record: bytes | None
) -> bytes | None:
    return record if record is not None else _slice(evidence, file, position, size, sha256)


def _slice(evidence: Path, name: str | None, position: int, size: int, sha256: str) -> bytes | None:
    try:
        with (evidence / (name or "")).open("rb") as file:
            file.seek(position)
            records = file.read(size)
    except OSError:
        return None
    return records if hashlib.sha256(records).hexdigest() == sha256 else None


def restore(file: Path, url: str) -> Path | None:
    """Put the backup ``file`` in the place of the database at ``url``; returns where the one before was put aside.

    No daemon may be at work: see to that first.  The next look at each column is a silent baseline, and what was found
    and not yet read is read silently, so that what was published, and alerted, after the backup is not alerted again.
    Raises StoreError, then nothing was changed.
    """
    target = _file(url, "pg_restore --clean --dbname=NAME FILE")
    if not file.is_file():
        raise StoreError(f"{file}: no such backup")
    target.parent.mkdir(parents=True, exist_ok=True)
    with _named_when_whole(target) as draft, explained(parse_url(f"sqlite:///{file}")):
        shutil.copyfile(file, draft)
        version.check(_inspect(draft, file), str(file))
        with closing(_connect(draft)) as new:
            new.execute("PRAGMA journal_mode=DELETE")
            for statement in _STALE:
                new.execute(statement)
        return _put_aside(target) if target.exists() else None


def _file(url: str, instead: str) -> Path:
    file = sqlite_file(parse_url(url))
    if file is None:
        raise StoreError(f"PostgreSQL is not backed up by fenghuo; use `{instead}`")
    return file


@contextmanager
def _named_when_whole(target: Path) -> Iterator[Path]:
    """A file beside ``target`` to write to; it becomes ``target`` at the end, on disk for good, or vanishes."""
    try:
        with fresh(target) as new:
            yield new
            flush(new)
            new.replace(target)
            flush(target.parent)
    except OSError as e:
        raise StoreError(f"{target}: cannot be written: {e.strerror}") from e


def _connect(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(file, isolation_level=None, timeout=30)


def _inspect(draft: Path, named: Path) -> str | None:
    """The schema of a database that is sound.  Raises StoreError naming ``named`` for one that is not."""
    with closing(_connect(draft)) as connection:
        sound = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        if sound != "ok":
            raise StoreError(f"{named}: damaged ({sound.replace(chr(10), ' ')}); take another backup")
        there = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone()
        found = connection.execute("SELECT version_num FROM alembic_version").fetchone() if there else None
    return str(found[0]) if found else None


def _put_aside(target: Path) -> Path:
    """Keep the database that is replaced, with its journal: that one must not be played into the new file."""
    aside = target.with_name(f"{target.name}.before-restore-{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}")
    shutil.copyfile(target, aside)
    for journal in ("-wal", "-shm"):
        if (old := target.with_name(target.name + journal)).exists():
            old.replace(aside.with_name(aside.name + journal))
    return aside
