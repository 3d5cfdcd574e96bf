"""The store as the shelf on which robots files outlive a process."""

from __future__ import annotations

from crawler.fetch import RobotsFile
from crawler.store import Store, robots


class StoreShelf:
    """Implements fetch.RobotsShelf."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self, origin: str) -> RobotsFile | None:
        """The file last stored for ``origin``."""
        with self._store.read() as tx:
            row = robots.get(tx, origin)
        return RobotsFile(origin, row.fetched_at, row.status or 0, row.body) if row else None

    def put(self, file: RobotsFile) -> None:
        """Store ``file``."""
        with self._store.begin() as tx:
            robots.put(tx, file.origin, file.fetched_at, file.status, file.body)
