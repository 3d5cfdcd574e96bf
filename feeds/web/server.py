"""The HTTP server, as a guest in the daemon's event loop."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import uvicorn
from starlette.types import ASGIApp

from crawler.config import Settings

_MOST_CONNECTIONS = 1000
_KEEP_ALIVE = 15  # seconds
_GRACE = 3  # seconds for answers under way when the daemon stops


class Server(uvicorn.Server):
    """uvicorn without hands on the signals: the daemon stops it by ``should_exit = True``."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals to the daemon."""
        yield


def make_server(app: ASGIApp, settings: Settings) -> Server:
    """A server for ``app`` at ``settings.listen``; run it with ``await server.serve()``.

    It writes no access log, for an address may carry a token, and believes no X-Forwarded header.
    """
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
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
