"""Readers who have a feed already are told so before anything else is done: nine of ten ask for nothing new."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from crawler.config.catalogue import Catalogue
from crawler.config.settings import Settings
from crawler.disk import Stamp, stamp
from feeds.web.callers import FORWARDED, is_loopback
from feeds.web.context import Context
from feeds.web.gate import MOST_HEADERS
from feeds.web.tickets import without_token

_FEEDS = "/feeds/"
_REMEMBERED = 10_000  # requests whose answer is remembered
_WEIGHED = frozenset({b"cookie", b"authorization", b"content-length", *(name.encode() for name in FORWARDED)})
Headers = list[tuple[bytes, bytes]]
_Key = tuple[str, bytes, str, bytes, bytes, bytes]
"""Path, query, who asks, Host, If-None-Match, Accept-Encoding: what a 304 depends on beside file and settings."""


@dataclass(frozen=True, slots=True)
class _State:
    """What a 304 depends on beside the request; settings and catalogue are compared by identity."""

    stamp: Stamp
    settings: Settings
    catalogue: Catalogue

    def holds(self, now: _State) -> bool:
        return self.stamp == now.stamp and self.settings is now.settings and self.catalogue is now.catalogue


class Unchanged:
    """ASGI middleware before the gate: a 304 is given again, byte for byte, as long as what it said is true.

    It is true while the feed's file, the settings and the catalogue are those of the first answer, and for whoever asks
    the same from a machine for which the same holds.  Gate and routes decide; here nothing is parsed, only compared,
    and what the gate weighs with more than settings (cookies, tokens in a header, what proxies say) is left to it.
    """

    def __init__(self, app: ASGIApp, context: Context) -> None:
        self._app, self._context = app, context
        self._known: dict[_Key, tuple[_State, Headers]] = {}
        self._folder = (context.settings, str(context.folder))

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
        settings = self._context.settings
        if self._folder[0] is not settings:
            self._folder = (settings, str(self._context.folder))
        found = stamp(f"{self._folder[1]}/{path.removeprefix(_FEEDS)}")  # as text: a Path costs 5 µs
        return _State(found, settings, self._context.catalogue) if found else None

    def _seeing(self, send: Send, key: _Key, state: _State) -> Send:
        async def see(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 304:
                if len(self._known) >= _REMEMBERED:
                    self._known.clear()
                self._known[key] = (state, list(message["headers"]))
            await send(message)

        return see


def _key(scope: Scope) -> _Key | None:
    """What is asked, if it is a feed as it is written, the reader says what it has, and no more is to be weighed."""
    path = scope["path"] if scope["type"] == "http" else ""
    if not path.startswith(_FEEDS) or scope["method"] not in ("GET", "HEAD"):
        return None
    query = scope["query_string"]
    if query and without_token(query.decode("latin-1")):
        return None
    headers = scope["headers"]
    said = dict(headers)
    if b"if-none-match" not in said or len(said) < len(headers) or not _WEIGHED.isdisjoint(said):
        return None
    if sum(map(len, said)) + sum(map(len, said.values())) > MOST_HEADERS:
        return None
    peer = (scope.get("client") or ("127.0.0.1",))[0]
    who = peer if is_loopback(peer) else ""  # who asks from elsewhere is nobody, whatever the address (role_by_address)
    held, encoding = said[b"if-none-match"], said.get(b"accept-encoding", b"")
    return (path, query, who, said.get(b"host", b""), held, encoding)
