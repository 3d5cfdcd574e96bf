"""`make demo`: starts the replay site, a webhook receiver and the daemon, and tells what happens."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import math
import shutil
import signal
import sys
import time
from collections.abc import AsyncIterator, Sequence
from functools import cached_property
from pathlib import Path

from rich.cells import cell_len
from rich.console import Console
from rich.markup import escape

from crawler.config.settings import Settings, load_settings
from crawler.exceptions import FenghuoError
from crawler.store import Store, open_store
from crawler.store.wire import notices
from demo import ledger
from demo.receiver import Arrival, Receiver
from demo.site import Site
from demo.story import STORY

ROOT = Path(__file__).parent.parent
CONFIG = ROOT / "demo" / "fenghuo.toml"
BASELINE_LIMIT = 60.0  # seconds for the daemon to start and to read the history of six publishers
LAST_WORDS = 4.0  # seconds after the last expected message in which one too many would still be noticed
LONGEST_STOP = 15.0  # seconds; the daemon promises ten
STEP = 0.25  # seconds between two looks of the narrator

console = Console(highlight=False, soft_wrap=True)


class Stopped(Exception):
    """The demo cannot go on; the message says why."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the demo; 0 when all that was expected was seen or the user ended it, 1 when something is missing."""
    parser = argparse.ArgumentParser(prog="make demo", description=__doc__)
    parser.add_argument("--seconds", type=float, help="end by itself, after N seconds at most, and judge what was seen")
    args = parser.parse_args(argv)
    try:
        settings = load_settings(CONFIG)
        demo = Demo(settings)  # takes the ports, so that a second demo does not empty the first one's folder
        shutil.rmtree(settings.data_dir, ignore_errors=True)
        settings.data_dir.mkdir(parents=True)
        return asyncio.run(demo.run(args.seconds))
    except (Stopped, FenghuoError, OSError) as e:
        Console(stderr=True).print(escape(f"demo: {e}"), soft_wrap=True)
        return 1


