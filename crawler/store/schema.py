"""The schema of a database: is it ours, is it current, and bringing it there.

Alembic costs half a second of CPU to import; it is needed only to create or to migrate.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, text

from crawler.exceptions import StoreError
from crawler.store import version
from crawler.store.backup import copy
from crawler.store.engine import BRING_BACK, explained, make_engine, name, reading, sqlite_file
from crawler.store.fresh import fresh, sweep

_MIGRATIONS = Path(__file__).parent / "migrations"
_WAL = b"\x02\x02"  # bytes 18 and 19 of an SQLite file in WAL mode (https://sqlite.org/fileformat2.html, 1.3.3)
_LOCK = 0x46484F  # of PostgreSQL: one migration at a time


def prepare(url: URL) -> Engine:
    """An engine on a database with the current schema, created or migrated when needed.  Raises StoreError."""
    file = sqlite_file(url)
    if file is not None:
        _prepare_file(url, file)
    with explained(url):
        engine = make_engine(url)
        with reading(engine).connect() as connection:
            found = version.of(connection)
        if found != version.SCHEMA:
            _bring(engine, found, file)
    return engine


def _prepare_file(url: URL, file: Path) -> None:
    if file.name in ("", ":memory:"):
        raise StoreError("database_url: SQLite needs a file: sqlite:///FILE")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as e:
        raise StoreError(f"{file.parent}: cannot be made: {e.strerror}; set data_dir or database_url") from e
    if not file.exists():
        _create_file(url, file)
    sweep(file.parent)
    for path in (file.parent, file):
        if not os.access(path, os.W_OK):
            raise StoreError(f"{path}: cannot be written; give this user write access to the file and its folder")
    if file.stat().st_size == 0:  # SQLite would take it for a new database
        raise StoreError(f"{file}: the file is empty; {BRING_BACK}, or remove it")
    if file.is_file():
        _check_owner(url, file)


def _check_owner(url: URL, file: Path) -> None:
    """Raise StoreError for another program's database, before opening it as ours would change its journal."""
    with file.open("rb") as opened:
        if opened.read(20)[18:] == _WAL:
            return
    with explained(url), closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        ours = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone()
    if not ours:
        version.check(None, str(file))


def lost(file: Path) -> str:
    """What is still there of a database that is missing, which a new one in its place would forget; "" for nothing."""
    journal = file.with_name(f"{file.name}-wal")
    if file.exists():
        return ""
    if journal.exists() and journal.stat().st_size > 0:
        return "its journal is there"
    kept = file.parent / "evidence"
    return f"its captures are in {kept}" if any(kept.glob("*.warc.gz")) else ""


def _create_file(url: URL, file: Path) -> None:
    """Make a new database beside ``file`` and give it its name when it is whole: a kill leaves no half of one."""
    if left := lost(file):
        raise StoreError(f"{file}: missing, but {left}; {BRING_BACK}, or move that away to begin anew")
    try:
        with fresh(file) as draft, explained(url):
            engine = make_engine(url.set(database=str(draft)))
            _bring(engine, None, None)
            engine.dispose()
            os.link(draft, file)
    except FileExistsError:
        pass  # another process was faster; its database is as good
    except OSError as e:
        raise StoreError(f"{file}: cannot be made: {e.strerror}; set data_dir or database_url") from e


def _bring(engine: Engine, found: str | None, file: Path | None) -> None:
    """Migrate in one transaction, an SQLite file after a copy was put beside it."""
    if found is not None or file is not None:
        version.check(found, name(engine.url))
    if file is not None:
        copy(file, file.with_name(f"{file.name}.schema-{found}"))
    with engine.begin() as tx:
        if engine.dialect.name == "postgresql":
            tx.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        upgrade(tx)


def upgrade(connection: Connection) -> None:
    """Run the migrations that are missing, in the caller's transaction."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
