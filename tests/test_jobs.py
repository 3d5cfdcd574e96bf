"""The daemon's jobs go on when somebody sets the machine's clock back."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from crawler.jobs import go_on_when_set_back


def test_a_job_that_would_wait_for_the_clock_to_catch_up_runs_at_once() -> None:
    async def work() -> None:
        done, back = asyncio.Event(), 0.0
        scheduler = AsyncIOScheduler(timezone="UTC")
        far = datetime.now(UTC) + timedelta(hours=1)  # what is next after the clock was set back by an hour
        scheduler.add_job(done.set, "interval", seconds=2, next_run_time=far)
        scheduler.start()
        watching = asyncio.create_task(go_on_when_set_back(scheduler, lambda: time.time() - back))
        await asyncio.sleep(0.1)
        back = 3600.0
        await asyncio.wait_for(done.wait(), 20)
        watching.cancel()
        scheduler.shutdown(wait=False)

    asyncio.run(work())


def test_a_clock_that_goes_on_hastens_nothing() -> None:
    async def work() -> None:
        done: list[bool] = []
        scheduler = AsyncIOScheduler(timezone="UTC")
        far = datetime.now(UTC) + timedelta(hours=1)
        scheduler.add_job(done.append, "interval", seconds=2, args=[True], next_run_time=far)
        scheduler.start()
        watching = asyncio.create_task(go_on_when_set_back(scheduler))
        await asyncio.sleep(2.2)
        watching.cancel()
        scheduler.shutdown(wait=False)
        assert done == []

    asyncio.run(work())