class Demo:
    """The running parts: the site and the receiver in this process, the daemon in another."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.receiver = Receiver(settings.hook[0].secret or "", self._arrived)
        self.site = Site(self.receiver.app())
        self.started = time.monotonic()
        self.carriers: list[str | None] = []  # sources that carry the ministry's warning

    @cached_property
    def store(self) -> Store:
        """The daemon's store, for reading; opened once the daemon has made it."""
        return open_store(self.settings.database_url)

    async def run(self, seconds: float | None) -> int:
        """Play until Ctrl-C; with ``seconds``, until all was seen or the time is over, and judge.  Raises Stopped."""
        over = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, over.set)
        async with self._serving(), self._daemon() as daemon:
            ends = [self._play(judged=seconds is not None), over.wait(), daemon.wait()]
            playing, ending, dying = tasks = [asyncio.ensure_future(e) for e in ends]
            done, pending = await asyncio.wait(tasks, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            for task in pending:
                task.cancel()
            if playing in done:
                playing.result()
            if dying in done and ending not in done:
                raise Stopped(f"the daemon ended by itself\n{self._end_of_log()}")
        return 0 if seconds is None else self._verdict()

    # -- the parts

    @contextlib.asynccontextmanager
    async def _serving(self) -> AsyncIterator[None]:
        server = self.site.server()
        serving = asyncio.create_task(server.serve(sockets=list(self.site.sockets)))
        try:
            yield
        finally:
            server.should_exit = True
            await serving

    @contextlib.asynccontextmanager
    async def _daemon(self) -> AsyncIterator[asyncio.subprocess.Process]:
        command = (sys.executable, str(ROOT / "scheduler.py"), "--config", str(CONFIG))
        with self._log.open("wb") as log:  # a session of its own: Ctrl-C reaches it through us, once
            daemon = await asyncio.create_subprocess_exec(
                *command, stdout=log, stderr=log, cwd=ROOT, start_new_session=True
            )
        try:
            yield daemon
        finally:
            await _end(daemon)

    @property
    def _log(self) -> Path:
        return self.settings.data_dir / "daemon.log"

    def _end_of_log(self) -> str:
        return "\n".join(self._log.read_text("utf-8", "replace").splitlines()[-8:])

    # -- what happens

    async def _play(self, *, judged: bool) -> None:
        self._say_where_to_look()
        await self._baseline()
        for step in STORY:
            await self._until(time.monotonic() + step.wait)
            while step.after and not any(ledger.subject(a) == step.after for a in self.receiver.arrivals.values()):
                await self._until(time.monotonic() + STEP)
            self._say("[bold]●[/]", step.en, step.zh)
            step.does(self.site)
        while ledger.missing(self.receiver.arrivals.values(), self.carriers):
            await self._until(time.monotonic() + STEP)
        await self._until(time.monotonic() + LAST_WORDS)
        self._say(
            "[bold]●[/]", "The story is told; the site stays as it is. Ctrl-C ends.", "故事讲完，按 Ctrl-C 结束。"
        )
        await self._until(time.monotonic() if judged else math.inf)

    async def _baseline(self) -> None:
        limit = time.monotonic() + BASELINE_LIMIT
        while not self.site.read():
            if time.monotonic() > limit:
                raise Stopped(f"the daemon has not read the site in {BASELINE_LIMIT:.0f} s\n{self._end_of_log()}")
            await asyncio.sleep(STEP)
        self._say("[bold]●[/]", "The history was read and remembered in silence.", "历史内容已静默收录，不发告警。")

    async def _until(self, when: float) -> None:
        """Wait for a moment of the monotonic clock, and notice reprints meanwhile."""
        while (left := when - time.monotonic()) > 0:
            await asyncio.sleep(min(left, STEP))
            self._look_for_reprints()

    def _look_for_reprints(self) -> None:
        """Reprints send nothing, that is the point: they show in the notice's sightings."""
        warning = next((a for a in self.receiver.arrivals.values() if a.data.get("title") == ledger.WARNING), None)
        if warning is None or len(self.carriers) == 3:
            return
        with self.store.read() as tx:
            sightings = notices.get(tx, warning.data["id"]).sightings
        for sighting in sightings[len(self.carriers) :]:
            self.carriers.append(sighting.source)
            if sighting.role != "original":
                number = len(self.carriers)
                self._say(
                    "  [cyan]+[/]",
                    f"the same notice, sighting {number}",
                    f"同一通告的第 {number} 个出处：{sighting.url}",
                )

    def _arrived(self, arrival: Arrival) -> None:
        self._say("  [green]→[/]", f"webhook {arrival.type}, signature good", arrival.about)

    def _verdict(self) -> int:
        arrivals = self.receiver.arrivals.values()
        missing, unexpected = ledger.missing(arrivals, self.carriers), ledger.unexpected(arrivals)
        for word, lines in (("missing", missing), ("unexpected", unexpected)):
            for line in lines:
                console.print(f"[red]{word}[/]  {escape(line)}")
        if not missing and not unexpected:
            console.print("[green]Everything that was expected was seen, and nothing else. 一切如期。[/]")
        return 1 if missing or unexpected else 0

    # -- the telling

    def _say(self, mark: str, en: str, zh: str) -> None:
        console.print(
            f"[dim]{time.monotonic() - self.started:5.1f} s[/] {mark} {escape(en)}\n{'':11}[dim]{escape(zh)}[/]"
        )

    def _say_where_to_look(self) -> None:
        base, sites = self.settings.base_url, [p.base for p in self.site.publishers.values()]
        rows = (
            ("page 网页", f"{base}/"),
            ("alerts feed 告警源", f"{base}/feeds/alerts.atom"),
            ("revisions 修订源", f"{base}/feeds/revisions.atom"),
            ("source health 来源状态", f"{base}/feeds/health.atom"),
            ("publishers 被监测网站", f"{sites[0]}/ministry/ … {sites[-1]}/aggregator/"),
            ("daemon log 日志", str(self._log.resolve())),
        )
        console.print(
            "[bold]Fenghuo demo 烽火演示[/]: six invented publishers, the real daemon, one minute. Ctrl-C ends."
        )
        for name, where in rows:
            console.print(f"  {name}{' ' * (26 - cell_len(name))}{escape(where)}")


async def _end(daemon: asyncio.subprocess.Process) -> None:
    """Ask the daemon to end, and make it end when it does not.  Raises Stopped in the second case."""
    if daemon.returncode is None:
        daemon.terminate()
        try:
            await asyncio.wait_for(daemon.wait(), LONGEST_STOP)
        except TimeoutError:
            daemon.kill()
            raise Stopped(f"the daemon did not end within {LONGEST_STOP:.0f} s") from None


if __name__ == "__main__":
    sys.exit(main())
