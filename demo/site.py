"""The replay site: six publishers, each on a port of its own on 127.0.0.1, served by one event loop."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from demo.publishers import FeedPublisher, JsonPublisher, Publisher
from demo.texts import read_texts

FIRST_PORT = 8751  # the ports that demo/sources/*.toml name, in the order of CAST
HOST = "127.0.0.1"
QUIET = 2.0  # seconds without a first request to anything: the history has been read


def cast() -> list[Publisher]:
    """The six publishers, in the order of their ports, with their history but for what the story publishes later."""
    publishers = [
        Publisher("ministry", "示范外事部"),
        Publisher("police", "示范市公安局", charset="gbk", declared=None),
        FeedPublisher("consular", "示范领事服务网"),
        JsonPublisher("regulator", "示范金融监督管理局"),
        Publisher("newspaper", "示范日报"),
        Publisher("aggregator", "示范资讯网"),
    ]
    for publisher in publishers:
        publisher.stock(t for t in read_texts(publisher.id) if t.days)
    return publishers


class Site:
    """Publishers behind sockets; ``also`` are further applications to serve in the same loop, after them."""

    def __init__(self, *also: ASGIApp, first_port: int = FIRST_PORT) -> None:
        """Bind the ports; 0 takes free ones.  Raises OSError when a port is taken."""
        self.publishers = {p.id: p for p in cast()}
        apps = [*(p.app() for p in self.publishers.values()), *also]
        self.sockets = bind(len(apps), first_port)
        self.ports = [s.getsockname()[1] for s in self.sockets]
        self._apps = dict(zip(self.ports, apps, strict=True))
        for publisher, port in zip(self.publishers.values(), self.ports, strict=False):
            publisher.base = f"http://{HOST}:{port}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request to the application whose port it came to."""
        await self._apps[scope["server"][1]](scope, receive, send)

    def server(self) -> Server:
        """The server to run with ``serve(sockets=site.sockets)``."""
        return Server(uvicorn.Config(self, lifespan="off", log_level="error", timeout_graceful_shutdown=1))

    def read(self) -> bool:
        """Whether somebody has looked at every publisher and since then found nothing to read for the first time."""
        first_times = [t for p in self.publishers.values() for t in p.asked.values()]
        return all(p.asked for p in self.publishers.values()) and time.monotonic() - max(first_times) > QUIET


class Server(uvicorn.Server):
    """A server that leaves the signals to its caller."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


def bind(count: int, first_port: int) -> Sequence[socket.socket]:
    """``count`` listening sockets on consecutive ports, or on free ones.  Raises OSError naming the port."""
    sockets: list[socket.socket] = []
    for i in range(count):
        port = first_port + i if first_port else 0
        s = socket.socket()
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            s.bind((HOST, port))
            s.listen(128)
        except OSError as e:
            for opened in [*sockets, s]:
                opened.close()
            raise OSError(f"port {port} on {HOST} is taken: {e.strerror}") from e
        sockets.append(s)
    return sockets
