"""The leader: one process of many notices what is due, queues turns for it, and buries the dead."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable

import procrastinate
import structlog
from procrastinate.exceptions import ConnectorException
from psycopg import OperationalError

from crawler.cluster.turns import BROWSER, CRAWL, Queue, Turn, make_app, prepare
from crawler.exceptions import StoreError
from crawler.store import Store, processes
from crawler.store.leadership import SCHEDULE, Leadership
from crawler.store.processes import SILENCE
from crawler.store.watch import columns, shards

_BURY = 3.0  # seconds between two looks for the dead
_MEND = 60.0  # seconds between two looks for columns that a clock set back would leave alone
log = structlog.get_logger()


class Leader:
    """Leads when nobody else does.  ``on_office``: what to do first, in a thread, when the lead is taken."""

    def __init__(self, store: Store, on_office: Callable[[], None], now: Callable[[], float] = time.time) -> None:
        self._store, self._on_office, self._now = store, on_office, now
        self._leadership = Leadership(store, SCHEDULE)
        self._app: procrastinate.App | None = None
        self._next: dict[str, float] = {}  # monotonic seconds, by what is done then
        self.leads = False

    async def tick(self) -> None:
        """Take the lead if it is free; if it is ours, queue what is due.  Called twice a second; never raises."""
        try:
            if await asyncio.to_thread(self._held):
                await self._lead()
        except (StoreError, ConnectorException, OperationalError, OSError) as e:
            log.error("cannot lead", why=str(e.__cause__ or e) or type(e).__name__)
            await self._resign()

    async def close(self) -> None:
        """Leave the lead to another."""
        await self._resign()
        await asyncio.to_thread(self._leadership.give_up)

    def _held(self) -> bool:
        held = self._leadership.held()
        if held and not self.leads:
            log.info("leads")
            prepare(self._store)
            self._on_office()
            self._next["bury"] = time.monotonic() + SILENCE  # after an outage the living must have time to say so
        self.leads = held
        return held

    async def _lead(self) -> None:
        queue = Queue(await self._opened())
        if self._is_time("bury", _BURY):
            if dead := await asyncio.to_thread(self._bury):
                log.warning("taken for dead, others do their work", processes=len(dead))
            await queue.end_dead()
        known = await queue.known()
        due = await asyncio.to_thread(self._due)
        await queue.add([turn for turn in due if turn not in known])

    def _bury(self) -> list[str]:
        with self._store.begin() as tx:
            return processes.bury(tx)

    def _due(self) -> list[Turn]:
        now = self._now()
        if self._is_time("mend", _MEND):
            with self._store.begin() as tx:
                columns.mend(tx, now)
        with self._store.read() as tx:
            plain, with_browser = shards.due(tx, now, rendered=False), shards.due(tx, now, rendered=True)
        return [(CRAWL, shard) for shard in plain] + [(BROWSER, shard) for shard in with_browser]

    def _is_time(self, what: str, every: float) -> bool:
        if (now := time.monotonic()) < self._next.get(what, 0.0):
            return False
        self._next[what] = now + every
        return True

    async def _opened(self) -> procrastinate.App:
        if self._app is None:
            self._app = make_app(self._store, connections=2)
            await self._app.open_async()
        return self._app

    async def _resign(self) -> None:
        """Begin anew at the next tick, with fresh connections."""
        self.leads = False
        app, self._app = self._app, None
        if app is not None:
            with contextlib.suppress(Exception):  # its connections may be gone already
                await app.close_async()
