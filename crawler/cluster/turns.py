"""Turns at shards, handed out by procrastinate: queued by the leader, taken by crawls, ended where a crawl has died.

A job is a turn at one shard, not a look: its lock keeps other processes away from these hosts, its queueing lock keeps
a second one from waiting behind the first, and what is to be done there stands in our own tables.  So a dead process's
job is ended and never tried again (procrastinate's `retry_job` fails when a newer one waits, its issue 1543): what it
left is due, and queued anew.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterable, Sequence
from typing import Any

import procrastinate
import structlog
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from procrastinate.jobs import Job, Status
from procrastinate.schema import SchemaManager
from psycopg import AsyncConnection, OperationalError
from sqlalchemy import text

from crawler.cluster.share import Share
from crawler.reading.address import SHARDS
from crawler.store import Store
from crawler.store.processes import BEAT, SILENCE

CRAWL, BROWSER = "crawl", "browser"
"""The queues: shards where something is due that needs no browser, and that needs one."""
AT_ONCE = SHARDS // 2  # turns of one process
_TASK = "look"
_POLL = 1.0  # seconds between two questions for turns whose shard was held when they were queued
_STRAYS = 3.0  # seconds between two comparisons of what is said to run here and what does
_PRUNE = 60.0  # seconds of silence after which a worker's row is of no use to anybody
_LOCK = 0x46485154
Turn = tuple[str, int]
"""Queue and shard."""
log = structlog.get_logger()


def prepare(store: Store) -> None:
    """Make procrastinate's tables where they are missing.  Raises StoreError."""
    with store.begin() as tx:
        tx.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        if tx.scalar(text("SELECT to_regclass('procrastinate_jobs')")) is None:
            tx.exec_driver_sql(SchemaManager.get_schema().replace("%", "%%"))


def make_app(store: Store, *, connections: int = 4) -> procrastinate.App:
    """An app on the same database, to be opened; it has a pool of its own, since it works on the asyncio loop."""
    engine = store.engine
    _, given = engine.dialect.create_connect_args(engine.url)
    connector = procrastinate.PsycopgConnector(
        kwargs=given, min_size=1, max_size=connections, timeout=10.0, configure=_one_statement_each
    )
    return procrastinate.App(connector=connector)


async def _one_statement_each(connection: AsyncConnection) -> None:
    """Spare the server BEGIN and COMMIT around each of procrastinate's statements."""
    await connection.set_autocommit(True)


class Queue:
    """The leader's side, on an opened app.  Every method raises ConnectorException when the database is away."""

    def __init__(self, app: procrastinate.App) -> None:
        self._jobs = app.job_manager

    async def known(self) -> set[Turn]:
        """Turns that wait or are taken: whoever has a turn sees by itself what becomes due meanwhile."""
        return {(job.queue, int(str(job.task_kwargs["shard"]))) for job in await self._jobs.list_jobs_async()}

    async def add(self, turns: Sequence[Turn]) -> None:
        """Queue ``turns``, of which none waits."""
        if turns:
            try:
                await self._jobs.batch_defer_jobs_async([_job(*turn) for turn in turns])
            except AlreadyEnqueued:  # another leader, for a moment; the next round sees what it queued
                log.info("turns were queued by another leader")

    async def end_dead(self) -> int:
        """End the turns of processes that were not heard of for `SILENCE` seconds; returns how many."""
        dead = list(await self._jobs.get_stalled_jobs(seconds_since_heartbeat=SILENCE))
        for job in dead:
            await self._jobs.finish_job(job=job, status=Status.FAILED, delete_job=True)
        await self._jobs.prune_stalled_workers(_PRUNE)
        return len(dead)


def _job(queue: str, shard: int) -> Job:
    return Job(
        queue=queue,
        task_name=_TASK,
        lock=f"shard:{shard}",
        queueing_lock=f"{queue}:{shard}",
        task_kwargs={"shard": shard},
    )


async def take_turns(store: Store, share: Share, queues: Iterable[str], *, pause: float = 1.0) -> None:
    """Take turns for ``share`` until it is closed, also when the database goes away for a while; then cancel it."""
    named = sorted(queues)
    asyncio.get_running_loop().set_exception_handler(_tell)
    while not share.closed:  # the database may go away just while we are cancelled, and hide that
        try:
            await _work(make_app(store), share, named)
        except (ConnectorException, OperationalError, OSError, TimeoutError) as e:
            log.error("no turns to be had, trying again", why=_line(e))
        await asyncio.sleep(pause)


async def _work(app: procrastinate.App, share: Share, queues: list[str]) -> None:
    running = _Running(app, share)
    app.task(name=_TASK, pass_context=True)(running.turn)
    async with app.open_async():
        ending = asyncio.create_task(running.end_strays())
        try:
            await app.run_worker_async(
                queues=queues,
                concurrency=AT_ONCE,
                fetch_job_polling_interval=_POLL,
                update_heartbeat_interval=BEAT,
                stalled_worker_timeout=_PRUNE,
                shutdown_graceful_timeout=2.0,
                delete_jobs="always",
                install_signal_handlers=False,
            )
        finally:
            ending.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await ending


class _Running:
    """The jobs that run here.

    A job whose end could not be written, since the database was just away, would be taken for running as long as this
    process lives, and its shard would be left alone: it is ended when it was twice found not to run.
    """

    def __init__(self, app: procrastinate.App, share: Share) -> None:
        self._jobs, self._share = app.job_manager, share
        self._running: set[int | None] = set()
        self._worker: int | None = None
        self._suspects: set[int | None] = set()

    async def turn(self, context: procrastinate.JobContext, shard: int) -> None:
        """One turn."""
        self._worker = context.job.worker_id
        self._running.add(context.job.id)
        try:
            await self._share.turn(shard)
        finally:
            self._running.discard(context.job.id)

    async def end_strays(self) -> None:
        """End what does not run, until the share is closed."""
        while not self._share.closed:
            await asyncio.sleep(_STRAYS)
            try:
                await self._end_strays()
            except (ConnectorException, OperationalError) as e:
                log.error("jobs cannot be compared with what runs", why=_line(e))

    async def _end_strays(self) -> None:
        if self._worker is None:
            return
        said = await self._jobs.list_jobs_async(status=Status.DOING.value, worker_id=self._worker)
        idle = {job.id: job for job in said if job.id not in self._running}
        for id in self._suspects & set(idle):
            log.warning("a turn whose end was not written is ended", shard=idle[id].task_kwargs["shard"])
            await self._jobs.finish_job(job=idle[id], status=Status.FAILED, delete_job=True)
        self._suspects = set(idle)


def _tell(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """One line where procrastinate could not write that a turn has ended; it is ended by `_Running` or the leader."""
    error = context.get("exception")
    if isinstance(error, ConnectorException):
        log.warning("the end of a turn was not written", why=_line(error))
    else:
        loop.default_exception_handler(context)


def _line(error: BaseException) -> str:
    told: Any = error.__cause__ or error
    return f"{type(told).__name__}: {' '.join(str(told).split())[:300]}"
