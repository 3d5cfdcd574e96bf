"""Many processes on one PostgreSQL: what a second crawl adds, whether hosts are spared, and what survives which death.

speed       lists that are always due: polls for each CPU-second of the busier of two crawls, beside one crawl's.
            On a machine with two cores, on which the publishers and PostgreSQL run as well, wall time cannot show it.
politeness  four hosts with several columns each, two crawls, a pause of a second: gaps as the publishers saw them
storm       a crawl is killed, PostgreSQL is restarted, the leader is killed, while warnings are published
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from sqlalchemy import create_engine, text

from benchmarks.figures import Figure
from benchmarks.postgres import Postgres, binaries, postgres
from benchmarks.world import ROOT, Server, Watch, end, list_url, load_meter, sink, site, wait_for
from crawler.store.leadership import SCHEDULE, SPACE

FAST, POLITE, STORMY = 120, 4, 40  # publishers
MANY = 24  # columns of each fast one: more than both crawls can look at, so that neither ever waits for work
SPAN = 20.0  # seconds over which speed is measured
CALM = 12.0  # seconds before the first blow, and after each has been recovered from
WITHIN = 30.0  # seconds in which every column has to be looked at again
EVERY = 3.0  # seconds between two looks at a column in the storm
PAUSE = 0.4  # seconds between two publications


def run(folder: Path, rounds: int) -> list[Figure]:
    """All three; nothing where PostgreSQL is not installed."""
    if binaries() is None:
        print("skipped, PostgreSQL is not installed (Debian: apt install postgresql)", end=" ")
        return []
    folder.chmod(0o755)
    figures = []
    for n, part in enumerate((_speed, _politeness, _storm)):
        place = folder / str(n)
        place.mkdir()
        place.chmod(0o755)
        with postgres(place) as server:
            figures += part(place, server, rounds)
    return figures


# --------------------------------------------------------------------------------------------------------------------
# Fenghuos that share a database


@dataclass
class Shared(Watch):
    """A Fenghuo of several processes.  ``pause``: seconds between two requests to a host."""

    server: Postgres | None = None
    columns: int = 1  # of each publisher, all at one address

    def __post_init__(self) -> None:
        """Write the configuration and make the database."""
        super().__post_init__()
        subprocess.run([*self.command, "migrate"], cwd=ROOT, check=True, capture_output=True, timeout=60)

    def _source(self, row: dict[str, Any]) -> str:
        i, address = row["source"], list_url(self.publishers, row["source"])
        head = f'id = "s{i}"\nname = "{row["name"]}"\nauthority = "ministry"\n'
        return head + "".join(
            f'[[column]]\nid = "c{n}"\nurl = "{address}?c={n}"\n{self.column}\n' for n in range(self.columns)
        )

    def _settings(self) -> str:
        assert self.server is not None
        return f'database_url = "{self.server.url}"\n' + super()._settings()

    def ask(self, sql: str, **given: Any) -> list[tuple[Any, ...]]:  # type: ignore[override]
        """Read the store beside whoever writes it."""
        assert self.server is not None
        engine = create_engine(self.server.url)
        try:
            with engine.connect() as tx:
                return [tuple(row) for row in tx.execute(text(sql), given)]
        finally:
            engine.dispose()

    def start(self, *roles: str, port: int | None = None) -> subprocess.Popen[bytes]:
        """A daemon in these roles; one with `web` needs a port of its own."""
        env = os.environ | ({"FENGHUO_LISTEN": f"127.0.0.1:{port}"} if port else {})
        with (self.folder / f"{'-'.join(roles)}.log").open("ab") as log:
            command = [*self.command, "run", "--role", ",".join(roles)]
            return subprocess.Popen(command, cwd=ROOT, stderr=log, stdout=log, env=env, start_new_session=True)

    @contextmanager
    def daemons(self, *each: Sequence[str]) -> Iterator[list[subprocess.Popen[bytes]]]:
        """One daemon for each list of roles, until the end of the block."""
        running = [self.start(*roles) for roles in each]
        try:
            yield running
        finally:
            for process in running:
                end(process)

    def crawls(self) -> int:
        """Crawls that were heard of."""
        return int(self.ask("SELECT count(*) FROM processes WHERE roles LIKE '%crawl%'")[0][0])


def _started(watch: Shared, crawls: int) -> None:
    if not wait_for(lambda: watch.crawls() >= crawls, 60):
        raise RuntimeError(f"{crawls} crawls did not start; see {watch.folder}")


# --------------------------------------------------------------------------------------------------------------------
# Speed


def _speed(folder: Path, server: Postgres, rounds: int) -> list[Figure]:
    meter, one, two, shares = load_meter(), [], [], []
    with ExitStack() as stack:
        publishers = stack.enter_context(site(FAST, "--history", "2"))
        settings, column = {"per_host_delay": "0s", "concurrency": 64}, 'every = "200ms"\nfixed = true'
        watch = Shared(folder, publishers, FAST, crawl=settings, column=column, server=server, columns=MANY)
        watch.poll()
        with watch.daemons(["scheduler"]):
            for _ in range(rounds):
                one.append(_polls(meter, watch, 1)[0])
                rate, share = _polls(meter, watch, 2)
                two.append(rate)
                shares.append(share)
    gain = tuple(round(b / a, 2) for a, b in zip(one, two, strict=True))
    return [
        Figure("cluster", "polls a CPU-second, one crawl", tuple(one), "1/s"),
        Figure(
            "cluster", "two crawls, of the busier one", tuple(two), "1/s", note="both crawls' polls, lists always due"
        ),
        Figure("cluster", "gain by a second crawl", gain, "x", at_least=1.8),
        Figure("cluster", "share of the less busy crawl", tuple(shares), "%", note="of both crawls' CPU-seconds"),
    ]


def _polls(meter: Any, watch: Shared, crawls: int) -> tuple[float, float]:
    """Polls for each CPU-second of the busiest crawl; and the share of the least busy one in all CPU-seconds, in %."""
    with watch.daemons(*[["crawl"]] * crawls) as running:
        _started(watch, crawls)
        _more(watch, 2 * FAST)
        trees = [meter.Tree(process.pid) for process in running]
        before = watch.looks()
        with ExitStack() as stack:
            for tree in trees:
                stack.enter_context(tree)
            time.sleep(SPAN)
        looks = watch.looks() - before
    spent = [tree.cpu for tree in trees]
    return round(looks / max(spent), 1), round(100 * min(spent) / sum(spent), 1)


def _more(watch: Watch, number: int) -> None:
    goal = watch.looks() + number
    if not wait_for(lambda: watch.looks() >= goal, 60):
        raise RuntimeError(f"no {number} looks in 60 s; see {watch.folder}")


# --------------------------------------------------------------------------------------------------------------------
# Politeness


def _politeness(folder: Path, server: Postgres, rounds: int) -> list[Figure]:
    with site(3 * POLITE, "--history", "6") as publishers:
        column = 'every = "2s"\nfixed = true'
        crawl = {"per_host_delay": "1s"}
        watch = Shared(folder, publishers, 3 * POLITE, crawl=crawl, column=column, server=server, columns=3)
        _keep_some(watch)
        with watch.daemons(["scheduler"], ["crawl"], ["crawl"]):
            _started(watch, 2)
            _more(watch, 3 * POLITE)
            publishers.ctl("reset")
            seen = _who(watch, 30.0)
            stats = publishers.ctl("stats")
    hosts = {shard: len(workers) for shard, workers in seen.items()}
    asked = sum(n for status, n in stats["totals"].items() if status in ("200", "304"))
    both, gap = sum(n > 1 for n in hosts.values()), round(stats["per_source_min_gap_s"], 3)
    note = f"{asked} requests to {POLITE} hosts with 3 columns each; {both} of the hosts were asked by both crawls"
    return [
        Figure("cluster", "shortest gap at a host", (gap,), "s", at_least=1.0, note=note),
        Figure("cluster", "requests at once at a host", (stats["per_source_max_concurrent"],), "", at_most=1.0),
    ]


def _keep_some(watch: Shared) -> None:
    """Watch `POLITE` publishers whose articles stand where their lists do: some name them at one host for all."""
    here = []
    for i in range(watch.count):
        with urlopen(list_url(watch.publishers, i), timeout=10) as page:
            if b"//127.0.0.1:" not in page.read():
                here.append(i)
    for i in set(range(watch.count)) - set(here[:POLITE]):
        (watch.folder / "sources" / f"s{i}.toml").unlink()


def _who(watch: Shared, seconds: float) -> dict[int, set[int]]:
    """The workers that had a turn at each shard."""
    seen: dict[int, set[int]] = {}
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        sql = "SELECT (args->>'shard')::int, worker_id FROM procrastinate_jobs WHERE status = 'doing'"
        for shard, worker in watch.ask(sql):
            seen.setdefault(shard, set()).add(worker)
        time.sleep(0.1)
    return seen


# --------------------------------------------------------------------------------------------------------------------
# Storm


def _storm(folder: Path, server: Postgres, rounds: int) -> list[Figure]:
    meter = load_meter()
    with ExitStack() as stack:
        publishers = stack.enter_context(site(STORMY, "--history", "6"))
        hook = stack.enter_context(sink())
        column, crawl = f'every = "{EVERY:g}s"\nfixed = true', {"per_host_delay": "0s"}
        watch = Shared(folder, publishers, STORMY, hook=hook, crawl=crawl, column=column, server=server)
        roles = (["scheduler", "deliver"], ["scheduler", "deliver"], ["crawl"], ["crawl"])
        running = stack.enter_context(watch.daemons(*roles))
        _started(watch, 2)
        if not wait_for(
            lambda: watch.ask("SELECT count(*) FROM columns WHERE last_look IS NOT NULL")[0][0] == STORMY, 180
        ):
            raise RuntimeError(f"the baseline was not made; see {folder}")
        time.sleep(2 * EVERY)
        hook.ctl("clear")
        events = len(publishers.ctl("log"))
        with _publishing(publishers):
            took = {what: _blow(meter, watch, server, running, what) for what in ("crawl", "postgres", "leader")}
        published = [e["title"] for e in publishers.ctl("log", since=events) if e["event"] == "publish"]
        wait_for(lambda: len(hook.ctl("log")) >= len(published), WITHIN)
        time.sleep(EVERY)
        return _figures(watch, hook, published, took)


@contextmanager
def _publishing(publishers: Server) -> Iterator[None]:
    """Publish warnings until the end of the block."""
    ended, chance = threading.Event(), random.Random(7)

    def go_on() -> None:
        while not ended.wait(PAUSE):
            publishers.ctl("publish", source=chance.randrange(STORMY), kind="warning")

    thread = threading.Thread(target=go_on)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _blow(meter: Any, watch: Shared, server: Postgres, running: list[subprocess.Popen[bytes]], what: str) -> float:
    """Deal it; seconds until every column was looked at again, at most `WITHIN` and as much again.

    Those that PostgreSQL itself takes to come back (0.3, two of seventy times 10) are not counted.
    """
    time.sleep(CALM)
    at = time.time()
    if what == "postgres":
        server.restart()
        at = time.time()
    else:
        victim = running[2] if what == "crawl" else next(p for p in running[:2] if p.pid == _leader(watch))
        n = running.index(victim)
        for pid in meter.tree(victim.pid):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        victim.wait()
        time.sleep(10)  # the others have to do without it
        running[n] = watch.start(*(["crawl"] if what == "crawl" else ["scheduler", "deliver"]))
    wait_for(lambda: _looked(watch, at) is not None, 2 * WITHIN)
    return round(_looked(watch, at) or 2 * WITHIN, 1)


def _looked(watch: Shared, at: float) -> float | None:
    """Seconds from ``at`` until each column had been looked at; None before that."""
    sql = 'SELECT count(*), max(first) FROM (SELECT min(at) AS first FROM looks WHERE at > :at GROUP BY "column") f'
    number, last = watch.ask(sql, at=at)[0]
    return float(last) - at if number == STORMY else None


def _leader(watch: Shared) -> int:
    """The process id of who holds the lock of leadership: that of its connection's client."""
    sql = "SELECT client_port FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE locktype = 'advisory' AND granted"
    (port,) = watch.ask(f"{sql} AND classid = {SPACE + SCHEDULE}")[0]
    found = subprocess.run(["ss", "-tnpH", f"sport = :{port}"], capture_output=True, text=True, check=True, timeout=10)
    return int(found.stdout.split("pid=")[1].split(",")[0])


