"""The crawl as a child process of the daemon: it crawls, and says on standard output that it is alive.

Standard input brings its orders, with the configuration in force, pickled.  One JSON object a line goes out: {"alive":
looks so far, "rss": bytes} every second, {"event": notice id} at once.  SIGTERM, or the end of standard input (the
daemon is gone), lets what is under way end.
"""

from __future__ import annotations

import asyncio
import json
import os
import pickle
import resource
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import uvloop

from crawler.cluster.share import Share
from crawler.crawl import crawl
from crawler.items import Look
from crawler.job import Job, Orders
from crawler.lighten import settle
from crawler.logging import configure_logging
from crawler.store import open_store
from crawler.warm import warm_up

_GRACE = 6.0  # seconds from being asked to end until it ends by force
BEAT = 1.0  # seconds


def say(**said: Any) -> None:
    """One line to the daemon."""
    sys.stdout.write(json.dumps(said) + "\n")
    sys.stdout.flush()


def resident() -> int:
    """Bytes of memory this process holds now (Linux), or at most held (elsewhere)."""
    try:
        return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


class Beat:
    """Counts looks and says once a second that the loop turns."""

    def __init__(self) -> None:
        self.looks = 0

    def look(self, _look: Look) -> None:
        """One look ended."""
        self.looks += 1

    async def go_on(self) -> None:
        """Say so every second, for ever."""
        while True:
            say(alive=self.looks, rss=resident())
            await asyncio.sleep(BEAT)


async def run(orders: Orders) -> None:
    """Crawl for ever."""
    settings = orders.configuration.settings
    configure_logging(settings)
    beat, stop = Beat(), asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    job = Job(
        orders.configuration,
        open_store(settings.database_url),
        owner=orders.owner,
        on_look=beat.look,
        on_event=lambda notice: say(event=notice),
    )
    tasks = [asyncio.create_task(beat.go_on()), asyncio.create_task(_stop_with_parent(stop))]
    tasks.append(asyncio.create_task(_end_in_time(stop)))
    try:
        async with _sharing(job, orders.roles, stop):
            await crawl(job, stop)
    finally:
        for task in tasks:
            task.cancel()
        job.store.close()


@asynccontextmanager
async def _sharing(job: Job, roles: tuple[str, ...], stop: asyncio.Event) -> AsyncIterator[None]:
    """On a database that many share, take turns with the others for the length of the block."""
    if not job.store.shared:
        yield
        return
    from crawler.cluster.member import membership
    from crawler.cluster.strays import Strays
    from crawler.cluster.turns import prepare, take_turns

    rendered = None if len(roles) > 1 else roles == ("browser",)
    share = job.share = Share(lambda: job.configuration.settings.crawl.per_host_delay, rendered)
    prepare(job.store)
    async with membership(job.store, job.owner, roles, stop.set):
        taking = asyncio.create_task(take_turns(job.store, share, roles))
        searching = asyncio.create_task(Strays(job.store, job.owner, share).search())
        try:
            yield
        finally:
            share.close()
            taking.cancel()
            searching.cancel()
            await asyncio.gather(taking, searching, return_exceptions=True)


async def _stop_with_parent(stop: asyncio.Event) -> None:
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    await reader.read()
    stop.set()


async def _end_in_time(stop: asyncio.Event) -> None:
    """End by force what has not ended by itself: leases run out or are freed, and the work is done again."""
    await stop.wait()
    await asyncio.sleep(_GRACE)
    os._exit(1)


def main() -> None:
    """What `python -m crawler` does."""
    orders = pickle.load(sys.stdin.buffer)  # of the daemon, which alone holds the other end and sends no more  # nosec B301
    warm_up(orders.configuration.catalogue)
    settle()
    uvloop.run(run(orders))
