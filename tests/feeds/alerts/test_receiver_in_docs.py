"""The receivers in docs/receive-webhooks.md work as they stand there, and stay short."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
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
COMMANDS = {"python": [sys.executable, "-c"], "js": ["node", "--input-type=module", "--eval"]}
NODE = pytest.mark.skipif(not shutil.which("node"), reason="Node is not installed")


def code(language: str) -> str:
    """The first code block of the page in ``language``."""
    return re.findall(rf"```{language}\n(.+?)```", DOCS.read_text("utf-8"), re.S)[0]


@pytest.fixture(params=["python", pytest.param("js", marks=NODE)])
def receiver(request: pytest.FixtureRequest) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The code of the page as a process, and its address."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = str(s.getsockname()[1])
    env = os.environ | {"WEBHOOK_SECRET": SECRET, "PORT": port, "PYTHONUTF8": "1"}
    out, command = subprocess.PIPE, [*COMMANDS[request.param], code(request.param)]
    with subprocess.Popen(command, env=env, stdout=out, stderr=out, text=True) as process:
        try:
            asyncio.run(until(lambda: _listens(int(port))))
            yield f"http://127.0.0.1:{port}/", process
        finally:
            process.kill()


def _listens(port: int) -> bool:
    with socket.socket() as s:
        return s.connect_ex(("127.0.0.1", port)) == 0


def send(url: str, secret: str | None) -> Answer:
    return asyncio.run(trial.test_alert(settings(hook(url, secret=secret)), "soc"))


def test_it_accepts_what_is_signed_and_nothing_else(receiver: tuple[str, subprocess.Popen[str]]) -> None:
    url, process = receiver
    other = "whsec_b3RoZXIgc2VjcmV0IG9mIDI0IGJ5dGVzIQ=="
    assert send(url, SECRET).status == 204
    assert send(url, other).status == 401
    assert send(url, f"{other} {SECRET}").status == 204
    assert send(url, None).status == 401
    process.kill()
    assert process.stdout is not None
    assert process.stdout.read().count("notice.new 测试消息") == 2


@pytest.mark.parametrize("language", ["python", "js"])
def test_it_is_fifteen_lines_long(language: str) -> None:
    assert len([line for line in code(language).splitlines() if line.strip()]) <= 15
