"""The server's side of a connection, which waits for nobody: a request must be told in ten seconds and 64 kB."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

SLOWEST = 10.0  # seconds from the first byte, or from the connection, to the end of the headers
MOST = 65_536  # bytes of headers


class Impatient(HttpToolsProtocol):
    """uvicorn's protocol, with an end to headers that never end.  Bodies the gate bounds (feeds.web.gate)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._deadline: asyncio.TimerHandle | None = None
        self._told = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait."""
        super().connection_made(transport)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """End."""
        self._heard()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what came, if it ends some time."""
        self._told += len(data)
        super().data_received(data)
        if self._deadline and self._told > MOST:
            self._cut()

    def on_message_begin(self) -> None:
        """Begin to wait for the next request on this connection."""
        super().on_message_begin()
        if self._deadline is None:
            self._told = 0
            self._wait()

    def on_headers_complete(self) -> None:
        """Wait no more."""
        self._heard()
        super().on_headers_complete()

    def _wait(self) -> None:
        self._deadline = self.loop.call_later(SLOWEST, self._cut)

    def _heard(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _cut(self) -> None:
        self._heard()
        if not self.transport.is_closing():
            self.transport.abort()
