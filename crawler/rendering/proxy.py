"""The browser's only way to the network: a forward proxy on loopback that connects where the address guard allows.

The guard judges the address that is connected to, so that no redirect, script, frame or rebinding name leads the
browser inside.  It speaks two forms of RFC 9112, section 3.2: absolute-form for http, CONNECT for https.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from urllib.parse import urlsplit

from crawler.guard import Guard

_HEAD = 65_536  # bytes of a request's head
_CONNECT = 10.0  # seconds
_ENDS = (OSError, ValueError, TimeoutError, EOFError, asyncio.LimitOverrunError)  # of a connection, however
_IDLE = 60.0  # seconds without a byte in either direction


class GuardedProxy:
    """Forwards what a browser asks for; ``most``: bytes of one connection's answers, then it is cut."""

    def __init__(self, guard: Guard, most: int) -> None:
        self._guard, self._most = guard, most
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.refused: dict[str, str] = {}  # host -> why it was not connected to
        self.peers: dict[str, str] = {}  # host -> the address that was connected to

    @property
    def port(self) -> int:
        """Where it listens, on 127.0.0.1."""
        return int(self.socket.getsockname()[1])

    async def start(self) -> None:
        """Serve until the loop ends."""
        await asyncio.start_server(self._serve, sock=self.socket, limit=_HEAD)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(*_ENDS):
            async with asyncio.timeout(_CONNECT):
                head = await reader.readuntil(b"\r\n\r\n")
                host, port, first = _wanted(head)
                there = await self._connect(host, port)
            if first is None:
                writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            else:
                there[1].write(first)
            await self._forward((reader, writer), there)
        writer.close()

    async def _connect(self, host: str, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A connection to an address of ``host`` that the guard allows.  Raises OSError."""
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = [str(info[4][0]) for info in found]
        for address in addresses:
            if self._guard.allowed(address):
                self.peers[host] = address
                return await asyncio.open_connection(address, port)
        self.refused[host] = f"address {addresses[0]} is refused ({self._guard.refusal(addresses[0])})"
        raise OSError(self.refused[host])

    async def _forward(
        self,
        here: tuple[asyncio.StreamReader, asyncio.StreamWriter],
        there: tuple[asyncio.StreamReader, asyncio.StreamWriter],
    ) -> None:
        """Pass bytes both ways until either side ends."""
        ways = {asyncio.create_task(_pass(here[0], there[1], self._most))}
        ways.add(asyncio.create_task(_pass(there[0], here[1], self._most)))
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)
        there[1].close()


def _wanted(head: bytes) -> tuple[str, int, bytes | None]:
    """Host, port, and the head to send there (None for a tunnel).  Raises ValueError for what no browser sends."""
    line, _, rest = head.partition(b"\r\n")
    method, target, version = line.decode("ascii").split(" ")
    if method == "CONNECT":
        parts = urlsplit(f"//{target}")
        return parts.hostname or "", parts.port or 443, None
    parts = urlsplit(target)
    if parts.scheme != "http" or not parts.hostname:
        raise ValueError(f"not an http address: {target}")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    kept = [h for h in rest.split(b"\r\n") if h and not h.lower().startswith((b"proxy-", b"connection:"))]
    first = [f"{method} {path} {version}".encode(), *kept, b"Connection: close", b"", b""]
    return parts.hostname, parts.port or 80, b"\r\n".join(first)


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, most: int) -> None:
    passed = 0
    while passed < most and (some := await asyncio.wait_for(reader.read(65_536), _IDLE)):
        passed += len(some)
        writer.write(some)
        await writer.drain()
