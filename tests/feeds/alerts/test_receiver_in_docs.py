"""The receiver in docs/receive-webhooks.md works as it stands there."""

from __future__ import annotations

import asyncio
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from feeds.alerts import trial
from feeds.alerts.schedule import Answer
from tests.feeds.alerts.given import SECRET, hook, settings, until

DOCS = Path(__file__).parents[3] / "docs" / "receive-webhooks.md"


@pytest.fixture
def receiver() -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The code of the page as a process, and its address."""
    code = re.findall(r"```python\n(.+?)```", DOCS.read_text("utf-8"), re.S)[0]
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = str(s.getsockname()[1])
    env = os.environ | {"WEBHOOK_SECRET": SECRET, "PORT": port, "PYTHONUTF8": "1"}
    out = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", code], env=env, stdout=out, stderr=out, text=True) as process:
        try:
            asyncio.run(until(lambda: _listens(int(port))))
            yield f"http://127.0.0.1:{port}/", process
        finally:
            process.kill()


def _listens(port: int) -> bool:
    with socket.socket() as s:
        return s.connect_ex(("127.0.0.1", port)) == 0


def send(url: str, secret: str) -> Answer:
    return asyncio.run(trial.test_alert(settings(hook(url, secret=secret)), "soc"))


def test_it_accepts_what_is_signed_and_nothing_else(receiver: tuple[str, subprocess.Popen[str]]) -> None:
    url, process = receiver
    assert send(url, SECRET).status == 204
    assert send(url, "whsec_b3RoZXIgc2VjcmV0IG9mIDI0IGJ5dGVzIQ==").status == 401
    process.kill()
    assert process.stdout is not None
    assert process.stdout.read().startswith("notice.new 测试消息")
