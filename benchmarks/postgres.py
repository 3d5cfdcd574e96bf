"""A PostgreSQL of the benchmarks' own, on a free port and in a temporary folder, to be restarted at will."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.world import free_port

_AS_ROOT = ["runuser", "-u", "postgres", "--"]  # PostgreSQL refuses to run as root


@dataclass(frozen=True)
class Postgres:
    """A running server; ``url`` names one of its databases."""

    binaries: Path
    data: Path
    port: int

    @property
    def url(self) -> str:
        """The database for a Fenghuo."""
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/postgres"

    def control(self, *said: str) -> None:
        """`pg_ctl`.  Raises CalledProcessError."""
        _run([str(self.binaries / "pg_ctl"), "-D", str(self.data), "-w", "-t", "30", *said])

    def restart(self) -> None:
        """Break every connection at once, and come back."""
        self.control("restart", "-m", "immediate")

    def pid(self) -> int:
        """The process id of the server."""
        return int((self.data / "postmaster.pid").read_text().split()[0])


def binaries() -> Path | None:
    """Where PostgreSQL's programs are; None where it is not installed."""
    if found := shutil.which("initdb"):
        return Path(found).parent
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return versions[-1].parent if versions else None


@contextmanager
def postgres(folder: Path) -> Iterator[Postgres]:
    """A server for the length of the block.  Raises RuntimeError where PostgreSQL is not installed."""
    where = binaries()
    if where is None:
        raise RuntimeError("PostgreSQL is not installed (Debian: apt install postgresql)")
    home = folder / "postgres"
    home.mkdir()
    if os.getuid() == 0:
        for path in (folder, home):
            shutil.chown(path, "postgres")
    server = Postgres(where, home / "data", free_port())
    _run([str(where / "initdb"), "-D", str(server.data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale"])
    options = f"-p {server.port} -k {home} -c listen_addresses=127.0.0.1"
    server.control("start", "-l", str(home / "log"), "-o", options)
    try:
        yield server
    finally:
        server.control("stop", "-m", "immediate")


def _run(command: list[str]) -> None:
    who = _AS_ROOT if os.getuid() == 0 else []
    subprocess.run([*who, *command], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=120)
