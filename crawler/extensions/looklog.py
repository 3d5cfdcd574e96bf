"""Looks are written down in batches: one transaction for up to a hundred, or for a tenth of a second."""

from __future__ import annotations

import asyncio

from crawler.items import Look
from crawler.job import Job
from crawler.store import columns

_BATCH = 100
_DELAY = 0.1  # seconds; what a kill can cost is a look that will be looked again when its lease runs out


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
        if len(self._looks) >= _BATCH:
            self.flush()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(_DELAY, self.flush)

    def flush(self) -> None:
        """Write down every buffered look now."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        looks, self._looks = self._looks, []
        if looks:
            with self._job.store.begin() as tx:
                columns.record(tx, looks, every=self._job.configuration.catalogue.columns)
