"""The store as the shelf on which robots files and the wishes of hosts outlive a process and are shared by several."""

from __future__ import annotations

from collections.abc import Iterable

import structlog

from crawler.exceptions import StoreError
from crawler.fetch import RobotsFile
from crawler.reading.address import split
from crawler.store import Store
from crawler.store.watch import hosts, robots

log = structlog.get_logger()


class StoreShelf:
    """Implements fetch.Shelf; what is needed soon is taken down in one transaction for many."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._at_hand: dict[str, RobotsFile | None] = {}
        self._held: dict[str, float] = {}

    def prepare(self, urls: Iterable[str]) -> None:
        """Take down what is known of these addresses' origins and hosts, which are about to be asked."""
        asked = {(parts.scheme, parts.netloc) for parts in map(split, urls)}
        origins, names = {f"{scheme}://{host}" for scheme, host in asked}, {host for _, host in asked}
        self._at_hand, self._held = dict.fromkeys(origins), dict.fromkeys(names, 0.0)
        with self._store.read() as tx:
            self._at_hand |= {row.origin: _file(row) for row in robots.of(tx, origins)}
            self._held |= hosts.held(tx, names)

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

    def held(self, host: str) -> float:
        """Until when ``host`` asked to be left alone; 0 where it did not."""
        if host not in self._held:
            with self._store.read() as tx:
                self._held[host] = hosts.held(tx, [host]).get(host, 0.0)
        return self._held[host]

    def hold(self, host: str, until: float) -> None:
        """Store the wish of ``host``; where that fails, this process alone obeys it."""
        self._held[host] = until
        try:
            with self._store.begin() as tx:
                hosts.hold(tx, host, until)
        except StoreError as e:
            log.error("a host's wish is not stored", host=host, why=str(e))


def _file(row: robots.RobotsRow) -> RobotsFile:
    return RobotsFile(row.origin, row.fetched_at, row.status or 0, row.body)
