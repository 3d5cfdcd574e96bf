"""One request at a time to a host, a pause between them, and a host's own wish (Retry-After) obeyed."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from crawler.exceptions import FetchError

LONGEST_WAIT = 86400.0  # seconds; a Retry-After beyond a day is cut (fault catalogue, e429_huge)
_REMEMBERED = 20_000  # hosts; the longest idle ones are forgotten first


@dataclass(slots=True)
class _Gate:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    free_at: float = 0.0  # monotonic


class Politeness:
    """The gates of all hosts, and the number of requests that may be under way together.

    A request that takes longer than ``patience`` seconds no longer counts towards ``concurrency``: hanging hosts hold
    their own gate, never the others'.
    """

    def __init__(
        self, delay: float, concurrency: int, *, patience: float = 0.5, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._delay, self._patience, self._clock = delay, patience, clock
        self._slots = asyncio.Semaphore(concurrency)
        self._gates: OrderedDict[str, _Gate] = OrderedDict()

    @asynccontextmanager
    async def turn(self, host: str) -> AsyncIterator[None]:
        """Wait until ``host`` may be asked; the pause is counted from the end of a request."""
        gate = self._gate(host)
        async with gate.lock:
            await self._pause(gate)
            try:
                async with self._slot():
                    yield
            finally:
                gate.free_at = max(gate.free_at, self._clock() + self._delay)

    async def _pause(self, gate: _Gate) -> None:
        """Wait out the gate's pause.  Raises FetchError when the host meanwhile asked for a longer one."""
        while (wait := gate.free_at - self._clock()) > 0:
            if wait > self._delay + 1:
                raise FetchError(f"the host asked us to wait another {wait:.0f} s")
            await asyncio.sleep(wait)

    def hold(self, host: str, seconds: float) -> None:
        """Leave ``host`` alone for ``seconds`` (at most a day)."""
        gate = self._gate(host)
        gate.free_at = max(gate.free_at, self._clock() + min(seconds, LONGEST_WAIT))

    def held(self, host: str) -> float:
        """Seconds for which ``host`` asked to be left alone, 0 if it may be asked now."""
        gate = self._gates.get(host)
        return max(0.0, gate.free_at - self._clock()) if gate else 0.0

    @asynccontextmanager
    async def _slot(self) -> AsyncIterator[None]:
        await self._slots.acquire()
        release = _once(self._slots.release)
        timer = asyncio.get_running_loop().call_later(self._patience, release)
        try:
            yield
        finally:
            timer.cancel()
            release()

    def _gate(self, host: str) -> _Gate:
        gate = self._gates.get(host)
        if gate is None:
            gate = self._gates[host] = _Gate()
            self._forget()
        self._gates.move_to_end(host)
        return gate

    def _forget(self) -> None:
        """Drop the longest idle gates that nobody holds and whose pause is over."""
        if len(self._gates) <= _REMEMBERED:
            return
        now = self._clock()
        for host in [h for h, g in self._gates.items() if not g.lock.locked() and g.free_at < now][:1000]:
            del self._gates[host]


def _once(action: Callable[[], None]) -> Callable[[], None]:
    """A callable that runs ``action`` at its first call only."""
    actions = [action]
    return lambda: actions.pop()() if actions else None
