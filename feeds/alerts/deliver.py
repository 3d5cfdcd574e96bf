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
from collections import deque
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, ParamSpec, TypeVar

import structlog

from crawler.config.hooks import Hook
from crawler.config.settings import Settings
from crawler.exceptions import StoreConflict, StoreError
from crawler.store import Store
from crawler.store.delivery.outbox import Attempt, Claimed
from feeds.alerts.channels import a_minute, parcels, send
from feeds.alerts.desk import Desk, Result
from feeds.alerts.schedule import Answer
from feeds.alerts.wire import DEADLINE, Wire, redacted

PATIENCE = 0.25  # seconds after which the next message of a lane starts beside an unanswered one
LOOK_AGAIN = 1.0  # seconds after which we look for what else is due, however long a receiver takes
GATHER = 0.01  # seconds in which results, and lanes that end, are gathered for one transaction
RECORD_FOR, RECORD_AGAIN = 20.0, 1.0  # seconds for which, and after which, answers are recorded when the store is away
AT_ONCE = 4  # unanswered messages of one lane
CONFLICTS = 5  # times in a row that another transaction may be in the way of ours
ALL_AT_ONCE = 256  # unanswered messages of all lanes: a process may open a thousand files

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
        self._slots = asyncio.Semaphore(ALL_AT_ONCE)
        self._lanes: dict[str, asyncio.Task[None]] = {}
        self._flying: dict[str, set[asyncio.Task[None]]] = {}  # unanswered messages, by hook
        self._sent: dict[str, deque[float]] = {}  # when the last messages of a minute started, where somebody counts
        self._results: list[Result] = []  # answers that the store does not know yet
        self._recorder: asyncio.Task[None] | None = None
        self._paused: dict[str, float] = {}  # until when nothing is sent to a hook
        self._gone: set[str] = set()  # hooks that were disabled while their lane ran
        self._error: BaseException | None = None
        self._closing = False
        self._tally = Delivered()

    async def run(self, *, last: bool = False) -> Delivered:
        """Deliver until nothing is due; one cheap query when nothing is.  Raises StoreError.

        ``last``: nothing more will happen, so that people are told at once of what has.
        """
        async with self._running:
            self._tally = Delivered()
            while await self._start_lanes(last=last):
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
        self._closing = True
        try:
            await self._land()
        finally:  # also when the store cannot be written
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

    async def _start_lanes(self, *, last: bool) -> bool:
        """Start a lane for every hook to which something is due; false when nothing is under way any more."""
        self._woken.clear()
        busy, paused = set(self._lanes), dict(self._paused)
        claims = await self._db(self._desk.claim, self._settings, busy, paused, last=last)
        for hook, batch in claims.batches:
            lane = self._lanes[hook.id] = asyncio.create_task(self._lane(hook, batch))
            lane.add_done_callback(partial(self._end_lane, hook.id))
        if claims.more:
            self._woken.set()
        return claims.more or self._is_under_way()

    def _is_under_way(self) -> bool:
        """Whether something is being sent or recorded."""
        recording = self._recorder is not None and not self._recorder.done()
        return bool(self._lanes) or recording or any(self._flying.values())

    def _end_lane(self, id: str, task: asyncio.Task[None]) -> None:
        self._lanes.pop(id, None)
        self._note_end(task)
        self._woken.set()

    async def _progress(self) -> None:
        """Wait until a lane ends, the last of all is done, somebody wakes us, or it is time to look again."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._woken.wait(), LOOK_AGAIN)
        if self._lanes:
            await asyncio.sleep(GATHER)
        if error := self._error:
            self._error = None
            raise error

    def _note_end(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()):
            self._error = error

    async def _lane(self, hook: Hook, batch: Sequence[Claimed]) -> None:
        """Send what was claimed, and give back what is not to be sent now."""
        flying = self._flying.setdefault(hook.id, set())
        self._gone.discard(hook.id)
        left = deque(parcels(hook, batch))
        while left:
            if len(flying) >= AT_ONCE:
                await asyncio.wait(flying, return_when=asyncio.FIRST_COMPLETED)
            await self._slots.acquire()
            if not self._may_send(hook, left[0]):
                self._slots.release()
                break
            task = self._start(self._send(hook, left.popleft()))
            flying.add(task)
            task.add_done_callback(partial(self._land_one, flying))
            await asyncio.wait({task}, timeout=PATIENCE)
        if left:
            if self._recorder:  # first it is written why
                await asyncio.wait({self._recorder})
            await self._db(self._desk.put_back, [claimed for parcel in left for claimed in parcel])

    def _land_one(self, flying: set[asyncio.Task[None]], task: asyncio.Task[None]) -> None:
        flying.discard(task)
        self._slots.release()

    def _may_send(self, hook: Hook, parcel: Sequence[Claimed]) -> bool:
        """Whether a message may start: the hook takes it now, and it is ours until it is answered."""
        now = self._now()
        if hook.id in self._gone or parcel[0].lease_until <= now + self._deadline:
            return False
        return self._paused.get(hook.id, 0.0) <= now and self._has_room(hook, now)

    def _has_room(self, hook: Hook, now: float) -> bool:
        """Whether ``hook`` takes another message this minute; if not, it is paused until it does."""
        most = a_minute(hook)
        if most is None:
            return True
        sent = self._sent.setdefault(hook.id, deque(maxlen=most))
        if len(sent) == most and now - 60.0 < sent[0] <= now:
            self._paused[hook.id] = sent[0] + 60.0
            return False
        sent.append(now)
        return True

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
        since = self._now()
        while self._results:
            await asyncio.sleep(GATHER)
            results, self._results = self._results, []
            try:
                recorded = await self._db(self._desk.record, results)
            except StoreError as e:
                if self._closing or not since <= self._now() < since + RECORD_FOR:
                    raise
                log.error("answers not recorded, trying again", messages=len(results), why=str(e))
                self._results = [*results, *self._results]
                await asyncio.sleep(RECORD_AGAIN)
                continue
            since = self._now()
            for id, until in recorded.waits.items():
                self._paused[id] = until or 0.0
            for hook, claimed, attempt in recorded.tried:
                self._tell(hook, claimed, attempt)
        self._woken.set()

    async def _answer(self, hook: Hook, parcel: Sequence[Claimed], at: float) -> Answer:
        """The receiver's answer; an error of ours counts as a failed try, so that it holds up this message alone."""
        self._wire = self._wire or Wire(self._settings, deadline=self._deadline)
        try:
            return await send(self._wire, hook, [c.event for c in parcel], self._settings.base_url, at)
        except Exception as e:
            where = traceback.extract_tb(e.__traceback__)[-1]
            return Answer(
                False, error=f"our mistake: {type(e).__name__} in {where.name}, line {where.lineno}", refused=True
            )

    async def _db(self, work: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
        """One visit to the store, which is made again where another one was in its way (two results at a time, say)."""
        for _ in range(CONFLICTS):
            with contextlib.suppress(StoreConflict):
                return await self._visit(work, *args, **kwargs)
        return await self._visit(work, *args, **kwargs)

    async def _visit(self, work: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
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
        return await deliverer.run(last=True)
    finally:
        await deliverer.close()
