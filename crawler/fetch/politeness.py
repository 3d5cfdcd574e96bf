"""One request at a time to a host, a pause between them, and a host's own wish (Retry-After) obeyed."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
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
        self._delay, self.patience, self._clock = delay, patience, clock
        self.slots = asyncio.Semaphore(concurrency)
        self._gates: OrderedDict[str, _Gate] = OrderedDict()

    def turn(self, host: str) -> Turn:
        """Wait until ``host`` may be asked (``async with``); the pause is counted from the end of a request."""
        return Turn(self, self._gate(host))

    async def pause(self, gate: _Gate) -> None:
        """Wait out the gate's pause.  Raises FetchError when the host meanwhile asked for a longer one."""
        while (wait := gate.free_at - self._clock()) > 0:
            if wait > self._delay + 1:
                raise FetchError(f"the host asked us to wait another {wait:.0f} s")
            await asyncio.sleep(wait)

    def shut(self, gate: _Gate) -> None:
        """A request to the gate's host has ended: from now on its pause counts."""
        gate.free_at = max(gate.free_at, self._clock() + self._delay)

    def hold(self, host: str, seconds: float) -> None:
        """Leave ``host`` alone for ``seconds`` (at most a day)."""
        gate = self._gate(host)
        gate.free_at = max(gate.free_at, self._clock() + min(seconds, LONGEST_WAIT))

    def held(self, host: str) -> float:
        """Seconds for which ``host`` asked to be left alone, 0 if it may be asked now."""
        gate = self._gates.get(host)
        return max(0.0, gate.free_at - self._clock()) if gate else 0.0

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


class Turn:
    """A host's gate and one of the slots, for the length of a request.

    A class and not a generator: it is entered once a look, and costs a third.
    """

    __slots__ = ("_gate", "_holds", "_of", "_timer")

    def __init__(self, of: Politeness, gate: _Gate) -> None:
        self._of, self._gate, self._holds = of, gate, False
        self._timer: asyncio.TimerHandle | None = None

    async def __aenter__(self) -> None:
        await self._gate.lock.acquire()
        try:
            await self._of.pause(self._gate)
            await self._of.slots.acquire()
        except BaseException:
            self._gate.lock.release()
            raise
        self._holds = True
        self._timer = asyncio.get_running_loop().call_later(self._of.patience, self._give_slot)

    async def __aexit__(self, *_: object) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._give_slot()
        self._of.shut(self._gate)
        self._gate.lock.release()

    def _give_slot(self) -> None:
        """Free the slot, once: when the request has ended, or has taken too long."""
        if self._holds:
            self._holds = False
            self._of.slots.release()
