"""The share of a crawl in the work of many: the shards that it holds now, and when it may let go of each."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from crawler.items import Due
from crawler.reading.address import shard_of
from crawler.store.watch.shards import Held

LONGEST = 5.0  # seconds after which a turn takes on nothing more: others may be less busy


@dataclass(slots=True)
class _Turn:
    began: float
    under_way: set[Due] = field(default_factory=set)
    ended_at: float | None = None  # when the last look or visit ended
    over: asyncio.Event = field(default_factory=asyncio.Event)


class Share:
    """The shards whose turn this process has.

    The lookout says what it takes on and what has ended.  A turn is over when nothing is under way and nothing due is
    left; the shard is let go ``delay`` seconds later, so that the pause between two requests to a host is kept also
    where the next one is another process's.  ``rendered``: what needs a browser, what needs none, or both (None).
    """

    def __init__(
        self, delay: Callable[[], float], rendered: bool | None = None, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._delay, self._rendered, self._clock = delay, rendered, clock
        self._turns: dict[int, _Turn] = {}
        self.closed = False
        self.on_turn: Callable[[], None] = lambda: None  # there is a shard more to claim from
        self.unwritten: Callable[[], Iterable[str]] = tuple  # columns whose looks are made and not written down yet

    @property
    def claimable(self) -> Held:
        """The shards from which more may be claimed now."""
        return Held([n for n, turn in self._turns.items() if self._goes_on(turn)], self._rendered)

    @property
    def held(self) -> Held:
        """The shards that are ours: what is found there now may be visited now."""
        return Held([n for n, turn in self._turns.items() if not turn.over.is_set()], self._rendered)

    async def turn(self, shard: int) -> None:
        """Hold ``shard`` until everything due there is done, or for `LONGEST`, and for the pause after it."""
        if self.closed or shard in self._turns:
            return
        turn = self._turns[shard] = _Turn(self._clock())
        self.on_turn()
        try:
            await turn.over.wait()
            if turn.ended_at is not None:
                await asyncio.sleep(turn.ended_at + self._delay() - self._clock())
        finally:
            del self._turns[shard]

    def took(self, dues: Iterable[Due]) -> None:
        """These looks or visits were begun, or will be."""
        for due in dues:
            if turn := self._turns.get(shard_of(due.url)):
                turn.under_way.add(due)

    def ended(self, due: Due) -> None:
        """A look or visit has ended, however."""
        turn = self._turns.get(shard_of(due.url))
        if turn is not None and due in turn.under_way:
            turn.under_way.discard(due)
            turn.ended_at = self._clock()

    def claimed(self, asked: Held, *, everything: bool) -> None:
        """More was claimed in the shards ``asked``, or ``everything`` there was: turns that have nothing are over."""
        for shard, turn in self._turns.items():
            left = not everything or shard not in asked.shards
            if not turn.under_way and not (left and self._goes_on(turn)):
                turn.over.set()

    def known(self) -> set[str]:
        """The keys of the columns and links that are under way, will be, or were and are not written down."""
        under_way = {due.key or due.column for turn in self._turns.values() for due in turn.under_way}
        return under_way.union(self.unwritten())

    def close(self) -> None:
        """All turns are over, and no other begins."""
        self.closed = True
        for turn in self._turns.values():
            turn.over.set()

    def _goes_on(self, turn: _Turn) -> bool:
        return not self.closed and not turn.over.is_set() and self._clock() - turn.began < LONGEST
