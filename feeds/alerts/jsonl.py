"""file:// hooks: one line of JSON an event, appended to a file that others tail, or written to standard output.

At least once: a line may come again after a crash, under the same ``id``.  A file that has grown is set aside by
renaming (``alerts.jsonl`` becomes ``alerts.jsonl.1``), as log rotation does, so `tail -F` goes on.
"""

from __future__ import annotations

import asyncio
import json
import os
import stat
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from crawler.config.hooks import Hook
from crawler.config.settings import parse_size
from crawler.items import timestamp
from crawler.store.delivery.outbox import Event
from feeds.alerts.schedule import Answer
from feeds.safe_text import sound

SIZE, KEEP = 100_000_000, 5  # bytes of a file, and how many older ones stay; ``?max=10MB&keep=20`` says otherwise


async def send(hook: Hook, events: Sequence[Event]) -> Answer:
    """Append ``events`` to the hook's file; what is not on the disk is not accepted."""
    try:
        await asyncio.to_thread(_append, hook.url, b"".join(line(e) for e in events))
    except OSError as e:
        return Answer(False, error=f"cannot be written: {e.strerror}")
    except ValueError as e:
        return Answer(False, error=str(e))
    return Answer(True)


def line(event: Event) -> bytes:
    """One event as one line: a webhook's body, whole however long, and the event's id."""
    said = {"id": event.id, "type": event.type, "timestamp": timestamp(event.at), "data": sound(dict(event.payload))}
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _append(url: str, lines: bytes) -> None:
    parts = urlsplit(url)
    asked = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    path = Path(unquote(parts.path))
    _rotate(path, parse_size(asked.get("max", SIZE)), int(asked.get("keep", KEEP)))
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640)
    try:
        kind = os.fstat(handle).st_mode
        if stat.S_ISREG(kind) and _is_torn(path):
            lines = b"\n" + lines  # a crash or a full disk left half a line
        while lines:
            lines = lines[os.write(handle, lines) :]
        if stat.S_ISREG(kind):
            os.fsync(handle)
    finally:
        os.close(handle)


def _is_torn(path: Path) -> bool:
    with open(path, "rb") as file:
        if not file.seek(0, os.SEEK_END):
            return False
        file.seek(-1, os.SEEK_END)
        return file.read(1) != b"\n"


def _rotate(path: Path, size: int, keep: int) -> None:
    """Set the file aside when it has ``size`` bytes; of those set aside the newest ``keep`` stay."""
    with suppress(FileNotFoundError):
        status = path.stat()
        if not stat.S_ISREG(status.st_mode) or status.st_size < size:
            return
        for number in range(max(keep, 1), 0, -1):
            older = path.with_name(f"{path.name}.{number - 1}") if number > 1 else path
            with suppress(FileNotFoundError):
                older.replace(path.with_name(f"{path.name}.{number}"))
