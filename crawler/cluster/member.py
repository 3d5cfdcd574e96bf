"""A member of the processes that share a database: it says that it lives, and hears when it was taken for dead."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager

import structlog

from crawler.exceptions import StoreError
from crawler.store import Store, processes

log = structlog.get_logger()


@asynccontextmanager
async def membership(
    store: Store, owner: str, roles: Collection[str], on_lost: Callable[[], None] | None = None
) -> AsyncIterator[None]:
    """Be a member under the name ``owner`` for the length of the block; then all it had leased is free.

    ``on_lost``: called when others have taken over its work; without it, the process takes its place again.
    """
    _join(store, owner, roles)
    beating = asyncio.create_task(_beat(store, owner, roles, on_lost))
    try:
        yield
    finally:
        beating.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await beating
        with contextlib.suppress(StoreError), store.begin() as tx:  # the leader will bury us if not
            processes.leave(tx, [owner])


async def _beat(store: Store, owner: str, roles: Collection[str], on_lost: Callable[[], None] | None) -> None:
    while True:
        await asyncio.sleep(processes.BEAT)
        try:
            if await asyncio.to_thread(_say, store, owner):
                continue
            log.error("was taken for dead, others have its work", owner=owner)
            if on_lost is not None:
                on_lost()
                return
            await asyncio.to_thread(_join, store, owner, roles)
        except StoreError as e:
            log.error("no sign of life could be given", why=str(e))


def _join(store: Store, owner: str, roles: Collection[str]) -> None:
    with store.begin() as tx:
        processes.join(tx, owner, roles)


def _say(store: Store, owner: str) -> bool:
    with store.begin() as tx:
        return processes.beat(tx, owner)
