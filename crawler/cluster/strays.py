"""Strays: what stands in the store as leased to this process and is not known to it.

It comes of a database that goes away while a transaction is being committed: nobody was told that it was.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection

import structlog

from crawler.cluster.share import Share
from crawler.exceptions import StoreError
from crawler.store import Store
from crawler.store.watch import columns, visits

EVERY = 5.0  # seconds between two searches
log = structlog.get_logger()


class Strays:
    """Frees what was twice found to be leased to ``owner`` and not under way in ``share``."""

    def __init__(self, store: Store, owner: str, share: Share) -> None:
        self._store, self._owner, self._share = store, owner, share
        self._suspects: set[str] = set()

    async def search(self) -> None:
        """Search for ever."""
        while True:
            await asyncio.sleep(EVERY)
            known = self._share.known()
            try:
                if freed := await asyncio.to_thread(self.free, known, time.time()):
                    log.warning("leases that nobody knew of are freed", number=len(freed))
            except StoreError as e:
                log.error("leases cannot be compared with what is under way", why=str(e))

    def free(self, known: Collection[str], now: float) -> set[str]:
        """Free what is not ``known`` now and was not the last time; returns the keys."""
        with self._store.read() as tx:
            leased = columns.leased(tx, self._owner, now) | visits.leased(tx, self._owner, now)
        unknown = leased.difference(known)
        lost, self._suspects = unknown & self._suspects, unknown
        if lost:
            with self._store.begin() as tx:
                columns.release(tx, self._owner, lost)
                visits.release(tx, self._owner, lost)
        return lost
