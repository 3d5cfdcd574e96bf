"""The daemon: when each part does its work; it starts the parts and watches them.

    crawl      a child process under a watchdog       (crawler.child)
    deliver    alerts out of the outbox               (feeds.alerts)
    publish    feeds whose bytes change               (feeds.publish)
    push       to a hub, or as one                    (feeds.websub)
    web        feeds, page, API                       (feeds.web)
    upkeep     what one process does for all          (crawler.upkeep)

APScheduler fires a few coarse jobs.  What is due, leased, tried and failed lives in the store, so a job that is missed,
late or killed costs time and nothing else.

On PostgreSQL several daemons share the work, each in the roles it was given; one of those with the role `scheduler`
leads (crawler.cluster).
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
from collections.abc import Collection, Iterator, Sequence
from typing import Any

import structlog
import uvloop

from crawler.cluster.roles import CRAWLS, ROLES, named_roles
from crawler.config.settings import Settings
from crawler.configuration import Configuration
from crawler.descriptors import enough_descriptors, hold_streams
from crawler.exceptions import FenghuoError, StoreError
from crawler.job import Orders, new_owner
from crawler.jobs import Work, go_on_when_set_back, scheduled
from crawler.lighten import let_go, settle
from crawler.lock import single_instance
from crawler.logging import configure_logging
from crawler.store import Store, open_store
from crawler.store.delivery import bell
from crawler.store.leadership import PUSH, Leadership
from crawler.store.watch import columns, visits
from crawler.upkeep import Upkeep
from crawler.watchdog import Watchdog
from feeds.alerts.deliver import Deliverer
from feeds.following import Following
from feeds.publish import publish
from feeds.remembered import Memory
from feeds.web.app import create_app
from feeds.web.screens import trends
from feeds.web.server import listening, make_server
from feeds.web.status import DaemonStatus, try_to_write
from feeds.websub import Pusher

log = structlog.get_logger()


class Daemon:
    """All parts of its roles on one asyncio loop, from start to stop."""

    def __init__(
        self,
        configuration: Configuration,
        store: Store,
        sockets: Sequence[socket.socket],
        roles: Collection[str] = ROLES,
    ) -> None:
        self.configuration, self.store, self.roles = configuration, store, frozenset(roles)
        self.status = DaemonStatus(roles=self.roles)
        self.stopping = asyncio.Event()
        self._sockets, self._owner, self._crawl_owner = list(sockets), new_owner(), ""
        self._used, self._told = configuration.settings, configuration.error
        self._unwritten = ""  # why the database took no write when it was last tried
        self._delivering: asyncio.Task[None] | None = None
        self._deliverer = Deliverer(store, configuration.settings, owner=self._owner)
        self._following, self._written = Following() if store.shared else None, Memory()
        self._pushing = Leadership(store, PUSH)
        self._pusher = Pusher(store, lambda: configuration.settings, leads=self._pushing.held)
        self._upkeep = Upkeep(configuration, store, schedules="scheduler" in self.roles)
        self._watchdog = self._new_watchdog()
        self._scheduler = scheduled(self._jobs())
        self._app = create_app(configuration, store, self.status) if "web" in self.roles else None
        self._web = make_server(self._app) if self._app is not None else None

    async def run(self) -> None:
        """Work until `stopping` is set; then end within ten seconds."""
        async with self._sharing():
            self._upkeep.take_over()
            self.status.started = self.status.stored = self.status.clock()
            serving = self._serve()
            self._scheduler.start()
            watching = asyncio.create_task(go_on_when_set_back(self._scheduler))
            number = len(self.configuration.catalogue.columns)
            log.info(
                "started", roles=" ".join(self._in_order()), page=self.configuration.settings.base_url, columns=number
            )
            try:
                await self.stopping.wait()
            finally:
                self.status.stopping = True
                await self._stop(*serving, watching)

    def _serve(self) -> list[asyncio.Task[None]]:
        """Start what goes on beside the jobs."""
        serving = []
        if self._web is not None:
            web = asyncio.create_task(self._web.serve(sockets=self._sockets))
            web.add_done_callback(lambda _: self.stopping.set())  # it should not end by itself; a daemon unseen is none
            serving += [web, asyncio.create_task(self._pusher.serve())]
        if "deliver" in self.roles:
            self._delivering = asyncio.create_task(self._deliverer.serve())
            serving.append(self._delivering)
            if self.store.shared:
                serving.append(asyncio.create_task(bell.hear(self.store, self._deliverer.wake)))
        return serving

    def _sharing(self) -> contextlib.AbstractAsyncContextManager[None]:
        """Be one of those who share the database, if it can be shared."""
        if not self.store.shared:
            return contextlib.nullcontext()
        from crawler.cluster.member import membership

        mine = [role for role in self._in_order() if role not in CRAWLS]  # the crawl's process speaks for itself
        return membership(self.store, self._owner, mine)

    def _in_order(self) -> list[str]:
        return [role for role in ROLES if role in self.roles]

    # ---- jobs ----------------------------------------------------------------------------------------------------

    def _jobs(self) -> Iterator[tuple[Work, float]]:
        """What is to be done, and every how many seconds."""
        yield self._reload, 2
        if self.roles & CRAWLS:
            yield self._watch, 1
        if "deliver" in self.roles:
            yield self._deliver, 5
        if "web" in self.roles:
            yield self._publish, 1
            yield self._probe, 3
            yield self._read_ahead, trends.AHEAD
        yield from self._upkeep.jobs()

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
        settings, catalogue = configuration.settings, configuration.catalogue
        written = await asyncio.to_thread(
            publish, self.store, settings, catalogue, following=self._following, memory=self._written
        )
        self.status.published = self.status.clock()
        if written:
            log.info("published", feeds=len(written))

    async def _probe(self) -> None:
        """Find out whether the database takes writes, so that whoever asks for our health need not."""
        try:
            await asyncio.to_thread(try_to_write, self.store, time.time())
        except StoreError as e:  # /healthz says so
            if self._unwritten != (why := str(e)):
                log.error("database not written", why=why)
            self._unwritten = why
        else:
            self._unwritten, self.status.stored = "", self.status.clock()

    async def _read_ahead(self) -> None:
        if self._app is not None:
            with contextlib.suppress(StoreError):  # the reader who asks is told
                await asyncio.to_thread(trends.read_ahead, self._app.state.context)

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
        self._upkeep.follow()
        await self._deliverer.use(settings)
        configure_logging(settings)
        log.info("configuration read anew", columns=len(self.configuration.catalogue.columns))
        if self.configuration.waiting:
            log.warning("taken over at the next start", keys=", ".join(self.configuration.waiting))
        if _of_the_crawl(settings) != _of_the_crawl(before):
            await self._watchdog.stop()
            self._watchdog = self._new_watchdog()

    # ---- start and stop ------------------------------------------------------------------------------------------

    def _new_watchdog(self) -> Watchdog:
        return Watchdog(
            self._orders,
            self.configuration.settings.crawl.memory,
            on_event=self._deliverer.wake,
            on_death=self._bury_crawl,
        )

    def _orders(self) -> bytes:
        """What a new crawl is told."""
        self._crawl_owner = new_owner()
        roles = tuple(role for role in self._in_order() if role in CRAWLS)
        return pickle.dumps(Orders(self.configuration, self._crawl_owner, roles))

    def _bury_crawl(self) -> None:
        """Free what the crawl that died had leased."""
        with self.store.begin() as tx:
            columns.release(tx, self._crawl_owner)
            visits.release(tx, self._crawl_owner)

    async def _stop(self, *serving: asyncio.Task[None]) -> None:
        self._scheduler.shutdown(wait=False)
        web = []
        if self._web is not None:
            self._web.should_exit = True
            web = [asyncio.wait(serving[:1], timeout=3)]
        for task in serving[len(web) :]:
            task.cancel()
        parts = (self._watchdog.stop(), self._deliverer.close(), self._pusher.close(), self._upkeep.close())
        await asyncio.gather(*parts, *web, return_exceptions=True)
        self._pushing.give_up()
        if "web" in self.roles:
            with _one_line("last round failed"):
                await self._publish()
        log.info("stopped")


def _of_the_crawl(settings: Settings) -> tuple[Any, ...]:
    """What the crawl takes over by starting anew."""
    return settings.crawl, settings.allow_addresses, settings.respect_robots


@contextlib.contextmanager
def _one_line(what: str) -> Iterator[None]:
    try:
        yield
    except Exception as e:
        log.error(what, why=f"{type(e).__name__}: {e}")


def run(config: str | os.PathLike[str] | None = None, roles: Sequence[str] = ()) -> int:
    """Run the daemon until SIGTERM or SIGINT.  Raises ConfigError, StoreError, AlreadyRunning."""
    enough_descriptors()
    configuration = Configuration(config)
    settings = configuration.settings
    mine = named_roles(roles, settings)
    configure_logging(settings)
    let_go()
    with contextlib.ExitStack() as held:
        if not settings.database_url.startswith("postgresql"):
            held.enter_context(single_instance(*settings.folders))
        sockets = held.enter_context(listening(settings)) if "web" in mine else []
        store = open_store(settings.database_url)
        held.callback(store.close)
        daemon = Daemon(configuration, store, sockets, mine)
        settle()
        uvloop.run(_run(daemon))
    return 0


async def _run(daemon: Daemon) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, daemon.stopping.set)
    await daemon.run()


def main(argv: Sequence[str] = tuple(sys.argv[1:])) -> int:
    """``python scheduler.py [--config F]``."""
    import argparse

    hold_streams()
    parser = argparse.ArgumentParser(description="The Fenghuo daemon (the same as `fenghuo run`).")
    parser.add_argument("--config", help="configuration file (default: fenghuo.toml here)")
    parser.add_argument("--role", action="append", default=[], help=f"of {', '.join(ROLES)} (default: all)")
    asked = parser.parse_args(argv)
    try:
        return run(asked.config, asked.role)
    except FenghuoError as e:
        print(f"fenghuo: {e}", file=sys.stderr)  # noqa: T201
        return e.exit_code


if __name__ == "__main__":
    sys.exit(main())
