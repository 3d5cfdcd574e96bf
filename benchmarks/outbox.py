"""How quickly, in how much memory and how evenly a full outbox is emptied: every event to every hook.

`HOOKS=1000 EVENTS=1000 make bench ARGS="outbox --rounds 1"` is the full one (a million deliveries).
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import subprocess
import sys
import time
from array import array
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

import aiohttp
import uvloop

from benchmarks.figures import Figure
from benchmarks.world import ROOT, SECRET, Server, free_port, started, wait_for
from crawler.config.hooks import Hook
from crawler.config.settings import Settings
from crawler.store import open_store
from crawler.store.delivery import outbox
from feeds.alerts.deliver import ALL_AT_ONCE, Deliverer
from feeds.alerts.trial import test_event
from feeds.alerts.webhook import body_of, signed

HOOKS, EVENTS = int(os.environ.get("HOOKS", "100")), int(os.environ.get("EVENTS", "100"))
TEXT = "近期有人以高薪招工为名诱骗群众出境从事电信网络诈骗，请提高警惕，切勿轻信。" * 20
MOST = 256  # MiB that delivering may take, however much waits


def run(folder: Path, rounds: int) -> list[Figure]:
    """Rounds on an outbox of their own each; the floor is the same messages, signed and posted by a bare loop."""
    got: list[dict[str, float]] = []
    port = free_port()
    with started([sys.executable, "-m", "benchmarks.outbox", "sink", str(port)]) as process:
        sink = Server(port, process.pid)
        wait_for(lambda: sink.ctl("count")["all"] == 0, 10)
        for number in range(rounds):
            got.append(_round(sink, folder / f"{number}.db"))
    rate, floor = (tuple(round(g[name]) for g in got) for name in ("rate", "floor"))
    what = f"{HOOKS} hooks x {EVENTS} events"
    return [
        Figure("outbox", f"{what}: deliveries", rate, "1/s", floor=min(floor), floor_is="bare loop"),
        Figure("outbox", f"{what}: peak memory", tuple(round(g["memory"]) for g in got), "MiB", at_most=MOST),
        Figure(
            "outbox",
            f"{what}: least served hook to most served, at half time",
            tuple(round(g["even"], 3) for g in got),
            "",
            at_least=0.3,
        ),
        Figure("outbox", f"{what}: lost or doubled", tuple(g["wrong"] for g in got), "", at_most=0),
    ]


def _round(sink: Server, file: Path) -> dict[str, float]:
    sink.ctl("reset")
    bare = _child("bare", str(sink.port))
    sink.ctl("reset")
    _fill(file)
    ours = _child("deliver", str(file), str(sink.port))
    seen = sink.ctl("count")
    wrong = abs(HOOKS * EVENTS - seen["all"]) + seen["doubled"]
    return {
        "rate": HOOKS * EVENTS / ours["seconds"],
        "floor": bare["posts"] / bare["seconds"],
        "memory": ours["memory"],
        "even": seen["even"],
        "wrong": float(wrong),
    }


def _child(*args: str) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.outbox", *args]
    said: dict[str, float] = json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout)
    return said


def _hooks(port: int) -> tuple[Hook, ...]:
    return tuple(Hook(id=f"h{n}", url=f"http://127.0.0.1:{port}/{n}", secret=SECRET) for n in range(HOOKS))


def _fill(file: Path) -> None:
    """Put the events into the outbox of a new store."""
    store = open_store(f"sqlite:///{file}")
    payload = dict(test_event(Settings(), 0.0).payload) | {"alertable": True, "body": TEXT}
    with store.begin() as tx:
        for n in range(EVENTS):
            said = payload | {"id": f"ntc_{n}", "title": f"通告 {n}"}
            outbox.add(tx, "notice.new", at=time.time(), payload=said, column=f"{n}")
    store.close()


# --------------------------------------------------------------------------------------------------------------------
# What runs in processes of its own


async def _deliver(file: str, port: int) -> dict[str, float]:
    """Empty the outbox; seconds, and the peak of resident memory in MiB."""
    import structlog

    structlog.configure(logger_factory=structlog.PrintLoggerFactory(open(os.devnull, "w")))  # noqa: SIM115, ASYNC230
    store = open_store(f"sqlite:///{file}")
    deliverer = Deliverer(
        store, Settings(hook=_hooks(port), allow_addresses=("127.0.0.1/32",)), owner="bench", chance=lambda: 0.0
    )
    began = time.perf_counter()
    await deliverer.run()
    seconds = time.perf_counter() - began
    await deliverer.close()
    store.close()
    return {"seconds": seconds, "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


async def _bare(port: int, posts: int = 5000) -> dict[str, float]:
    """Sign and post messages, as many at once as we do, and keep no account of them."""
    body, left = body_of(test_event(Settings(), 0.0)), iter(range(posts))

    async def lane(session: aiohttp.ClientSession) -> None:
        for n in left:
            headers = signed(f"evt_bare_{n}", body, time.time(), SECRET)
            async with session.post(f"http://127.0.0.1:{port}/{n % HOOKS}", data=body, headers=headers) as answer:
                await answer.read()

    began = time.perf_counter()
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        await asyncio.gather(*(lane(session) for _ in range(ALL_AT_ONCE)))
    return {"posts": posts, "seconds": time.perf_counter() - began}


class Sink(asyncio.Protocol):
    """Takes whatever is posted, and counts it by hook in the order in which it comes."""

    order: ClassVar = array("H")
    ids: ClassVar[Counter[tuple[bytes, bytes]]] = Counter()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: Any = transport
        self.buffer = bytearray()

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while (end := self.buffer.find(b"\r\n\r\n")) >= 0:
            head = bytes(self.buffer[:end])
            headers = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
            size = int(headers.get(b"content-length", b"0"))
            if len(self.buffer) < end + 4 + size:
                return
            del self.buffer[: end + 4 + size]
            self.transport.write(self.answer(head.split(b" ", 2)[1].lstrip(b"/"), headers))

    def answer(self, path: bytes, headers: dict[bytes, bytes]) -> bytes:
        if path.startswith(b"__ctl/"):
            body = json.dumps(self.control(path[6:].partition(b"?")[0])).encode()
            return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)
        self.order.append(int(path))
        self.ids[path, headers[b"webhook-id"]] += 1
        return b"HTTP/1.1 204 No Content\r\n\r\n"

    def control(self, verb: bytes) -> dict[str, float]:
        if verb == b"reset":
            del self.order[:]
            self.ids.clear()
        half = Counter(self.order[: len(self.order) // 2])
        even = min(half.values()) / max(half.values()) if len(half) == HOOKS else 0.0
        return {"all": len(self.order), "doubled": len(self.order) - len(self.ids), "even": even}


async def _sink(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(Sink, "127.0.0.1", port, backlog=2048)
    await server.serve_forever()


def main(args: Sequence[str]) -> None:
    """Be one of the processes."""
    match args:
        case ["sink", port]:
            uvloop.run(_sink(int(port)))
        case ["deliver", file, port]:
            print(json.dumps(uvloop.run(_deliver(file, int(port)))))
        case ["bare", port]:
            print(json.dumps(uvloop.run(_bare(int(port)))))


if __name__ == "__main__":
    main(sys.argv[1:])
