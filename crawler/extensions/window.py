"""The window: how many looks are under way together, so that what is found is passed on before more is found."""

from __future__ import annotations

import asyncio
import math

from crawler.items import Due

_PATIENCE = 0.5  # seconds after which a slow look no longer counts against the number under way
_NARROW = 2  # at least so many are under way, also while lists change
_WIDE = 32  # as many are under way when looks are given up that hang


class Window:
    """Wider with every look that finds nothing, half as wide after one that finds something."""

    def __init__(self) -> None:
        self._width = 1
        self._since: dict[Due, float] = {}  # loop seconds, in their order

    def enter(self, due: Due) -> None:
        """From now on ``due`` keeps us busy, for as long as it lasts or `_PATIENCE`."""
        self._since[due] = asyncio.get_running_loop().time()

    def leave(self, due: Due) -> None:
        """``due`` has ended."""
        self._since.pop(due, None)

    def widen(self, most: int) -> None:
        """A look found nothing."""
        self._width = min(self._width + 1, most)

    def narrow(self) -> None:
        """A look found something: work for the rest of the path."""
        self._width = max(_NARROW, self._width // 2)

    def has_room(self) -> bool:
        """Whether one more may begin; those that have taken too long are not waited for.

        Each of them widens the window by one: were it as narrow as at the start, fifty that hang would hold up the
        others for half a minute, each for its patience.
        """
        old = asyncio.get_running_loop().time() - _PATIENCE
        while self._since and (first := next(iter(self._since.items())))[1] <= old:
            del self._since[first[0]]
            self._width += self._width < _WIDE
        return len(self._since) < self._width

    def next_room(self) -> float:
        """Seconds after which the oldest is no longer waited for; infinite when nothing is under way."""
        oldest = min(self._since.values(), default=math.inf)
        return oldest + _PATIENCE - asyncio.get_running_loop().time()
