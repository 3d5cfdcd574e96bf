"""A mail server for tests: it takes what it is told to take, and remembers it; loopback, ephemeral port."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP

DROP = "drop"  # the connection is cut when the message has been taken in
HANG = "hang"


class Sink:
    """Answers the messages in turn with ``replies``, the last one for ever."""

    def __init__(self, *replies: str, recipients: dict[str, str] | None = None, farewell: str = "221 Bye") -> None:
        self.replies, self.recipients, self.farewell = list(replies), recipients or {}, farewell
        self.mails: list[EmailMessage] = []  # all that were sent, accepted or not
        self.envelopes: list[Any] = []
        self.port = 0

    async def handle_RCPT(self, _server: SMTP, _session: Any, envelope: Any, address: str, _options: Any) -> str:
        reply = self.recipients.get(address, "250 OK")
        if reply.startswith("250"):
            envelope.rcpt_tos.append(address)
        return reply

    async def handle_DATA(self, server: SMTP, _session: Any, envelope: Any) -> str:
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))  # type: ignore[arg-type]
        self.envelopes.append(envelope)
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        if reply == DROP:
            server.transport.abort()
        if reply == HANG:
            await asyncio.sleep(60)
        return reply

    async def handle_QUIT(self, _server: SMTP, _session: Any, _envelope: Any) -> str:
        if self.farewell == HANG:
            await asyncio.sleep(60)
        return self.farewell


@asynccontextmanager
async def serving(sink: Sink, **options: Any) -> AsyncIterator[Sink]:
    """Serve ``sink`` in this loop."""
    loop = asyncio.get_running_loop()
    make: Callable[[], SMTP] = lambda: SMTP(sink, hostname="mx.example", loop=loop, **options)  # noqa: E731
    server = await loop.create_server(make, "127.0.0.1", 0)
    sink.port = server.sockets[0].getsockname()[1]
    try:
        yield sink
    finally:
        server.close()
