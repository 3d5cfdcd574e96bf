"""Engines: SQLite in WAL mode with real transactions, PostgreSQL through psycopg; and their errors as one line."""

from __future__ import annotations

import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, OperationalError

from crawler.exceptions import StoreConflict, StoreError

BUSY_SECONDS = 30.0  # how long a writer waits for another
_SOON_AGAIN, _AGAIN = 0.0005, 0.005  # seconds until a waiting writer asks again: less than between two of the other's
_PATIENT = 1.0  # seconds of waiting after which it asks more rarely
_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",  # docs/decisions/0004-sqlite-durability.md
    "foreign_keys=ON",
    "journal_size_limit=67108864",
)
_CONFLICTS = ("40001", "40P01")  # serialization failure, deadlock (PostgreSQL manual, appendix A)
_ROOM = 1_000_000  # bytes; with less, a disk is full for a database
_TO_READ = {"fenghuo_reads": True}
_SOON = {"fenghuo_soon": True}
BRING_BACK = "bring back a backup with `fenghuo restore FILE`"
_SQLITE_SAYS = {
    sqlite3.SQLITE_BUSY: f"locked by another process for {BUSY_SECONDS:.0f} s; wait for it or end it, then try again",
    sqlite3.SQLITE_READONLY: "cannot be written; give this user write access to the file and its folder",
    sqlite3.SQLITE_PERM: "cannot be written; give this user write access to the file and its folder",
    sqlite3.SQLITE_CANTOPEN: "cannot be opened; check the path and this user's access to the file and its folder",
    sqlite3.SQLITE_FULL: "the disk is full; free some space and try again",
    sqlite3.SQLITE_IOERR: "the disk reports an error; check it, then `fenghuo doctor`",
    sqlite3.SQLITE_CORRUPT: f"the database is damaged; {BRING_BACK}",
    sqlite3.SQLITE_NOTADB: f"not a database, or damaged; {BRING_BACK}",
}


def parse_url(url: str) -> URL:
    """The parsed address of a database.  Raises StoreError for one that is not SQLite or PostgreSQL."""
    try:
        parsed = make_url(url)
    except ArgumentError as e:
        raise StoreError("database_url: write sqlite:///FILE or postgresql+psycopg://USER@HOST/NAME") from e
    if parsed.get_backend_name() not in ("sqlite", "postgresql"):
        raise StoreError(
            f"database_url: {parsed.drivername}: write sqlite:///FILE or postgresql+psycopg://USER@HOST/NAME"
        )
    return parsed


def sqlite_file(url: URL) -> Path | None:
    """The file of an SQLite database; None for PostgreSQL."""
    return Path(url.database or "") if url.get_backend_name() == "sqlite" else None


def place(url: URL) -> tuple[int, int] | None:
    """Which file now has the name of an SQLite database: its device and number; None for none, and for PostgreSQL."""
    file = sqlite_file(url)
    try:
        found = file.stat() if file else None
    except OSError:
        return None
    return (found.st_dev, found.st_ino) if found else None


def make_engine(url: URL) -> Engine:
    """An engine for ``url``; nothing is opened yet."""
    if sqlite_file(url) is None:
        # Dropped connections are noticed, and replaced, when a transaction begins.  READ COMMITTED is named so that a
        # server's default cannot bring serialization failures.
        settings = {"connect_timeout": 10} if "connect_timeout" not in url.query else {}
        return create_engine(url, pool_pre_ping=True, isolation_level="READ COMMITTED", connect_args=settings)
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS})
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)
    return engine


def reading(engine: Engine) -> Engine:
    """The same engine for transactions that only read: they never wait for a writer and see one moment throughout."""
    if engine.dialect.name == "sqlite":
        return engine.execution_options(**_TO_READ)
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def soon(engine: Engine) -> Engine:
    """The same engine for transactions that SQLite need not have on the disk when they end (docs/decisions/0046)."""
    return engine.execution_options(**_SOON)


def _on_connect(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # sqlite3 must not begin transactions behind our back
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _on_begin(connection: Connection) -> None:
    """Take the write lock at the start, so that a transaction never fails half-way for another writer's sake."""
    options = connection.get_execution_options()
    if options.get("fenghuo_reads"):
        connection.exec_driver_sql("BEGIN")
        return
    level = "NORMAL" if options.get("fenghuo_soon") else "FULL"
    if connection.info.get("synchronous", "FULL") != level:  # in WAL mode the log is then not flushed to the disk
        connection.exec_driver_sql(f"PRAGMA synchronous={level}")
        connection.info["synchronous"] = level
    _take_turn(connection.connection.dbapi_connection)


def _take_turn(connection: Any) -> None:
    """BEGIN IMMEDIATE as soon as the other writer has ended.

    SQLite by itself sleeps up to 0.1 s between two tries, in which a busy crawl begins and ends one transaction after
    another: a warning that was to be claimed meanwhile has waited for as long as a second.
    """
    begun = time.monotonic()
    connection.execute("PRAGMA busy_timeout=0")
    try:
        while not _is_begun(connection, last=(waited := time.monotonic() - begun) >= BUSY_SECONDS):
            time.sleep(_SOON_AGAIN if waited < _PATIENT else _AGAIN)
    finally:
        connection.execute(f"PRAGMA busy_timeout={1000 * BUSY_SECONDS:.0f}")  # of what else may have to wait


def _is_begun(connection: Any, *, last: bool) -> bool:
    """Whether the write lock was free; raises what SQLite says where it was not and this was the ``last`` try."""
    try:
        connection.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as e:
        if last or e.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
            raise
        return False
    return True


def checkpoint(engine: Engine) -> None:
    """Bring what SQLite's journal holds into the file, as far as nobody reads it.  Raises StoreError."""
    with closing(engine.raw_connection()) as connection:
        try:
            connection.execute("PRAGMA wal_checkpoint")  # outside a transaction
        except sqlite3.OperationalError as e:
            said = _SQLITE_SAYS.get(e.sqlite_errorcode & 0xFF, str(e))
            raise StoreError(f"{name(engine.url)}: {said}") from e


@contextmanager
def explained(url: URL) -> Iterator[None]:
    """Turn what the machine does to a database into a StoreError of one line; bugs pass as they are."""
    try:
        yield
    except DBAPIError as e:
        if line := _explain(e, url):
            conflict = getattr(e.orig, "sqlstate", None) in _CONFLICTS
            raise (StoreConflict if conflict else StoreError)(f"{name(url)}: {line}") from e
        raise
    except sqlite3.Error as e:
        if line := _sqlite_line(e, url):
            raise StoreError(f"{name(url)}: {line}") from e
        raise


def name(url: URL) -> str:
    """What a message calls a database: the file, or the address without its password."""
    return str(sqlite_file(url) or url.set(query={}).render_as_string(hide_password=True))


def _explain(error: DBAPIError, url: URL) -> str | None:
    if isinstance(error.orig, sqlite3.Error):
        return _sqlite_line(error.orig, url)
    if isinstance(error, OperationalError | InterfaceError):
        said = str(error.orig).strip().partition("\n")[0]
        return f"PostgreSQL: {said}; see that the server runs and accepts this user, then try again"
    return None


def _sqlite_line(error: sqlite3.Error, url: URL) -> str | None:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the low byte is the primary result code
    if code == sqlite3.SQLITE_IOERR and _full(sqlite_file(url)):
        code = sqlite3.SQLITE_FULL  # of a full disk only some writes say what is wrong
    return _SQLITE_SAYS.get(code)


def _full(file: Path | None) -> bool:
    return file is not None and file.parent.is_dir() and shutil.disk_usage(file.parent).free < _ROOM
