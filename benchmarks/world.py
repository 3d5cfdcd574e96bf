"""What benchmarks share: the simulated sites, the sink of webhooks, the meter, and a Fenghuo of their own beside them.

Everything listens on loopback, lives in a temporary folder, and is ended by its process id at the end of its block.
"""

from __future__ import annotations

import importlib.util
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parent.parent
TOOLS = Path(os.environ.get("TOOLS") or ROOT.parent / "shared" / "tools")
_BARE = 0.26  # CPU-seconds of a bare aiohttp loop over 1000 lists on the machine of the goals
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
START = 60.0  # seconds a server is given to answer; a thousand sites need up to 40


def load_meter() -> Any:
    """The tools' meter: ``run(command)`` and ``Tree(pid)`` measure CPU-seconds and memory of a whole process tree."""
    spec = importlib.util.spec_from_file_location("meter", TOOLS / "meter.py")
    assert spec is not None
    assert spec.loader is not None
    meter = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(meter)
    return meter


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


@dataclass(frozen=True)
class Server:
    """A server with a control interface at ``/__ctl/<verb>``."""

    port: int
    pid: int

    def ctl(self, verb: str, **asked: object) -> Any:
        """Ask the server itself."""
        with urlopen(f"http://127.0.0.1:{self.port}/__ctl/{verb}?{urlencode(asked)}", timeout=60) as answer:
            return json.load(answer)


def wait_for(what: Callable[[], object], seconds: float, every: float = 0.2) -> bool:
    """Whether ``what`` became true in time; an answer that does not come is not true yet."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with suppress(OSError, ValueError):
            if what():
                return True
        time.sleep(every)
    return False


@contextmanager
def started(command: list[str], **given: Any) -> Iterator[subprocess.Popen[bytes]]:
    """A process for the length of a block; it and what it started is ended after it."""
    with subprocess.Popen(command, cwd=ROOT, start_new_session=True, **given) as process:
        try:
            yield process
        finally:
            end(process)


def end(process: subprocess.Popen[bytes], patience: float = 12.0) -> None:
    """End a process that we started: politely, then by force."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@contextmanager
def _tool(name: str, verb: str, *options: str) -> Iterator[Server]:
    port = free_port()
    command = [sys.executable, str(TOOLS / name), "--port", str(port), *options]
    with started(command, stdout=subprocess.DEVNULL) as process:
        server = Server(port, process.pid)
        if not wait_for(lambda: server.ctl(verb), START):
            raise RuntimeError(f"{name} did not start within {START:g} s")
        yield server


def site(sources: int, *options: str) -> AbstractContextManager[Server]:
    """Simulated publishers, each at a loopback address of its own (context manager)."""
    return _tool("site.py", "stats", "--sources", str(sources), "--per-addr", *options)


def sink() -> AbstractContextManager[Server]:
    """A receiver of webhooks (context manager)."""
    return _tool("sink.py", "count")


def list_url(server: Server, i: int) -> str:
    """The list page of source ``i``."""
    return f"http://127.1.{i // 250}.{i % 250 + 1}:{server.port}/"


def slowness(server: Server, sources: int) -> float:
    """How many times slower than the machine of the goals this one is now, by a bare loop over a thousand lists."""
    with tempfile.NamedTemporaryFile("w", encoding="utf-8") as urls:
        urls.write("\n".join(list_url(server, n % sources) for n in range(1000)))
        urls.flush()
        bare = [sys.executable, "-m", "benchmarks.floor", "lists", "raw", urls.name]
        measured = [float(load_meter().run(bare, cwd=ROOT)["cpu"]) for _ in range(3)]
    return round(sorted(measured)[1] / _BARE, 1)


# --------------------------------------------------------------------------------------------------------------------
# Fenghuo


