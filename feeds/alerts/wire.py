"""One POST to a receiver: its address guarded, its answer bounded in time and size, its secrets in no error text."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import aiohttp

from crawler.config.settings import Settings
from crawler.exceptions import AddressRefused
from crawler.guard import Guard

DEADLINE = 20.0  # seconds from connect to the end of the answer; Standard Webhooks 1.0 asks for 15 to 30
MOST_ANSWER = 65536  # bytes that are read of an answer
_PHRASES = {s.value: s.phrase for s in HTTPStatus}
_LINGER = 1.0  # seconds we read an answer whose status is all that counts, so that the connection can serve again


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: ``status`` is None, and ``error`` says why, when nothing did."""

    status: int | None
    text: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    error: str = ""


class Wire:
    """Connections to receivers, kept open between messages.  Use as an async context manager, or `close` it."""

    def __init__(self, settings: Settings, *, deadline: float = DEADLINE) -> None:
        self.allow = settings.allow_addresses
        self.deadline = deadline
        self._guard = Guard(self.allow)
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                socket_factory=self._guard.socket_factory,
                limit=0,  # a hook may take no connection from another
                keepalive_timeout=4.0,  # common servers close after 5 s; a POST into a closing connection is lost
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=deadline),
            headers={"User-Agent": settings.crawl.user_agent, "Accept-Encoding": "identity"},
            auto_decompress=False,  # an answer of 64 KB may not become 64 MB
            trust_env=False,  # a proxy of the environment would connect behind the guard's back
        )

    async def post(self, url: str, body: bytes, headers: Mapping[str, str], *, read: bool = False) -> Reply:
        """Send ``body``; follows no redirect, raises nothing.  ``read``: the text of the answer matters."""
        return await self._ask("POST", url, body, headers, self.deadline if read else _LINGER)

    async def get(self, url: str) -> Reply:
        """Ask for an address; follows no redirect, raises nothing."""
        return await self._ask("GET", url, None, {}, self.deadline)

    async def _ask(
        self, method: str, url: str, body: bytes | None, headers: Mapping[str, str], patience: float
    ) -> Reply:
        try:
            async with self._session.request(method, url, data=body, headers=headers, allow_redirects=False) as answer:
                text = await _read(answer, patience)
                return Reply(answer.status, text, answer.headers, _moved(answer))
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as e:
            return Reply(None, error=explain(e, self.deadline))

    async def connect(self, host: str, port: int) -> socket.socket:
        """A connection to one of the addresses of ``host``, each judged before it is tried.  Raises OSError."""
        loop, failed = asyncio.get_running_loop(), OSError("the host name does not resolve")
        for info in await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM):
            try:
                connection = self._guard.socket_factory(info)
                connection.setblocking(False)
            except AddressRefused as e:
                failed = e
                continue
            try:
                await loop.sock_connect(connection, info[4])
            except OSError as e:
                failed = e
            except BaseException:
                connection.close()
                raise
            else:
                return connection
            connection.close()
        raise failed

    async def close(self) -> None:
        """Close every connection."""
        await self._session.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, e: BaseException | None, at: TracebackType | None
    ) -> None:
        await self.close()


async def _read(answer: aiohttp.ClientResponse, patience: float) -> str:
    """The first 64 KB of the answer, or what came of it within ``patience`` seconds."""
    got = bytearray()
    try:
        async with asyncio.timeout(patience):
            while len(got) < MOST_ANSWER and (part := await answer.content.read(MOST_ANSWER - len(got))):
                got += part
    except (aiohttp.ClientError, TimeoutError, OSError):
        pass  # the status has come, and says what there is to know
    return got.decode("utf-8", "replace")


def _moved(answer: aiohttp.ClientResponse) -> str:
    """The error of an answer's status: none for 2xx."""
    status = answer.status
    if 200 <= status < 300:
        return ""
    if 300 <= status < 400:
        there = answer.headers.get("Location", "")
        return f"HTTP {status}: redirects are not followed; the address has moved to {redacted(there)}"
    return f"HTTP {status} {_PHRASES.get(status, '')}".strip()


def redacted(url: str) -> str:
    """A hook's address without what may be secret: scheme and host for http(s), the scheme alone for all others."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "…"
    if parts.scheme in ("http", "https"):
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
    return f"{parts.scheme}://…" if parts.scheme else "…"


def explain(e: BaseException, deadline: float) -> str:
    """Why a POST failed, in one line that holds no address, as its path may be a secret."""
    match e:
        case aiohttp.ClientConnectorCertificateError():
            return f"TLS certificate refused: {getattr(e.certificate_error, 'verify_message', 'not valid')}"
        case aiohttp.ClientConnectorSSLError():
            return f"TLS failed: {getattr(e.os_error, 'reason', None) or 'handshake'}"
        case aiohttp.ClientConnectorDNSError():
            return "the host name does not resolve"
        case aiohttp.ClientConnectorError(os_error=AddressRefused() as refused):
            return str(refused)
        case aiohttp.ClientConnectorError():
            return f"cannot connect: {e.os_error.strerror or type(e.os_error).__name__}"
        case TimeoutError():
            return f"no answer within {deadline:g} s"
        case aiohttp.ServerDisconnectedError() | ConnectionResetError():
            return "the connection was closed without an answer"
        case aiohttp.InvalidURL() | ValueError():
            return "not a usable address"
        case ssl.SSLError() | OSError():
            return f"connection failed: {e.strerror or type(e).__name__}"
        case aiohttp.ClientResponseError():  # its message goes on with bytes of the answer
            return f"not an HTTP answer: {e.message.partition(':')[0][:80]}"
    return f"not an HTTP answer: {type(e).__name__}"
