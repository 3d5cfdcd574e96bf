"""What one crawl is asked to do, and with what; carried by the spider, shared by Scrapy's parts."""

from __future__ import annotations

import os
import secrets
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from crawler.cluster.share import Share
from crawler.configuration import Configuration
from crawler.items import Look
from crawler.store import Store
from crawler.store.watch.shards import Held

_HERE = f"{socket.gethostname()[:32]}/"


def new_owner() -> str:
    """A name for a process that takes leases: unlike any other's, also after a restart."""
    return f"{_HERE}{os.getpid()}-{secrets.token_hex(4)}"


def has_died(owner: str) -> bool:
    """Whether the process that called itself ``owner`` ran on this machine and runs no more: its leases are free."""
    pid = owner.removeprefix(_HERE).partition("-")[0]
    if not owner.startswith(_HERE) or not pid.isdecimal():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except OSError:  # somebody else's process
        return False
    return False


def _nothing(*_: object) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Orders:
    """What the daemon tells a crawl's process: the name it leases under, and which of the crawls' roles it has."""

    configuration: Configuration
    owner: str = field(default_factory=new_owner)
    roles: tuple[str, ...] = ("crawl", "browser")


@dataclass
class Job:
    """A crawl: of the columns in ``only`` (None: all that are due), to the end (``once``) or for ever.

    ``share``: what of the work is this process's, where several share it.
    """

    configuration: Configuration
    store: Store
    once: bool = False
    only: tuple[str, ...] | None = None
    alert_baseline: bool = False
    owner: str = field(default_factory=new_owner)
    share: Share | None = None
    clock: Callable[[], float] = time.time
    on_look: Callable[[Look], None] = _nothing  # a look ended
    on_work: Callable[[], None] = _nothing  # a look found something, or a visit is due: Scrapy is about to be loaded
    on_event: Callable[[str], None] = _nothing  # an event was put into the outbox

    @property
    def columns(self) -> tuple[str, ...]:
        """The keys of the columns this job is about."""
        return self.only if self.only is not None else tuple(k for k, *_ in self.configuration.catalogue.enabled())

    @property
    def held(self) -> Held | None:
        """The shards whose links may be visited now; None: all."""
        return self.share.held if self.share is not None else None
