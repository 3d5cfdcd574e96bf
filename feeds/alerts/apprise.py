"""Every other scheme (mail, Slack, Telegram …): Apprise, in a process of its own for each message.

173 services by many hands take no deadline: a receiver that drips its answer would hold a thread for ever, and with it
the messages behind it and the end of the daemon.  A process can be ended.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Sequence

from crawler.config.hooks import Hook
from crawler.store.delivery.outbox import Event
from feeds.alerts.chat import harmless
from feeds.alerts.schedule import Answer
from feeds.alerts.template import told
from feeds.alerts.wire import Wire

_MOST = 3000  # bytes; Apprise cuts further where a service takes less


async def send(wire: Wire, hook: Hook, events: Sequence[Event], base_url: str) -> Answer:
    """Send events through Apprise as one message."""
    text = harmless(await told(hook, events, base_url, _MOST))
    asked = {"url": hook.url, "title": text.title, "body": text.body, "allow": wire.allow, "seconds": wire.deadline}
    try:
        async with asyncio.timeout(wire.deadline):
            error = await _in_a_process(json.dumps(asked).encode())
    except TimeoutError:
        error = f"no answer within {wire.deadline:g} s"
    return Answer(not error, error=error)


async def _in_a_process(asked: bytes) -> str:
    """Have the other process send; returns why it failed, or ""."""
    pipe, nowhere = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
    command = (
        sys.executable,
        "-m",
        "feeds.alerts.apprise_process",
    )  # the address goes by pipe: a command line is public
    process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, stderr=nowhere)
    try:
        said, _ = await process.communicate(asked)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return said.decode() if process.returncode == 0 else f"Apprise's process ended with status {process.returncode}"