@dataclass
class Watch:
    """A Fenghuo that watches the simulated publishers from a folder of its own."""

    folder: Path
    publishers: Server
    count: int  # publishers
    hook: Server | None = None
    crawl: Mapping[str, object] = field(default_factory=dict)  # [crawl] of fenghuo.toml, where it is not the default
    column: str = ""  # what each source file says of its column besides the address
    port: int = field(default_factory=free_port)

    def __post_init__(self) -> None:
        """Write the configuration: fenghuo.toml, and one file a publisher."""
        sources = self.folder / "sources"
        sources.mkdir(parents=True, exist_ok=True)
        for row in self.publishers.ctl("sources")[: self.count]:
            (sources / f"s{row['source']}.toml").write_text(self._source(row), "utf-8")
        self.config.write_text(self._settings(), "utf-8")

    @property
    def config(self) -> Path:
        """Its fenghuo.toml."""
        return self.folder / "fenghuo.toml"

    @property
    def database(self) -> Path:
        """Its store."""
        return self.folder / "var" / "fenghuo.db"

    def _source(self, row: dict[str, Any]) -> str:
        i = row["source"]
        head = f'id = "s{i}"\nname = "{row["name"]}"\nauthority = "ministry"\n'
        address = f'url = "{list_url(self.publishers, i)}"\n'
        return head + (f"[[column]]\n{address}{self.column}\n" if self.column else address)

    def _settings(self) -> str:
        said = [
            'sources = ["sources/*.toml"]',
            'allow_addresses = ["127.0.0.0/8"]',
            f'listen = "127.0.0.1:{self.port}"',
            'log_level = "warning"',
            "[crawl]",
            *(f"{name} = {json.dumps(value)}" for name, value in self.crawl.items()),
        ]
        if self.hook:
            said += ["[[hook]]", 'id = "sink"', f'url = "http://127.0.0.1:{self.hook.port}/"', f'secret = "{SECRET}"']
        return "\n".join(said) + "\n"

    def sped_up(self, **crawl: object) -> dict[str, str]:
        """The environment with some [crawl] settings changed, for a step that is not what is measured."""
        return os.environ | {f"FENGHUO_CRAWL__{k.upper()}": json.dumps(v) for k, v in crawl.items()}

    @property
    def command(self) -> list[str]:
        """`fenghuo` of this checkout, to be followed by a command."""
        return [sys.executable, str(ROOT / "cli.py"), "--config", str(self.config)]

    def poll(self, env: dict[str, str] | None = None, *, may_fail: bool = False) -> None:
        """One round, unmeasured; ``may_fail``: some looks.  Raises RuntimeError."""
        done = subprocess.run([*self.command, "poll"], env=env, cwd=ROOT, capture_output=True, text=True, timeout=600)
        if done.returncode not in ((0, 3) if may_fail else (0,)):
            raise RuntimeError(f"poll ended with {done.returncode}: {done.stderr[-500:]}")

    @contextmanager
    def daemon(self) -> Iterator[subprocess.Popen[bytes]]:
        """The daemon for the length of a block, from the moment its page answers."""
        with (self.folder / "daemon.log").open("ab") as log, started([*self.command, "run"], stderr=log) as process:
            if not wait_for(self.answers, START):
                raise RuntimeError(f"the daemon did not start; see {log.name}")
            yield process

    def answers(self) -> bool:
        """Whether the daemon's web side is up."""
        with socket.create_connection(("127.0.0.1", self.port), 1):
            return True

    def ask(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """Read the store beside whoever writes it."""
        with sqlite3.connect(f"file:{self.database}?mode=ro", uri=True, timeout=30) as db:
            return db.execute(sql, values).fetchall()

    def looks(self) -> int:
        """Looks remembered so far."""
        return int(self.ask("SELECT coalesce(max(id), 0) FROM looks")[0][0])


@contextmanager
def world(folder: Path, count: int, *options: str, hooked: bool = False, **watch: Any) -> Iterator[Watch]:
    """``count`` publishers and a Fenghuo that has made its silent baseline of them."""
    with ExitStack() as stack:
        publishers = stack.enter_context(site(count, *options))
        receiver = stack.enter_context(sink()) if hooked else None
        watching = Watch(folder, publishers, count, hook=receiver, **watch)
        watching.poll(watching.sped_up(per_host_delay="0s", concurrency=64))
        yield watching
