"""The HTTP server, as a guest in the daemon's event loop."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from typing import Any

import uvicorn
from starlette.types import ASGIApp

from crawler.config.settings import Settings
from crawler.exceptions import ConfigError
from feeds.web.impatient import Impatient

_MOST_CONNECTIONS = 1000
_KEEP_ALIVE = 15  # seconds
_GRACE = 3  # seconds for answers under way when the daemon stops


class Server(uvicorn.Server):
    """uvicorn without hands on the signals: the daemon stops it by ``should_exit = True``."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals to the daemon."""
        yield


@contextlib.contextmanager
def listening(settings: Settings) -> Iterator[list[socket.socket]]:
    """The sockets of ``settings.listen`` for the length of the block; connections wait until somebody serves them.

    Taken before anything else starts, so that a daemon nobody could look at does no work.  Raises ConfigError.
    """
    with contextlib.ExitStack() as opened:
        try:
            there = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
            sockets = [opened.enter_context(_bound(family, address)) for family, *_, address in there]
        except OSError as e:
            said = f"listen = {settings.listen!r}: {e.strerror}; end what is there, or set another listen"
            raise ConfigError(said) from e
        yield sockets


def _bound(family: int, address: tuple[Any, ...]) -> socket.socket:
    opened = socket.socket(family, socket.SOCK_STREAM)
    try:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a restart need not wait for old connections
        if family == socket.AF_INET6:
            opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)  # as "localhost" is both, each its own
        opened.bind(address)
        opened.listen()
    except OSError:
        opened.close()
        raise
    return opened


def make_server(app: ASGIApp) -> Server:
    """A server for ``app``; run it with ``await server.serve(sockets)``, the sockets those of `listening`.

    It writes no access log, for an address may carry a token, and believes no X-Forwarded header.
    """
    config = uvicorn.Config(
        app,
        http=Impatient,
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=_MOST_CONNECTIONS,
        timeout_keep_alive=_KEEP_ALIVE,
        timeout_graceful_shutdown=_GRACE,
    )
    return Server(config)
