"""The seam: all SQL of the program, on SQLite by default and PostgreSQL by configuration.

`open_store` opens a database or says in one line why it cannot; `Store.begin` is one write transaction, `Store.read` a
consistent look.  The functions of the modules beside this one take the `Connection` that these yield, so that a caller
decides what belongs into one transaction.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine

from crawler.exceptions import StoreError
from crawler.store.engine import BRING_BACK, checkpoint, explained, name, parse_url, place, reading, soon
from crawler.store.schema import prepare
from crawler.store.version import SCHEMA


class Store:
    """A database that holds our schema."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._reader, self._lazy = reading(engine), soon(engine)
        self._place = place(engine.url)

    @contextmanager
    def begin(self, *, lasting: bool = True) -> Iterator[Connection]:
        """One write transaction: committed at the end of the block, rolled back on an exception.  Raises StoreError.

        Not ``lasting``: it survives the death of the process, but a loss of power, which ends us too, may take it back
        together with all that came after it.  A server may lose power alone: on PostgreSQL everything lasts.
        """
        with explained(self.engine.url), (self.engine if lasting else self._lazy).begin() as tx:
            yield tx

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction for reading only, which sees one moment of the database.  Raises StoreError."""
        with explained(self.engine.url), self._reader.connect() as tx:
            yield tx

    @property
    def shared(self) -> bool:
        """Whether other processes may work on it: PostgreSQL.  An SQLite database has one daemon."""
        return self.engine.dialect.name == "postgresql"

    def check_place(self) -> None:
        """Make sure that what is written will be found at the next start.  Raises StoreError.

        An SQLite file that is removed or replaced while it is open goes on working, and ends with its last user.
        """
        if place(self.engine.url) != self._place:
            where = name(self.engine.url)
            raise StoreError(f"{where}: removed or replaced while in use; end Fenghuo, then {BRING_BACK}")

    def check(self) -> None:
        """Read the whole database for damage (100 MB take about a second).  Raises StoreError."""
        if self.engine.dialect.name != "sqlite":
            return
        with self.read() as tx:
            found = tx.exec_driver_sql("PRAGMA quick_check(1)").scalar()
        if found != "ok":
            where, said = name(self.engine.url), str(found).replace("\n", " ")
            raise StoreError(f"{where}: damaged ({said}); {BRING_BACK}")

    def settle(self) -> None:
        """Bring what SQLite's journal holds into the file.  Raises StoreError: the last close would tell nobody.

        Nothing is lost then: the journal stays, and whoever opens the database next reads it.
        """
        if self.engine.dialect.name == "sqlite":
            checkpoint(self.engine)

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def open_store(url: str) -> Store:
    """Open the database at ``url`` (created or migrated when needed).  Raises StoreError."""
    return Store(prepare(parse_url(url)))


def migrate(url: str) -> str:
    """Create the database at ``url`` or bring it to the current schema, which is returned.  Raises StoreError."""
    open_store(url).close()
    return SCHEMA
