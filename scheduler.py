"""The daemon: when each part does its work; it starts the parts and watches them.

    crawl      a child process under a watchdog       (crawler.child)
    deliver    alerts out of the outbox               (feeds.alerts)
    publish    feeds whose bytes change               (feeds.publish)
    push       to a hub, or as one                    (feeds.websub)
    web        feeds, page, API                       (feeds.web)

APScheduler fires a few coarse jobs.  What is due, leased, tried and failed lives in the store, so a job that is missed,
late or killed costs time and nothing else.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import pickle
import signal
import socket
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import structlog
import uvloop
from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_MAX_INSTANCES, EVENT_JOB_MISSED, JobEvent
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from crawler import evidencing
from crawler.config import Settings
from crawler.configuration import Configuration
from crawler.exceptions import FenghuoError, StoreError
from crawler.job import new_owner
from crawler.lock import single_instance
from crawler.logging import configure_logging
from crawler.store import Store, columns, links, open_store, outbox, rhythms, tidy
from crawler.watchdog import Watchdog
from feeds.alerts.deliver import Deliverer
from feeds.publish import publish
from feeds.web.app import create_app
from feeds.web.server import listening, make_server
from feeds.web.status import DaemonStatus, try_to_write
from feeds.websub import Pusher

log = structlog.get_logger()


class Daemon:
    """All parts on one asyncio loop, from start to stop."""

    def __init__(self, configuration: Configuration, store: Store, sockets: Sequence[socket.socket]) -> None:
        self.configuration, self.store = configuration, store
        self.status = DaemonStatus()
        self.stopping = asyncio.Event()
        self._sockets = list(sockets)
        self._used, self._told = configuration.settings, configuration.error
        self._delivering: asyncio.Task[None] | None = None
        self._deliverer = Deliverer(store, configuration.settings, owner=new_owner())
        self._pusher = Pusher(store, lambda: configuration.settings)
        self._watchdog = self._new_watchdog()
        self._scheduler = self._schedule()
        self._web = make_server(create_app(configuration, store, self.status))

    async def run(self) -> None:
        """Work until `stopping` is set; then end within ten seconds."""
        self._take_over()
        self.status.started = self.status.stored = self.status.clock()
        web = asyncio.create_task(self._web.serve(sockets=self._sockets))
        delivering = self._delivering = asyncio.create_task(self._deliverer.serve())
        pushing = asyncio.create_task(self._pusher.serve())
        web.add_done_callback(lambda _: self.stopping.set())  # it should not end by itself; a daemon unseen is none
        self._scheduler.start()
        log.info(
            "started", page=self.configuration.settings.base_url, columns=len(self.configuration.catalogue.columns)
        )
        try:
            await self.stopping.wait()
        finally:
            self.status.stopping = True
            await self._stop(web, delivering, pushing)

    # ---- jobs ----------------------------------------------------------------------------------------------------

    def _schedule(self) -> AsyncIOScheduler:
        """The coarse jobs.  Late is better than never and once is enough, so a misfire always runs, coalesced."""
        defaults = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        scheduler = AsyncIOScheduler(job_defaults=defaults, timezone="UTC")
        for job, seconds in (
            (self._watch, 1),
            (self._deliver, 5),
            (self._publish, 1),
            (self._probe, 3),
            (self._reload, 2),
            (self._spend, 300),
            (self._keep, 60),
            (self._stamp, 600),
            (self._tidy, 3600),
        ):
            now = datetime.now(UTC)
            scheduler.add_job(job, "interval", seconds=seconds, id=job.__name__.strip("_"), next_run_time=now)
        scheduler.add_listener(_job_trouble, EVENT_JOB_ERROR | EVENT_JOB_MISSED | EVENT_JOB_MAX_INSTANCES)
        return scheduler

    async def _watch(self) -> None:
        await self._watchdog.watch()
        self.status.crawl_alive = self._watchdog.alive
        self.status.crawl_heartbeat = self._watchdog.heartbeat or None

    async def _deliver(self) -> None:
        """Note that delivery lives; it looks every second by itself, and a receiver that hangs does not stop it."""
        if self._delivering is not None and not self._delivering.done():
            self.status.delivered = self.status.clock()

    async def _publish(self) -> None:
        configuration = self.configuration
        written = await asyncio.to_thread(publish, self.store, configuration.settings, configuration.catalogue)
        self.status.published = self.status.clock()
        if written:
            log.info("published", feeds=len(written))

    async def _probe(self) -> None:
        """Find out whether the database takes writes, so that whoever asks for our health need not."""
        with contextlib.suppress(StoreError):  # /healthz says so
            await asyncio.to_thread(try_to_write, self.store, time.time())
            self.status.stored = self.status.clock()

    async def _reload(self) -> None:
        """Take over what was saved, whoever read it first: an edit of the file is read here, one of the page there."""
        configuration, before = self.configuration, self._used
        configuration.refresh()
        if configuration.settings is not before:
            self._used = configuration.settings
            await self._use(before)
        if configuration.error is not self._told:
            self._told = configuration.error
            if self._told:
                log.error("configuration not read, the last good one stays in force", why=str(self._told))

    async def _use(self, before: Settings) -> None:
        """Go on with what was read anew; ``before``: the settings until now."""
        settings = self.configuration.settings
        self._sync()
        await self._deliverer.use(settings)
        configure_logging(settings)
        log.info("configuration read anew", columns=len(self.configuration.catalogue.columns))
        if self.configuration.waiting:
            log.warning("taken over at the next start", keys=", ".join(self.configuration.waiting))
        if _of_the_crawl(settings) != _of_the_crawl(before):
            await self._watchdog.stop()
            self._watchdog = self._new_watchdog()

    async def _spend(self) -> None:
        await asyncio.to_thread(self._find_paces)

    def _find_paces(self) -> None:
        """What looks may cost, found anew from what was learnt meanwhile."""
        crawl = self.configuration.settings.crawl
        with self.store.begin() as tx:
            rhythms.spend(tx, time.time(), looks_a_day=crawl.looks_a_day, host_looks_a_day=crawl.host_looks_a_day)

    async def _keep(self) -> None:
        await asyncio.to_thread(evidencing.keep, self.store, self.configuration.settings, time.time())

    async def _stamp(self) -> None:
        if at := await asyncio.to_thread(evidencing.stamp, self.store, self.configuration.settings, time.time()):
            log.info("chain stamped", at=at)

    async def _tidy(self) -> None:
        await asyncio.to_thread(tidy.tidy, self.store, time.time())
        if dropped := await asyncio.to_thread(evidencing.tidy, self.store, self.configuration.settings, time.time()):
            log.info("old captures dropped", captures=dropped)

    # ---- start and stop ------------------------------------------------------------------------------------------

    def _take_over(self) -> None:
        """Nobody else works here: what a dead daemon had leased is free."""
        self._sync()
        self._free_leases()
        with self.store.begin() as tx:
            outbox.release(tx)

    def _sync(self) -> None:
        with self.store.begin() as tx:
            columns.sync(tx, self.configuration.catalogue.enabled(), time.time())

    def _free_leases(self) -> None:
        with self.store.begin() as tx:
            columns.release(tx)
            links.release(tx)

    def _new_watchdog(self) -> Watchdog:
        return Watchdog(
            lambda: pickle.dumps(self.configuration),
            self.configuration.settings.crawl.memory,
            on_event=self._deliverer.wake,
            on_death=self._free_leases,
        )

    async def _stop(self, web: asyncio.Task[None], *serving: asyncio.Task[None]) -> None:
        self._scheduler.shutdown(wait=False)
        for task in serving:
            task.cancel()
        self._web.should_exit = True
        parts = (
            self._watchdog.stop(),
            self._deliverer.close(),
            self._pusher.close(),
            asyncio.wait([web], timeout=3),
        )
        await asyncio.gather(*parts, return_exceptions=True)
        with _one_line("last round failed"):
            await self._publish()
        log.info("stopped")


def _of_the_crawl(settings: Settings) -> tuple[Any, ...]:
    """What the crawl takes over by starting anew."""
    return settings.crawl, settings.allow_addresses, settings.respect_robots


def _job_trouble(event: JobEvent) -> None:
    error = getattr(event, "exception", None)
    log.error("job in trouble", job=event.job_id, why=str(error) if error else "still running at its next turn")


@contextlib.contextmanager
def _one_line(what: str) -> Iterator[None]:
    try:
        yield
    except Exception as e:
        log.error(what, why=f"{type(e).__name__}: {e}")


def run(config: str | os.PathLike[str] | None = None) -> int:
    """Run the daemon until SIGTERM or SIGINT.  Raises ConfigError, StoreError, AlreadyRunning."""
    configuration = Configuration(config)
    settings = configuration.settings
    configure_logging(settings)
    with single_instance(settings.data_dir), listening(settings) as sockets:
        store = open_store(settings.database_url)
        try:
            uvloop.run(_run(Daemon(configuration, store, sockets)))
        finally:
            store.close()
    return 0


async def _run(daemon: Daemon) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, daemon.stopping.set)
    await daemon.run()


def main(argv: Sequence[str] = tuple(sys.argv[1:])) -> int:
    """``python scheduler.py [--config F]``."""
    import argparse

    parser = argparse.ArgumentParser(description="The Fenghuo daemon (the same as `fenghuo run`).")
    parser.add_argument("--config", help="configuration file (default: fenghuo.toml here)")
    try:
        return run(parser.parse_args(argv).config)
    except FenghuoError as e:
        print(f"fenghuo: {e}", file=sys.stderr)  # noqa: T201
        return e.exit_code


if __name__ == "__main__":
    sys.exit(main())
