"""What a changed notice costs the feeds, and how many readers the web side can answer."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.figures import Figure
from benchmarks.world import Watch, free_port, load_meter, started, wait_for, world
from crawler.configuration import Configuration
from crawler.items import notice_json
from crawler.store import Store, open_store
from crawler.store.tables import changes
from crawler.store.tables import notices as notice_rows
from crawler.store.wire import notices
from feeds.publish import publish
from feeds.remembered import Memory

SOURCES = 50
SECONDS = 3.0  # of asking, a figure and round
READERS = 8  # connections at once
FEED = "/feeds/all.atom"


def run(folder: Path, rounds: int) -> list[Figure]:
    """Rendering after one change (floor: json.dumps of the same notices), and answers a second (floor: bare ASGI)."""
    got: dict[str, list[float]] = {}
    with world(folder, SOURCES, crawl={"per_host_delay": "0s", "revisit": ["7d"]}) as watch:
        configuration = Configuration(watch.config)
        store = open_store(configuration.settings.database_url)
        publish(store, configuration.settings, configuration.catalogue)
        for _ in range(rounds):
            for name, value in _render(store, configuration).items():
                got.setdefault(name, []).append(value)
            for name, value in _answers(watch).items():
                got.setdefault(name, []).append(value)
        store.close()
    return _figures({name: tuple(round(v, 2) for v in values) for name, values in got.items()})


def _render(store: Store, configuration: Configuration) -> dict[str, float]:
    """CPU-milliseconds to publish one changed notice, to find nothing to do, and to dump the notices as JSON."""

    def once() -> object:
        return publish(store, configuration.settings, configuration.catalogue, memory=memory)

    def changed() -> float:
        """Of a notice that says something else than before."""
        with store.begin() as tx:
            title = f"{known[0].title} {time.monotonic_ns()}"
            tx.execute(notice_rows.update().where(notice_rows.c.id == known[0].id).values(title=title))
            tx.execute(changes.insert().values(notice_id=known[0].id))
        return _cpu(once)

    memory = Memory()
    with store.read() as tx:
        known = notices.search(tx, notices.Query(limit=60))
    return {
        "unremembered": changed(),
        "changed": changed(),
        "idle": _cpu(once),
        "dumps": _cpu(lambda: json.dumps([notice_json(n) for n in known])),
    }


def _cpu(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return 1000 * (time.process_time() - begun)


def _answers(watch: Watch) -> dict[str, float]:
    """Answers per CPU-second of the server, with and without the reader's ETag, ours and the bare one's."""
    port = free_port()
    bare = [sys.executable, "-m", "benchmarks.floor", "web", str(port), str(watch.folder / "var/feeds/all.atom")]
    got = {}
    servers: dict[str, tuple[AbstractContextManager[Any], int]] = {
        "ours": (watch.daemon(), watch.port),
        "bare": (started(bare), port),
    }
    for name, (server, at) in servers.items():
        with server as process:
            wait_for(partial(_up, at), 30)
            time.sleep(2)  # the daemon's first looks
            for kind in ("304", "200"):
                got[f"{name} {kind}"] = _rate(process.pid, at, kind)
    return got


def _up(port: int) -> int:
    return asyncio.run(_ask(port, b"", 0.01))[0]


def _rate(pid: int, port: int, kind: str) -> float:
    _, etag = asyncio.run(_ask(port, b"", 0.05))
    condition = b"If-None-Match: " + etag + b"\r\n" if kind == "304" else b""
    with load_meter().Tree(pid) as tree:
        answered, _ = asyncio.run(_ask(port, condition, SECONDS, kind.encode()))
    return answered / float(tree.cpu)


async def _ask(port: int, condition: bytes, seconds: float, expect: bytes = b"200") -> tuple[int, bytes]:
    """Ask for one feed again and again on some connections; how many answers, and the feed's ETag."""
    request = b"GET " + FEED.encode() + b" HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n" % port + condition + b"\r\n"
    end = time.monotonic() + seconds
    tags: list[bytes] = []

    async def reader() -> int:
        r, w = await asyncio.open_connection("127.0.0.1", port)
        count = 0
        while time.monotonic() < end:
            w.write(request)
            status, tag = await _answer(r)
            if status != expect:
                raise RuntimeError(f"{FEED}: {status.decode()} instead of {expect.decode()}")
            tags.append(tag)
            count += 1
        w.close()
        return count

    return sum(await asyncio.gather(*(reader() for _ in range(READERS)))), tags[-1] if tags else b""


async def _answer(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    head = await reader.readuntil(b"\r\n\r\n")
    status, *lines = head.lower().split(b"\r\n")
    fields = dict(line.split(b": ", 1) for line in lines if b": " in line)
    if fields.get(b"transfer-encoding") == b"chunked":
        while size := int(await reader.readline(), 16):
            await reader.readexactly(size + 2)
        await reader.readline()
    elif (length := int(fields.get(b"content-length", 0))) and b" 304" not in status:
        await reader.readexactly(length)
    start = head.lower().find(b"etag: ")
    return status.split()[1], head[start + 6 : head.find(b"\r\n", start)] if start >= 0 else b""


def _figures(got: dict[str, tuple[float, ...]]) -> list[Figure]:
    def median(name: str) -> float:
        return sorted(got[name])[len(got[name]) // 2]

    dumps: dict[str, Any] = {"floor": median("dumps"), "floor_is": "json.dumps"}
    said = f"{READERS} connections, loopback; the server's process tree is what is measured"
    return [
        Figure("feeds", "one changed notice published", got["changed"], "ms CPU", **dumps),
        Figure("feeds", "the same by a process that has just begun", got["unremembered"], "ms CPU", **dumps),
        Figure("feeds", "nothing changed", got["idle"], "ms CPU"),
        Figure(
            "feeds",
            "answers 304",
            got["ours 304"],
            "/ CPU-s",
            floor=median("bare 304"),
            floor_is="bare",
            at_least=15_000.0,
            note=said,
        ),
        Figure("feeds", "answers 200", got["ours 200"], "/ CPU-s", floor=median("bare 200"), floor_is="bare"),
    ]
