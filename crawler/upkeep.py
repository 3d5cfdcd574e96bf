"""What one process does for all that share a database: the one that leads, or the only one."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

import structlog

from crawler import evidencing
from crawler.configuration import Configuration
from crawler.jobs import Work
from crawler.store import Store, tidy
from crawler.store.delivery import outbox
from crawler.store.watch import columns, rhythms, visits

if TYPE_CHECKING:
    from crawler.cluster.leader import Leader

log = structlog.get_logger()


class Upkeep:
    """``schedules``: whether this process may lead where several share the database."""

    def __init__(self, configuration: Configuration, store: Store, *, schedules: bool) -> None:
        self._configuration, self._store, self._schedules = configuration, store, schedules
        self._leader = self._new_leader() if schedules and store.shared else None

    @property
    def leads(self) -> bool:
        """Whether what must be done once is done here."""
        return self._leader.leads if self._leader is not None else not self._store.shared

    def jobs(self) -> Iterator[tuple[Work, float]]:
        """What is to be done, and every how many seconds."""
        if self._schedules:
            yield self._spend, 300
            yield self._keep, 60
            yield self._stamp, 600
            yield self._tidy, 3600
        if self._leader is not None:
            yield self._leader.tick, 0.5

    def take_over(self) -> None:
        """Nobody else works on this database: what a dead daemon had leased is free.

        On one that is shared the leader does this, as soon as there is one.
        """
        if self._store.shared:
            return
        self._sync()
        with self._store.begin() as tx:
            columns.release(tx)
            visits.release(tx)
            outbox.release(tx)

    def follow(self) -> None:
        """Take over a catalogue that was read anew, if it is on us."""
        if self.leads:
            self._sync()

    async def close(self) -> None:
        """Leave the lead to another."""
        if self._leader is not None:
            await self._leader.close()

    def _new_leader(self) -> Leader:
        from crawler.cluster.leader import Leader  # a process alone does without its queue

        return Leader(self._store, self._sync)

    def _sync(self) -> None:
        with self._store.begin() as tx:
            columns.sync(tx, self._configuration.catalogue.enabled(), time.time())

    async def _spend(self) -> None:
        if self.leads:
            await asyncio.to_thread(self._find_paces)

    def _find_paces(self) -> None:
        """What looks may cost, found anew from what was learnt meanwhile."""
        crawl = self._configuration.settings.crawl
        with self._store.begin() as tx:
            rhythms.spend(tx, time.time(), looks_a_day=crawl.looks_a_day, host_looks_a_day=crawl.host_looks_a_day)

    async def _keep(self) -> None:
        if self.leads:
            await asyncio.to_thread(evidencing.keep, self._store, self._configuration.settings, time.time())

    async def _stamp(self) -> None:
        if not self.leads:
            return
        if at := await asyncio.to_thread(evidencing.stamp, self._store, self._configuration.settings, time.time()):
            log.info("chain stamped", at=at)

    async def _tidy(self) -> None:
        if not self.leads:
            return
        await asyncio.to_thread(tidy.tidy, self._store, time.time())
        if dropped := await asyncio.to_thread(evidencing.tidy, self._store, self._configuration.settings, time.time()):
            log.info("old captures dropped", captures=dropped)
