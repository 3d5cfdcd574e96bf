"""Receivers of webhooks: the libraries of Standard Webhooks and Svix, in Python and JavaScript, verify what we sign."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from crawler.config.settings import load_settings
from feeds.alerts import trial
from tests.interop.finding import Finding
from tests.server import Server, answer

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
LIBRARIES = ("standardwebhooks", "svix")
VERIFY = """
import importlib, json, sys
library, secret = sys.argv[1:]
sent = json.load(sys.stdin)
library = importlib.import_module("svix.webhooks" if library == "svix" else library)
library.Webhook(secret).verify(sent["body"], sent["headers"])
"""


def findings(tools: Path) -> Iterator[Finding | str]:
    """Whether each library takes a message of ours, and refuses it when a byte is changed."""
    sent = message()
    node = [str(shutil.which("node")), str(Path(__file__).parent / "receivers.mjs"), str(tools / "npm")]
    programs = {"PyPI": [str(tools / "venv" / "bin" / "python"), "-c", VERIFY], "npm": node}
    folders = {"PyPI": tools / "venv", "npm": tools / "npm" / "node_modules"}
    for registry, command in programs.items():
        for library in LIBRARIES:
            if not folders[registry].is_dir():
                yield f"{library} ({registry}): could not be installed"
                continue
            for what, body in (("our signature", sent["body"]), ("a changed message", sent["body"] + " ")):
                said = verdict([*command, library, SECRET], sent | {"body": body})
                refused = "refused" if said else "taken for ours"
                complaint = said if body == sent["body"] else "" if "ignature" in said else refused
                yield f"{library} ({registry})", what, complaint


def message() -> dict[str, Any]:
    """A signed message as it arrives at a receiver."""
    with tempfile.TemporaryDirectory() as folder, Server({"/": answer(b"ok")}) as receiver:
        file = Path(folder) / "fenghuo.toml"
        hook = f'[[hook]]\nid = "soc"\nurl = "{receiver.url}/"\nsecret = "{SECRET}"\n'
        file.write_text(f'allow_addresses = ["127.0.0.1/32"]\n{hook}', "utf-8")
        asyncio.run(trial.test_alert(load_settings(file), "soc"))
        (request,) = receiver.requests
    headers = {name.lower(): value for name, value in request.headers.items()}
    return {"body": request.body.decode(), "headers": headers}


def verdict(command: list[str], sent: dict[str, Any]) -> str:
    """Why a library refuses a message; "" when it takes it."""
    done = subprocess.run(command, input=json.dumps(sent), capture_output=True, text=True, timeout=60)
    return "" if done.returncode == 0 else (done.stderr.strip().splitlines() or ["no reason"])[-1]
