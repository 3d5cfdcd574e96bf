"""The question to a time-stamping authority over HTTP (RFC 3161, 3.4), behind the address guard."""

from __future__ import annotations

import ssl

import aiohttp

from crawler.config.settings import Settings
from crawler.exceptions import AddressRefused, FetchError
from crawler.guard import Guard

_QUERY, _REPLY = "application/timestamp-query", "application/timestamp-reply"
_MOST = 100_000  # bytes of an answer; usual ones have 2,000 to 6,000
_PATIENCE = 30.0  # seconds


async def ask(settings: Settings, url: str, question: bytes) -> bytes:
    """The answer of the authority at ``url``, DER, unchecked.  Raises FetchError."""
    guard = Guard(settings.allow_addresses)
    connector = aiohttp.TCPConnector(ssl=ssl.create_default_context(), socket_factory=guard.socket_factory)
    patience = aiohttp.ClientTimeout(total=_PATIENCE)
    try:
        async with (
            aiohttp.ClientSession(connector=connector, timeout=patience, trust_env=False) as session,
            session.post(url, data=question, headers={"Content-Type": _QUERY}, allow_redirects=False) as answer,
        ):
            body = await answer.content.read(_MOST + 1)
            while len(body) <= _MOST and (more := await answer.content.read(_MOST + 1)):
                body += more
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as e:
        raise FetchError(f"{url}: no time stamp: {_why(e)}") from e
    if answer.status != 200 or answer.content_type != _REPLY or len(body) > _MOST:
        raise FetchError(f"{url}: no time stamp: HTTP {answer.status}, {answer.content_type}, {len(body)} bytes")
    return body


def _why(error: BaseException) -> str:
    """What a client's error says; the guard's word, where it refused the address."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, AddressRefused):
            return str(cause)
        cause = getattr(cause, "os_error", None) or cause.__cause__ or cause.__context__
    return str(error) or type(error).__name__
