"""The bell: an event that one process stores is heard at once by those that deliver, through PostgreSQL's NOTIFY."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from sqlalchemy import Connection, text

from crawler.store import Store

_CHANNEL = "fenghuo_event"  # of the whole database: whoever hears it for another schema's sake asks once for nothing
_RING = text(f"NOTIFY {_CHANNEL}")
_AGAIN = 2.0  # seconds until a broken connection is made anew; meanwhile deliverers look every second


def ring(tx: Connection) -> None:
    """Be heard when the transaction is committed; nobody hears where nobody else can be at work."""
    if tx.dialect.name == "postgresql":
        tx.execute(_RING)


async def hear(store: Store, wake: Callable[[], None]) -> None:
    """Call ``wake`` whenever the bell rings, for ever."""
    from psycopg import AsyncConnection, OperationalError

    _, given = store.engine.dialect.create_connect_args(store.engine.url)
    while True:
        try:
            async with await AsyncConnection.connect(**given, autocommit=True) as connection:
                await connection.execute(f"LISTEN {_CHANNEL}")
                wake()
                async for _ in connection.notifies():
                    wake()
        except (OperationalError, OSError):
            await asyncio.sleep(_AGAIN)
