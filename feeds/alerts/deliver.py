"""From the outbox to the hooks: what is due is claimed, sent and recorded, each hook in a lane of its own.

A lane keeps the order of events as long as its receiver answers promptly.  A message that is not answered within
`PATIENCE` no longer holds those behind it, one that fails is tried again later by the schedule, and no lane waits for
another.  Retries live in the store alone, so that a crash forgets none.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
import traceback
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, ParamSpec, TypeVar

import structlog

from crawler.config import Hook, Settings
from crawler.exceptions import StoreError
from crawler.store import Store
from crawler.store.outbox import Attempt, Claimed
from feeds.alerts.channels import parcels, send
from feeds.alerts.desk import Desk, Result
from feeds.alerts.schedule import Answer
from feeds.alerts.wire import DEADLINE, Wire, redacted

PATIENCE = 0.25  # seconds after which the next message of a lane starts beside an unanswered one
LOOK_AGAIN = 1.0  # seconds after which we look for what else is due, however long a receiver takes
GATHER = 0.01  # seconds in which results are gathered for one transaction
AT_ONCE = 4  # unanswered messages of one lane

_P = ParamSpec("_P")
_T = TypeVar("_T")
log = structlog.get_logger("alerts")


@dataclass
class Delivered:
    """What a run did, in deliveries."""

    delivered: int = 0
    failed: int = 0  # to be tried again
    dead: int = 0


class Deliverer:
    """Delivers alerts for the life of a process, over connections it keeps open.

    A receiver has ``deadline`` seconds to answer, and ``grace`` seconds when we are about to end.
    ``in_thread``: the store is asked in a thread, so that a locked database never holds up the loop; a process whose
    loop is busy anyway (one poll) is quicker without, as its threads would wait for the interpreter.
    """

    def __init__(
        self,
        store: Store,
        settings: Settings,
        *,
        owner: str,
        now: Callable[[], float] = time.time,
        chance: Callable[[], float] = random.random,
        deadline: float = DEADLINE,
        grace: float = 3.0,
        in_thread: bool = True,
    ) -> None:
        self._desk = Desk(store, owner, now, chance)
        self._settings, self._now, self._in_thread = settings, now, in_thread
        self._deadline, self._grace = deadline, grace
        self._wire: Wire | None = None
        self._running, self._woken = asyncio.Lock(), asyncio.Event()
        self._lanes: dict[str, asyncio.Task[None]] = {}
        self._flying: dict[str, set[asyncio.Task[None]]] = {}  # unanswered messages, by hook
        self._results: list[Result] = []  # answers that the store does not know yet
        self._recorder: asyncio.Task[None] | None = None
        self._paused: dict[str, float] = {}  # until when a receiver has asked us to send nothing
        self._gone: set[str] = set()  # hooks that were disabled while their lane ran
        self._error: BaseException | None = None
        self._tally = Delivered()

    async def run(self) -> Delivered:
        """Deliver until nothing is due; one cheap query when nothing is.  Raises StoreError."""
        async with self._running:
            self._tally = Delivered()
            while await self._start_lanes():
                await self._progress()
            return self._tally

    async def serve(self, every: float = 1.0) -> None:
        """Run for ever: every ``every`` seconds, and at once when woken."""
        while True:
            try:
                await self.run()
            except StoreError as e:
                log.error("alerts cannot be delivered", why=str(e))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), every)

    def wake(self) -> None:
        """An event has been stored: look at once.  To be called in the loop's thread."""
        self._woken.set()

    async def use(self, settings: Settings) -> None:
        """Go on with new settings; what is under way ends with the old ones."""
        if self._wire and settings.allow_addresses != self._settings.allow_addresses:
            await self._land()
            await self._wire.close()
            self._wire = None
        self._settings = settings

    async def close(self) -> None:
        """End within a few seconds; what is unanswered by then is sent again, under the same id, another time."""
        await self._land()
        if self._wire:
            await self._wire.close()

    async def _land(self) -> None:
        """Start nothing more, give what is under way a moment, then drop it."""
        lanes = list(self._lanes.values())
        for task in lanes:
            task.cancel()
        flying = {t for tasks in self._flying.values() for t in tasks}
        if flying:
            await asyncio.wait(flying, timeout=self._grace)
        for task in flying:
            task.cancel()
        await asyncio.gather(*lanes, *flying, return_exceptions=True)
        if self._recorder:
            await asyncio.wait({self._recorder})
        await self._db(self._desk.release)

    # ---- what runs, and what is waited for

    async def _start_lanes(self) -> bool:
        """Start a lane for every hook to which something is due; false when nothing is under way any more."""
        self._woken.clear()
        busy, paused = set(self._lanes), dict(self._paused)
        for hook, batch in await self._db(self._desk.claim, self._settings, busy, paused):
            self._lanes[hook.id] = asyncio.create_task(self._lane(hook, batch))
        return bool(self._lanes or self._under_way())

    def _under_way(self) -> set[asyncio.Task[None]]:
        """Answers and records that no lane waits for."""
        tasks = {t for id, tasks in self._flying.items() if id not in self._lanes for t in tasks}
        return tasks | ({self._recorder} if self._recorder and not self._recorder.done() else set())

    async def _progress(self) -> None:
        """Wait until a lane ends, something else is done, somebody wakes us, or it is time to look again."""
        woken = asyncio.create_task(self._woken.wait())
        try:
            waited = {woken, *self._lanes.values(), *self._under_way()}
            await asyncio.wait(waited, timeout=LOOK_AGAIN, return_when=asyncio.FIRST_COMPLETED)
        finally:
            woken.cancel()
        for id in [id for id, task in self._lanes.items() if task.done()]:
            self._note_end(self._lanes.pop(id))
        if error := self._error:
            self._error = None
            raise error

    def _note_end(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()):
            self._error = error

    async def _lane(self, hook: Hook, batch: Sequence[Claimed]) -> None:
        flying = self._flying.setdefault(hook.id, set())
        self._gone.discard(hook.id)
        for parcel in parcels(hook, batch):
            if len(flying) >= AT_ONCE:
                await asyncio.wait(flying, return_when=asyncio.FIRST_COMPLETED)
            if self._is_paused(hook.id) or hook.id in self._gone or parcel[0].lease_until <= self._now():
                return
            task = self._start(self._send(hook, parcel))
            flying.add(task)
            task.add_done_callback(flying.discard)
            await asyncio.wait({task}, timeout=PATIENCE)

    def _start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        task.add_done_callback(self._note_end)
        return task

    async def _send(self, hook: Hook, parcel: Sequence[Claimed]) -> None:
        at, started = self._now(), time.perf_counter()
        answer = await self._answer(hook, parcel, at)
        attempt = Attempt(at, time.perf_counter() - started, answer.ok, answer.status, answer.error)
        if answer.gone:
            self._gone.add(hook.id)
            log.error("hook disabled: its receiver answered 410 Gone", hook=hook.id, to=redacted(hook.url))
        elif answer.retry_after is not None:
            self._paused[hook.id] = self._now() + answer.retry_after
        self._results.append(Result(hook, parcel, answer, attempt))
        if self._recorder is None or self._recorder.done():
            self._recorder = self._start(self._record_all())

    async def _record_all(self) -> None:
        """Write results, those of a moment in one transaction, since each costs a write to the disk."""
        while self._results:
            await asyncio.sleep(GATHER)
            results, self._results = self._results, []
            tried = await self._db(self._desk.record, results)
            for hook, claimed, attempt in tried:
                self._tell(hook, claimed, attempt)

    async def _answer(self, hook: Hook, parcel: Sequence[Claimed], at: float) -> Answer:
        """The receiver's answer; an error of ours counts as a failed try, so that it holds up this message alone."""
        self._wire = self._wire or Wire(self._settings, deadline=self._deadline)
        try:
            return await send(self._wire, hook, [c.event for c in parcel], self._settings.base_url, at)
        except Exception as e:
            where = traceback.extract_tb(e.__traceback__)[-1]
            return Answer(False, error=f"our mistake: {type(e).__name__} in {where.name}, line {where.lineno}")

    def _is_paused(self, hook: str) -> bool:
        return self._paused.get(hook, 0.0) > self._now()

    async def _db(self, work: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
        return await asyncio.to_thread(work, *args, **kwargs) if self._in_thread else work(*args, **kwargs)

    def _tell(self, hook: Hook, claimed: Claimed, attempt: Attempt) -> None:
        said = log.bind(hook=hook.id, to=redacted(hook.url), event_id=claimed.event.id, tries=claimed.attempts + 1)
        if attempt.ok:
            self._tally.delivered += 1
            said.info("alert delivered", seconds=round(attempt.seconds, 3), status=attempt.status)
        elif attempt.due is not None:
            self._tally.failed += 1
            wait = round(attempt.due - self._now())
            said.warning("alert not delivered, will be tried again", why=attempt.error, wait=wait)
        else:
            self._tally.dead += 1
            said.error("alert given up, a dead letter", why=attempt.error)


async def deliver(store: Store, settings: Settings, *, owner: str, now: Callable[[], float] = time.time) -> Delivered:
    """Deliver once until nothing is due.  Raises StoreError."""
    deliverer = Deliverer(store, settings, owner=owner, now=now)
    try:
        return await deliverer.run()
    finally:
        await deliverer.close()
