"""Leadership: one process of many does what must be done once; an advisory lock of PostgreSQL says which.

The lock belongs to a connection: a leader that is killed, or cut off, loses it.  Where its machine vanishes without a
word, the server finds out by keepalives within `_DEAD_AFTER` seconds.
"""

from __future__ import annotations

import contextlib

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from crawler.store import Store
from crawler.store.engine import explained

SCHEDULE, PUSH = 1, 2
"""What is led: handing out looks; telling WebSub's subscribers."""
SPACE = 0x46480000
"""Of the two numbers that name a lock the first, less that of what is led."""
_DEAD_AFTER = 15  # seconds
_TAKE = text("SELECT pg_try_advisory_lock(:space, hashtext(current_schema()))")
_KEEPALIVES = (
    f"SET tcp_keepalives_idle = {_DEAD_AFTER // 3}; SET tcp_keepalives_interval = {_DEAD_AFTER // 3}; "
    f"SET tcp_keepalives_count = 2; SET tcp_user_timeout = {_DEAD_AFTER * 1000}"
)


class Leadership:
    """The lock named ``number`` on the database of ``store``, and the connection that holds it."""

    def __init__(self, store: Store, number: int) -> None:
        self._store, self._space = store, SPACE + number
        self._connection: Connection | None = None

    def held(self) -> bool:
        """Whether we lead, after trying to when nobody does.  Raises StoreError when the database is away.

        Always, where nobody else can be at work.
        """
        if not self._store.shared:
            return True
        if self._connection is None:
            self._connect()
        return self._connection is not None and self._ask()

    def _connect(self) -> None:
        with explained(self._store.engine.url):
            connection = self._store.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            try:
                taken = connection.execute(_TAKE, {"space": self._space}).scalar()
                if taken:
                    connection.exec_driver_sql(_KEEPALIVES)
                    self._connection = connection
            finally:
                if self._connection is None:
                    connection.close()

    def _ask(self) -> bool:
        """Whether the connection, and with it the lock, is still there."""
        assert self._connection is not None
        try:
            self._connection.exec_driver_sql("SELECT 1")
        except DBAPIError:
            self.give_up()
            return False
        return True

    def give_up(self) -> None:
        """Lead no more: the connection is closed, and the lock with it."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(DBAPIError):
                connection.invalidate()
                connection.close()
