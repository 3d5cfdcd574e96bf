"""The store as the shelf on which robots files outlive a process."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from crawler.fetch import RobotsFile
from crawler.store import Store
from crawler.store.watch import robots


class StoreShelf:
    """Implements fetch.RobotsShelf; what is needed soon is taken down in one question for many."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._at_hand: dict[str, RobotsFile | None] = {}

    def prepare(self, urls: Iterable[str]) -> None:
        """Take down the files of these addresses' origins, which are about to be asked for."""
        origins = {f"{parts.scheme}://{parts.netloc}" for parts in map(urlsplit, urls)}
        self._at_hand = dict.fromkeys(origins)
        with self._store.read() as tx:
            self._at_hand |= {row.origin: _file(row) for row in robots.of(tx, origins)}

    def get(self, origin: str) -> RobotsFile | None:
        """The file last stored for ``origin``."""
        if origin in self._at_hand:
            return self._at_hand[origin]
        with self._store.read() as tx:
            return next((_file(row) for row in robots.of(tx, [origin])), None)

    def put(self, file: RobotsFile) -> None:
        """Store ``file``."""
        self._at_hand.pop(file.origin, None)
        with self._store.begin() as tx:
            robots.put(tx, file.origin, file.fetched_at, file.status, file.body)


def _file(row: robots.RobotsRow) -> RobotsFile:
    return RobotsFile(row.origin, row.fetched_at, row.status or 0, row.body)
