"""changedetection.io, a daemon: it is told what to watch over its API, then asked to look at everything at once."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import DEVNULL
from typing import Any
from urllib.request import Request, urlopen

from benchmarks.world import START, Server, free_port, load_meter, started, wait_for

ROUND = 120.0  # seconds that one round may take
_SETTLE = 2.0  # seconds after the last answer in which it compares and writes down what it got
_SETTINGS = {
    "ALLOW_IANA_RESTRICTED_ADDRESSES": "true",  # the simulated publishers are on loopback
    "FETCH_WORKERS": "10",
    "LOGGER_LEVEL": "ERROR",
    "DISABLE_VERSION_CHECK": "true",
}


@dataclass(frozen=True)
class _Daemon:
    """A running one."""

    url: str
    key: str

    def ask(self, method: str, path: str, body: str = "") -> Any:
        """What its API answers."""
        headers = {"x-api-key": self.key, "content-type": "text/plain"}
        asked = Request(f"{self.url}/api/v1/{path}", body.encode() or None, headers, method=method)
        with urlopen(asked, timeout=30) as answer:
            return json.loads(answer.read() or b"null")


@contextmanager
def watching(bin: Path, folder: Path, urls: list[str], publishers: Server) -> Iterator[Callable[[], dict[str, Any]]]:
    """What one round over ``urls`` costs a daemon that has seen them before.  Raises RuntimeError, OSError."""
    port = free_port()
    command = [str(bin / "changedetection.io"), "-d", str(folder), "-h", "127.0.0.1", "-p", str(port)]
    with started(command, stdout=DEVNULL, stderr=DEVNULL, env=os.environ | _SETTINGS) as process:
        url = f"http://127.0.0.1:{port}"
        if not wait_for(lambda: urlopen(url, timeout=5), START):
            raise RuntimeError(f"it did not start within {START:g} s")
        kept = json.loads((folder / "changedetection.json").read_text("utf-8"))
        daemon = _Daemon(url, kept["settings"]["application"]["api_access_token"])
        for example in daemon.ask("GET", "watch"):
            daemon.ask("DELETE", f"watch/{example}")
        publishers.ctl("reset")
        daemon.ask("POST", "import", "\n".join(urls))  # looks at each by itself
        _wait_for_lists(publishers, len(urls))
        yield lambda: _round(daemon, process.pid, publishers, len(urls))


def _round(daemon: _Daemon, pid: int, publishers: Server, lists: int) -> dict[str, Any]:
    meter = load_meter()
    publishers.ctl("reset")
    with meter.Tree(pid) as tree:
        daemon.ask("GET", "watch?recheck_all=1")
        _wait_for_lists(publishers, lists)
    return {"cpu": tree.cpu, "peak_mib": tree.peak_rss, "rc": 0}


def _wait_for_lists(publishers: Server, lists: int) -> None:
    def answered() -> bool:
        totals = publishers.ctl("stats")["totals"]
        return totals.get("200", 0) + totals.get("304", 0) >= lists

    if not wait_for(answered, ROUND):
        raise RuntimeError(f"fewer than {lists} lists were asked for in {ROUND:g} s")
    time.sleep(_SETTLE)