def _figures(watch: Shared, hook: Server, published: list[str], took: dict[str, float]) -> list[Figure]:
    rows = hook.ctl("log")
    ids = Counter(row["headers"]["webhook-id"] for row in rows)
    told = {
        event[0]: event[1]
        for event in watch.ask("SELECT e.id, n.title FROM events e JOIN notices n ON n.id = notice_id")
    }
    titles, printed = Counter(told.get(id, id) for id in ids), Counter(published)  # two offices may print one title
    twice = watch.ask(
        'SELECT count(*) FROM (SELECT at - lag(at) OVER (PARTITION BY "column" ORDER BY at) AS gap FROM looks) g'
        f" WHERE gap < {EVERY / 2}"
    )[0][0]
    names = {"crawl": "a crawl killed", "postgres": "PostgreSQL restarted", "leader": "the leader killed"}
    note = f"{len(published)} warnings published, {len(rows)} webhooks"
    return [
        *[Figure("cluster", f"{names[what]}: all looked at", (s,), "s", at_most=WITHIN) for what, s in took.items()],
        Figure("cluster", "warnings lost", (sum((printed - titles).values()),), "", at_most=0.0, note=note),
        Figure("cluster", "warnings told under two ids", (sum((titles - printed).values()),), "", at_most=0.0),
        Figure("cluster", "webhooks sent twice", (sum(n - 1 for n in ids.values()),), "", at_most=0.0),
        Figure("cluster", "looks made twice", (twice,), "", at_most=0.0),
    ]
