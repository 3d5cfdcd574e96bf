"""What every page of the web knows: configuration, store, the daemon's status, the feed files in memory."""

from __future__ import annotations

import math
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar, cast

from sqlalchemy import Connection
from starlette.exceptions import HTTPException
from starlette.requests import Request

from crawler.config.catalogue import Catalogue
from crawler.config.settings import Settings
from crawler.configuration import Configuration
from crawler.store import Store
from crawler.store.delivery import ledger
from feeds.stamp import FOLDER
from feeds.web.documents import Files
from feeds.web.previews import Previews
from feeds.web.status import DaemonStatus
from feeds.web.throttle import Throttle

_T = TypeVar("_T")
_FRESH = 60.0  # seconds for which the number of all that was delivered serves
_MOST_READ = 3  # pages that persons have us read at once


@dataclass(frozen=True)
class Context:
    """The web's view of the program; settings and catalogue are read anew at each use, since they may be reloaded."""

    configuration: Configuration
    store: Store
    status: DaemonStatus
    key: bytes = field(repr=False)  # of this installation, for cookies
    now: Callable[[], float] = time.time
    files: Files = field(default_factory=Files)
    throttle: Throttle = field(default_factory=Throttle)
    previews: Previews = field(default_factory=Previews)
    streams: set[object] = field(default_factory=set)  # that are open
    _remembered: dict[str, tuple[float, object]] = field(default_factory=dict)
    _reading: set[object] = field(default_factory=set)  # pages that persons have us read
    verifying: set[object] = field(default_factory=set)  # subscribers that are being asked whether they are meant

    def remembered(self, name: str, seconds: float, made: Callable[[], _T]) -> _T:
        """What ``made`` gave under this name not longer than ``seconds`` ago, or gives now."""
        at, known = self._remembered.get(name, (-math.inf, None))
        if not 0 <= self.now() - at < seconds:
            known = made()
            self._remembered[name] = self.now(), known
        return cast(_T, known)

    def totals(self, tx: Connection) -> dict[tuple[str, str], int]:
        """How many deliveries each hook has in each state; those it has accepted as of a minute ago at most."""
        finished = self.remembered("finished", _FRESH, lambda: ledger.finished_totals(tx))
        return ledger.open_totals(tx) | finished

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[None]:
        """A place for a page that a person has us read.  Raises HTTPException 503 when all are taken."""
        if len(self._reading) >= _MOST_READ:
            raise HTTPException(503, "others have pages read just now; try again", {"Retry-After": "20"})
        mine = object()
        self._reading.add(mine)
        try:
            yield
        finally:
            self._reading.discard(mine)

    @property
    def settings(self) -> Settings:
        """The settings in force."""
        return self.configuration.settings

    @property
    def catalogue(self) -> Catalogue:
        """The sources in force."""
        return self.configuration.catalogue

    @property
    def folder(self) -> Path:
        """Where the feed files are."""
        return self.settings.data_dir / FOLDER


def context_of(request: Request) -> Context:
    """The context of the application that serves ``request``."""
    return cast(Context, request.app.state.context)
