"""Looks are written down in batches: one transaction for up to some hundred, or for a second."""

from __future__ import annotations

import asyncio

import structlog

from crawler.exceptions import StoreError
from crawler.items import Look
from crawler.job import Job
from crawler.store.watch import looks

log = structlog.get_logger()
BATCH = 250  # looks; with a hundred, a round over a thousand columns takes a twentieth more CPU
_AGAIN = 2.0  # seconds until a refused batch is tried again
_MOST = 10_000  # looks kept while the store refuses
_DELAY = 1.0  # seconds; what a kill can cost is a look that will be looked again when its lease runs out


class LookLog:
    """Buffer of looks that carry no change (a look that found something is saved with what it found)."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._looks: list[Look] = []
        self._timer: asyncio.TimerHandle | None = None

    def add(self, look: Look) -> None:
        """Remember ``look`` soon."""
        self._looks.append(look)
        self._job.on_look(look)
        if len(self._looks) >= BATCH:
            self.flush()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(_DELAY, self.flush)

    def columns(self) -> set[str]:
        """The columns whose looks are not written down yet."""
        return {look.column for look in self._looks}

    def flush(self) -> None:
        """Write down every buffered look now."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        made, self._looks = self._looks, []
        if not made:
            return
        try:
            with self._job.store.begin(lasting=False) as tx:
                looks.record(tx, made, every=self._job.configuration.catalogue.columns)
        except StoreError as e:
            log.error("looks not written down, trying again", looks=len(made), why=str(e))
            self._looks = [*made, *self._looks][-_MOST:]
            self._timer = asyncio.get_running_loop().call_later(_AGAIN, self.flush)
