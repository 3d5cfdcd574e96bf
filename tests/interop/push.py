"""WebSub: a foreign hub takes our pings, and foreign subscribers hear of a new notice from it and from our own hub."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, Queue
from typing import Any

from feeds.websub import Pusher
from tests.feeds.world import T0, World, make_notice
from tests.interop.finding import Finding
from tests.interop.world import served

PATIENCE = 30  # seconds for a foreign program to say something
TITLE = "第999号提示：此条由推送得知"
HERE = Path(__file__).parent
LOCAL = 'allow_addresses = ["127.0.0.1/32"]'


class Party:
    """A foreign program that subscribes, and says on its stdout, a line of JSON each, what happens to it."""

    def __init__(self, command: list[str]) -> None:
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
        self._process = subprocess.Popen(command, text=True, **pipes)
        self._said: Queue[dict[str, Any]] = Queue()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.startswith("{"):
                self._said.put(json.loads(line))

    def subscribe(self, topic: str, hub: str) -> None:
        """Have it subscribe; where ``hub`` is "" it finds the hub itself."""
        assert self._process.stdin is not None
        print(json.dumps({"topic": topic, "hub": hub}), file=self._process.stdin, flush=True)

    def wait(self, event: str) -> dict[str, Any]:
        """What it says of an event.  Raises Empty when it says nothing of the kind."""
        while True:
            said = self._said.get(timeout=PATIENCE)
            if said["event"] in (event, "error"):
                return said

    def end(self) -> None:
        """End it."""
        self._process.kill()
        self._process.wait()


@contextmanager
def running(command: list[str]) -> Iterator[Party]:
    """A party for the length of the block."""
    party = Party(command)
    try:
        yield party
    finally:
        party.end()


def findings(tools: Path) -> Iterator[Finding | str]:
    """Whether a notice arrives by each way there is."""
    python, modules = tools / "venv" / "bin" / "python", tools / "npm" / "node_modules"
    flask = [str(python), str(HERE / "websub_flask.py")]
    if python.exists():
        yield "flask-websub (PyPI)", "hub and subscriber: a publish of ours arrives", by_their_hub(flask)
        yield "flask-websub (PyPI)", "subscriber at our own hub", by_our_hub(flask)
    else:
        yield "flask-websub (PyPI): could not be installed"
    if shutil.which("node") and modules.is_dir():
        node = [str(shutil.which("node")), str(HERE / "websub.mjs"), str(tools / "npm")]
        yield "pubsubhubbub (npm)", "subscriber at our own hub, signed", by_our_hub(node)
    else:
        yield "pubsubhubbub (npm): node and npm are needed"


def by_their_hub(command: list[str]) -> str:
    """Publish by a foreign hub to a foreign subscriber; the complaint."""
    with running(command) as party, tempfile.TemporaryDirectory() as folder:
        try:
            hub = party.wait("hub")["url"]
        except Empty:
            return "the hub does not start"
        settings = f'{LOCAL}\nwebsub = {{ hub = "{hub}" }}'
        with served(Path(folder), settings) as (base, world):
            return arrives(world, party, f"{base}/feeds/all.atom", hub)


def by_our_hub(command: list[str]) -> str:
    """Publish by our own hub to a foreign subscriber; the complaint."""
    settings = f"{LOCAL}\nwebsub = {{ embedded = true }}"
    with (
        running(command) as party,
        tempfile.TemporaryDirectory() as folder,
        served(Path(folder), settings) as (base, world),
    ):
        return arrives(world, party, f"{base}/feeds/all.atom", f"{base}/hub")


def arrives(world: World, party: Party, topic: str, hub: str) -> str:
    """Whether a subscriber to ``topic`` is verified and then hears of a notice; the complaint."""
    try:
        party.subscribe(topic, hub)
        if (said := party.wait("subscribed"))["event"] == "error":
            return str(said["why"])
        world.remember(make_notice(999, title=TITLE, first_seen=T0 + 9.9e6, updated=T0 + 9.9e6))
        world.publish()
        push(world)
        while TITLE not in (said := party.wait("told")).get("body", ""):  # it may hear of what was due before, too
            if said["event"] == "error":
                return str(said["why"])
    except Empty:
        return f"the notice is not heard of within {PATIENCE} s"
    except BrokenPipeError:
        return "ended by itself"
    return ""


def push(world: World) -> None:
    """Send what is due."""
    asyncio.run(Pusher(world.store, lambda: world.settings).run())
