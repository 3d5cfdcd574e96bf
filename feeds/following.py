"""Which changes this process has published, where several publish, each its own files, from one store."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

LATE = 60.0  # seconds: a transaction that takes longer than this to be committed might be missed
MISSED = 1800.0  # seconds without publishing after which changes may have been forgotten (tidy runs every hour)


class Following:
    """Remembers the changes that were published, by their ids, which need not appear in their order."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._seen: set[int] = set()
        self._marks: list[tuple[float, int]] = []  # when which id was the highest
        self._last: float | None = None
        self.after = 0  # up to this id everything was published

    @property
    def everything(self) -> bool:
        """Whether all feeds must be rendered: it cannot be known what has changed since they were."""
        return self._last is None or self._clock() - self._last > MISSED

    def unpublished(self, pending: Iterable[tuple[int, str | None]]) -> list[tuple[int, str | None]]:
        """Those of ``pending`` (all above ``after``) that were not published yet."""
        return [(number, notice) for number, notice in pending if number not in self._seen]

    def published(self, numbers: Iterable[int]) -> None:
        """These were published just now."""
        self._seen.update(numbers)
        self._last = now = self._clock()
        if self._seen:
            self._marks.append((now, max(self._seen)))
        while self._marks and self._marks[0][0] < now - LATE:
            self.after = self._marks.pop(0)[1]
        self._seen = {number for number in self._seen if number > self.after}
