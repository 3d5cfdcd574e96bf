"""Readers who have a feed already are told so before anything is routed: nine requests of ten ask for nothing new."""

from __future__ import annotations

import os
from dataclasses import dataclass

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from crawler.config.catalogue import Catalogue
from crawler.config.settings import Settings
from feeds.web.context import Context

_FEEDS = "/feeds/"
_REMEMBERED = 10_000  # requests whose answer is remembered
Headers = list[tuple[bytes, bytes]]
_Key = tuple[str, bytes, bytes]  # path, If-None-Match, Accept-Encoding: what a 304 depends on beside the file
_Stamp = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class _State:
    """What a 304 depends on beside the request; settings and catalogue are compared by identity."""

    stamp: _Stamp
    settings: Settings
    catalogue: Catalogue

    def holds(self, now: _State) -> bool:
        return self.stamp == now.stamp and self.settings is now.settings and self.catalogue is now.catalogue


class Unchanged:
    """ASGI middleware behind the gate: a 304 is given again, byte for byte, as long as what it said is true.

    It is true while the feed's file, the settings and the catalogue are those of the first answer.  The routes decide;
    here nothing is parsed, only compared.
    """

    def __init__(self, app: ASGIApp, context: Context) -> None:
        self._app, self._context = app, context
        self._known: dict[_Key, tuple[_State, Headers]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as before, or pass the request on and see what it is answered."""
        key = _key(scope)
        state = self._state(key[0]) if key else None
        if key is None or state is None:
            await self._app(scope, receive, send)
        elif (known := self._known.get(key)) and known[0].holds(state):
            await send({"type": "http.response.start", "status": 304, "headers": known[1]})
            await send({"type": "http.response.body", "body": b""})
        else:
            await self._app(scope, receive, self._seeing(send, key, state))

    def _state(self, path: str) -> _State | None:
        """The state of the feed at ``path`` before it is read; None for what is no file of ours."""
        try:
            found = os.stat(f"{self._context.folder}/{path.removeprefix(_FEEDS)}")  # noqa: PTH116 - a Path costs 5 µs
        except (OSError, ValueError):
            return None
        stamp = (found.st_mtime_ns, found.st_ino, found.st_size)
        return _State(stamp, self._context.settings, self._context.catalogue)

    def _seeing(self, send: Send, key: _Key, state: _State) -> Send:
        async def see(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 304:
                if len(self._known) >= _REMEMBERED:
                    self._known.clear()
                self._known[key] = (state, list(message["headers"]))
            await send(message)

        return see


def _key(scope: Scope) -> _Key | None:
    """What is asked, if it is a feed as it is written and the reader says what it has."""
    path = scope["path"] if scope["type"] == "http" else ""
    if not path.startswith(_FEEDS) or scope["query_string"] or scope["method"] not in ("GET", "HEAD"):
        return None
    held, encoding = [], []
    for name, value in scope["headers"]:
        if name == b"if-none-match":
            held.append(value)
        elif name == b"accept-encoding":
            encoding.append(value)
    return (path, b",".join(held), b",".join(encoding)) if held else None
