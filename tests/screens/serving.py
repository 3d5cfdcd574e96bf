"""The house on a real port, for a real browser."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn

from feeds.web.app import create_app
from feeds.web.status import DaemonStatus
from tests.screens.showcase import NOW, House


@contextmanager
def serving(house: House, app: Any = None) -> Iterator[str]:
    """The address at which the house is shown."""
    status = DaemonStatus(
        clock=lambda: 1000.0,
        started=990.0,
        crawl_alive=True,
        crawl_heartbeat=1000.0,
        delivered=1000.0,
        published=1000.0,
        stored=1000.0,
    )
    app = app or create_app(house.configuration, house.store, status, now=lambda: NOW)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off", timeout_graceful_shutdown=1))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(10)
