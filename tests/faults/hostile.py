"""A hostile server: each case has a loopback address of its own, each path answers with raw bytes or misbehaves."""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Self

NETWORK = "127.77.0.0/16"
"""Where cases live, and what ``allow_addresses`` lets through; all other addresses are forbidden ones."""


@dataclass
class Visit:
    """One request, and the connection it came by."""

    host: str
    path: str
    head: str
    writer: asyncio.StreamWriter

    async def send(self, raw: bytes) -> None:
        self.writer.write(raw)
        await self.writer.drain()

    def reset(self) -> None:
        """End the connection by RST."""
        raw = self.writer.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


Answer = bytes | Callable[[Visit], Awaitable[None]]


def http(body: bytes | str = b"", status: int = 200, reason: str = "X", length: bool = True, **headers: str) -> bytes:
    """An HTTP/1.1 answer; keyword ``Content_Type`` is header Content-Type."""
    raw = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body
    lines = {"Content-Type": "text/html; charset=utf-8", "Connection": "close"}
    lines |= {"Content-Length": str(len(raw))} if length else {}
    lines |= {name.replace("_", "-"): value for name, value in headers.items()}
    head = f"HTTP/1.1 {status} {reason}\r\n" + "".join(f"{k}: {v}\r\n" for k, v in lines.items() if v)
    return head.encode("utf-8") + b"\r\n" + raw


async def hang(visit: Visit) -> None:
    """Say nothing for ever."""
    await asyncio.sleep(60)


async def reset(visit: Visit) -> None:
    """RST before any byte."""
    visit.reset()


def cut(raw: bytes, *, then: Callable[[Visit], Awaitable[None]] | None = None) -> Answer:
    """The first part of an answer, then ``then``, or the end of the connection."""

    async def answer(visit: Visit) -> None:
        await visit.send(raw[: raw.index(b"\r\n\r\n") + 4 + (len(raw) - raw.index(b"\r\n\r\n")) // 2])
        await asyncio.sleep(0.05)
        if then is not None:
            await then(visit)

    return answer


def drip(raw: bytes, every: float) -> Answer:
    """An answer byte by byte."""

    async def answer(visit: Visit) -> None:
        for n in range(len(raw)):
            await visit.send(raw[n : n + 1])
            await asyncio.sleep(every)

    return answer


def endless(head: bytes, chunk: bytes) -> Answer:
    """An answer of chunks without end."""

    async def answer(visit: Visit) -> None:
        await visit.send(head)
        while True:
            await visit.send(b"%x\r\n%s\r\n" % (len(chunk), chunk))

    return answer


@dataclass
class Hostile:
    """``with Hostile() as server: server.at(host)["/path"] = answer``; robots.txt is 404 where nothing else is said."""

    count: int
    sites: dict[str, dict[str, Answer]] = field(default_factory=dict)
    hits: Counter[tuple[str, str]] = field(default_factory=Counter)
    port: int = 0

    def __enter__(self) -> Self:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._do(self._listen())
        return self

    def __exit__(self, *_: object) -> None:
        self._do(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    def host(self, n: int) -> str:
        return f"127.77.{n // 200}.{n % 200 + 1}"

    def at(self, host: str) -> dict[str, Answer]:
        """What ``host`` answers, by path."""
        return self.sites.setdefault(host, {})

    def _do(self, work: Awaitable[None]) -> None:
        asyncio.run_coroutine_threadsafe(_as_coroutine(work), self._loop).result(10)

    async def _listen(self) -> None:
        hosts = [self.host(n) for n in range(self.count)]
        first = await asyncio.start_server(self._serve, hosts[0], 0)
        self.port = first.sockets[0].getsockname()[1]
        rest = [await asyncio.start_server(self._serve, host, self.port) for host in hosts[1:]]
        self._servers = [first, *rest]

    async def _stop(self) -> None:
        for server in self._servers:
            server.close()
        tasks = [t for t in asyncio.all_tasks() if t is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            host, path = writer.get_extra_info("sockname")[0], head.split(" ", 2)[1]
            self.hits[host, path] += 1
            answer = self.sites.get(host, {}).get(path, http("not here", 404))
            if callable(answer):
                await answer(Visit(host, path, head, writer))
            else:
                writer.write(answer)
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        finally:
            writer.close()


async def _as_coroutine(work: Awaitable[None]) -> None:
    await work


@dataclass
class Canary:
    """Listens at forbidden addresses, all on one port; every connection is counted."""

    hosts: tuple[str, ...] = ("127.0.0.1", "127.78.0.1", "::1")
    connections: list[str] = field(default_factory=list)
    port: int = 0

    def __enter__(self) -> Self:
        self._sockets = [socket.create_server((self.hosts[0], 0))]
        self.port = self._sockets[0].getsockname()[1]
        for host in self.hosts[1:]:
            family = socket.AF_INET6 if ":" in host else socket.AF_INET
            self._sockets.append(socket.create_server((host, self.port), family=family))
        for one in self._sockets:
            threading.Thread(target=self._count, args=(one,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        for one in self._sockets:
            one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _count(self, listening: socket.socket) -> None:
        while True:
            try:
                connection, peer = listening.accept()
            except OSError:
                return
            self.connections.append(f"{listening.getsockname()[0]} from {peer[0]}")
            connection.close()
