"""Keep the crawl alive from outside: start its process, hear its heart, end and restart it when it hangs or grows."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence

import structlog

log = structlog.get_logger()
SILENCE = 30.0  # seconds without a heartbeat after which the crawl is taken for dead
_GRACE = 5.0  # seconds a crawl is given to end what is under way
_BACKOFF = (0.0, 1.0, 5.0, 15.0, 60.0)  # seconds before the n-th restart in a row
_SOUND = 120.0  # seconds of life after which restarts are counted anew


class Watchdog:
    """The crawl's process and the daemon's knowledge of it.

    ``given``: what each new process reads first on its standard input.  ``memory``: bytes at which it is recycled.
    """

    def __init__(
        self,
        given: Callable[[], bytes],
        memory: int,
        on_event: Callable[[], None],
        on_death: Callable[[], None],
        *,
        command: Sequence[str] = (sys.executable, "-m", "crawler"),
        silence: float = SILENCE,
    ) -> None:
        self._command, self._given = command, given
        self._memory, self._silence, self._on_event, self._on_death = memory, silence, on_event, on_death
        self._process: asyncio.subprocess.Process | None = None
        self._listening: asyncio.Task[None] | None = None
        self._deaths = 0
        self._recycle = False
        self._started = self._retry_at = 0.0
        self.heartbeat = 0.0  # monotonic seconds of the last sign of life
        self.looks = 0

    @property
    def alive(self) -> bool:
        """Whether the process runs and was heard of lately."""
        running = self._process is not None and self._process.returncode is None
        return running and time.monotonic() - self.heartbeat < self._silence

    async def watch(self) -> None:
        """Do what is needed now: start, restart, or leave alone.  Called every second."""
        process = self._process
        if process is None:
            if time.monotonic() >= self._retry_at:
                await self._start()
        elif self._recycle:
            self._recycle = False
            await self.stop()
            self._on_death()
        elif process.returncode is not None:
            self._bury(f"ended with status {process.returncode}")
        elif time.monotonic() - self.heartbeat > self._silence:
            log.error("crawl hangs", silent_seconds=round(time.monotonic() - self.heartbeat))
            await self._kill()

    async def stop(self) -> None:
        """End the process politely, then by force what is left of it and of all it started."""
        process = self._process
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), _GRACE)
        await self._kill()
        self._process = None

    async def _start(self) -> None:
        self._process = await asyncio.create_subprocess_exec(
            *self._command, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, start_new_session=True
        )
        # the child ends when this end of its standard input closes: a killed daemon leaves no crawl behind
        self._started = self.heartbeat = time.monotonic()
        self._recycle = False  # whatever its predecessor said while it was ending
        self._listening = asyncio.create_task(self._listen(self._process))
        self._tell(self._process)

    def _tell(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdin is not None
        process.stdin.write(self._given())

    async def _listen(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        async for line in process.stdout:
            self.heartbeat = time.monotonic()
            with contextlib.suppress(ValueError, TypeError):
                said = json.loads(line)
                if "event" in said:
                    self._on_event()
                self.looks = said.get("alive", self.looks)
                if said.get("rss", 0) > self._memory:
                    log.warning("crawl recycled", rss=said["rss"], ceiling=self._memory)
                    self._recycle = True
        await process.wait()

    async def _kill(self) -> None:
        """End the process and all it started, also when it has ended itself."""
        if self._process is not None:
            _kill_group(self._process.pid)
            await self._process.wait()

    def _bury(self, why: str) -> None:
        if self._process is not None:
            _kill_group(self._process.pid)  # the workers of a crawl that died
        lived = time.monotonic() - self._started
        self._deaths = 0 if lived > _SOUND else self._deaths + 1
        wait = _BACKOFF[min(self._deaths, len(_BACKOFF) - 1)]
        log.error("crawl restarts", why=why, in_seconds=wait)
        self._process, self._retry_at = None, time.monotonic() + wait
        self._on_death()


def _kill_group(leader: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)
