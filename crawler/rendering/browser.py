"""The crawl's side of the browser: its process starts when a page is asked for, and ends when it hangs or idles."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import itertools
import json
import os
import shutil
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from crawler.config.settings import Settings
from crawler.exceptions import AddressRefused, FetchError, NoBrowser
from crawler.items import Page as Fetched

AT_ONCE = 2  # pages; each costs a browser context of 50-100 MB
MOST_PAGES = 100  # then the process is replaced, since browsers leak
IDLE = 60.0  # seconds without a question after which the process is ended: a browser costs 0.75 GB
START = 20.0  # seconds more for the first page of a process
_GRACE = 5.0  # seconds to end by itself
_OF_THE_WIRE = ("set-cookie", "content-encoding", "content-length", "etag", "last-modified")  # not of what is rendered
_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def find_browser(env: Mapping[str, str] = os.environ) -> str | None:
    """The path of a Chromium: one that ``playwright install`` brought, else the system's; None where there is none."""
    shelf = Path(env.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache" / "ms-playwright")
    brought = sorted(shelf.glob("chromium-*/chrome-linux*/chrome"))
    return str(brought[-1]) if brought else next(filter(None, map(shutil.which, _NAMES)), None)


@dataclass(eq=False)
class _Process:
    """A running process, and who waits for which of its answers."""

    child: asyncio.subprocess.Process
    waiting: dict[int, asyncio.Future[dict[str, Any]]] = field(default_factory=dict)
    listening: asyncio.Task[None] | None = None
    asked: int = 0


class Browser:
    """Renders pages; `close` it."""

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.time) -> None:
        self._settings, self._clock = settings, clock
        self._turns, self._starting = asyncio.Semaphore(AT_ONCE), asyncio.Lock()
        self._numbers = itertools.count(1)
        self._process: _Process | None = None
        self._idle: asyncio.TimerHandle | None = None
        self._ending: set[asyncio.Task[None]] = set()

    async def fetch(self, url: str) -> Fetched:
        """The page at ``url`` when its scripts have run.  Raises FetchError (also NoBrowser, AddressRefused)."""
        async with self._turns:
            process = await self._ready()
            patience = self._settings.crawl.timeout + (START if process.asked == 0 else 0.0)
            process.asked += 1
            try:
                async with asyncio.timeout(patience):
                    said = await self._ask(process, url)
            except TimeoutError:
                self._drop(process)
                raise FetchError(f"{url}: no page from the browser within {patience:.0f} s; it is restarted") from None
            finally:
                self._rest(process)
        return self._page(url, said)

    async def close(self) -> None:
        """End the process and wait for it."""
        if self._idle:
            self._idle.cancel()
        if self._process:
            self._drop(self._process)
        await asyncio.gather(*self._ending, return_exceptions=True)

    async def _ready(self) -> _Process:
        async with self._starting:
            if self._idle:
                self._idle.cancel()
            if self._process and self._process.child.returncode is not None:
                self._drop(self._process)
            if self._process is None:
                self._process = await self._start()
            return self._process

    async def _start(self) -> _Process:
        if (executable := find_browser()) is None:
            raise NoBrowser("no browser; install one: apt install chromium, or playwright install chromium")
        crawl = self._settings.crawl
        orders = {
            "executable": executable,
            "user_agent": crawl.user_agent,
            "timeout": crawl.timeout,
            "most": crawl.max_page,
            "allow": self._settings.allow_addresses,
        }
        pipe, nowhere = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
        command = (sys.executable, "-m", "crawler.rendering.process", json.dumps(orders))
        child = await asyncio.create_subprocess_exec(
            *command, stdin=pipe, stdout=pipe, stderr=nowhere, limit=2 * crawl.max_page + 2**20
        )
        process = _Process(child)
        process.listening = asyncio.create_task(_listen(process))
        return process

    async def _ask(self, process: _Process, url: str) -> dict[str, Any]:
        number = next(self._numbers)
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        process.waiting[number] = answer
        assert process.child.stdin is not None
        try:
            process.child.stdin.write(json.dumps({"id": number, "url": url}).encode() + b"\n")
            return await answer
        finally:
            del process.waiting[number]

    def _rest(self, process: _Process) -> None:
        """Replace a process that has done enough, end one that nobody asks any more."""
        if process is not self._process or process.waiting:
            return
        if process.asked >= MOST_PAGES:
            self._drop(process)
        else:
            self._idle = asyncio.get_running_loop().call_later(IDLE, self._drop, process)

    def _drop(self, process: _Process) -> None:
        if process is self._process:
            self._process = None
        task = asyncio.create_task(_end(process))
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)

    def _page(self, url: str, said: dict[str, Any]) -> Fetched:
        if why := said.get("refused"):
            raise AddressRefused(f"{url}: {why}; allow_addresses can let it through")
        if why := said.get("error"):
            raise FetchError(f"{url}: the browser says {why}")
        body = base64.b64decode(said["body"])
        if len(body) > self._settings.crawl.max_page:
            raise FetchError(f"{url}: the page is larger than {self._settings.crawl.max_page} bytes")
        return Fetched(
            url=said["url"],
            status=said["status"],
            body=body,
            content_type="text/html; charset=utf-8",  # of the markup as it is written down here
            headers={k: v for k, v in said["headers"].items() if k not in _OF_THE_WIRE},
            fetched_at=self._clock(),
            address=said["address"],
        )


async def _listen(process: _Process) -> None:
    """Hand each answer to who waits for it; at the end of the process nobody is left waiting."""
    assert process.child.stdout is not None
    with contextlib.suppress(ValueError):  # a line longer than any page: the rest cannot be told apart
        async for line in process.child.stdout:
            said = json.loads(line)
            if (answer := process.waiting.get(said["id"])) and not answer.done():
                answer.set_result(said)
    for answer in process.waiting.values():
        if not answer.done():
            answer.set_exception(FetchError("the browser's process ended; it is restarted"))


async def _end(process: _Process) -> None:
    """Ask it to end, then end it: the browser ends with the pipes of the process that started it."""
    child = process.child
    if child.stdin is not None:
        child.stdin.close()
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(child.wait(), _GRACE)
    if child.returncode is None:
        child.kill()
        await child.wait()
    if process.listening:
        await asyncio.wait({process.listening}, timeout=_GRACE)
