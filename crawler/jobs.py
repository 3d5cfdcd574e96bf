"""The daemon's coarse jobs, fired by APScheduler, also when somebody sets the machine's clock back."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime

import structlog
from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_MAX_INSTANCES, EVENT_JOB_MISSED, JobEvent
from apscheduler.schedulers.asyncio import AsyncIOScheduler

Work = Callable[[], Awaitable[None]]
log = structlog.get_logger()


def scheduled(jobs: Iterable[tuple[Work, float]]) -> AsyncIOScheduler:
    """A scheduler, to be started, of jobs and how many seconds lie between two runs of each.

    Late is better than never and once is enough, so a misfire always runs, coalesced.
    """
    defaults = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
    scheduler = AsyncIOScheduler(job_defaults=defaults, timezone="UTC")
    for job, seconds in jobs:
        name = getattr(job, "__name__", "job").strip("_")
        scheduler.add_job(job, "interval", seconds=seconds, id=name, next_run_time=datetime.now(UTC))
    scheduler.add_listener(_job_trouble, EVENT_JOB_ERROR | EVENT_JOB_MISSED | EVENT_JOB_MAX_INSTANCES)
    return scheduler


async def go_on_when_set_back(scheduler: AsyncIOScheduler, clock: Callable[[], float] = time.time) -> None:
    """Run every job at once when the machine's clock was set back; APScheduler would wait until it has caught up."""
    ahead = clock() - time.monotonic()
    while True:
        await asyncio.sleep(1)
        before, ahead = ahead, clock() - time.monotonic()
        if ahead < before - 1:
            log.warning("the clock was set back", seconds=round(before - ahead))
            for job in scheduler.get_jobs():
                job.modify(next_run_time=datetime.now(UTC))


def _job_trouble(event: JobEvent) -> None:
    error = getattr(event, "exception", None)
    log.error("job in trouble", job=event.job_id, why=str(error) if error else "still running at its next turn")
