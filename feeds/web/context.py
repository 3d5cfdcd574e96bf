"""What every page of the web knows: configuration, store, the daemon's status, the feed files in memory."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from starlette.requests import Request

from crawler.config import Catalogue, Settings
from crawler.configuration import Configuration
from crawler.store import Store
from feeds.publish import FOLDER
from feeds.web.documents import Files
from feeds.web.status import DaemonStatus
from feeds.web.throttle import Throttle


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
    verifying: set[object] = field(default_factory=set)  # subscribers that are being asked whether they are meant

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
