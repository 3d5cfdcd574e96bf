"""A database that cannot be used is one line that names it and what helps; nothing is begun anew in silence."""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli import app
from crawler.store import engine
from tests.counts import COUNTED
from tests.faults.fulldisk import TITLE
from tests.faults.ward import LONGEST_LINE, own_logs
from tests.publisher import Publisher, configure
from tests.server import Answer, Server, answer

ROOT = Path(__file__).parents[2]
NAMESPACES = pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0 or not shutil.which("unshare"),
    reason="needs root, for a disk of its own",
)


def header(file: Path) -> None:
    file.write_bytes(b"x" * 100 + file.read_bytes()[100:])


def truncate(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 2)


def empty(file: Path) -> None:
    file.write_bytes(b"")


def newer(file: Path) -> None:
    with closing(sqlite3.connect(file)) as db, db:
        db.execute("UPDATE alembic_version SET version_num = '9999'")


def foreign(file: Path) -> None:
    file.unlink()
    with closing(sqlite3.connect(file)) as db, db:
        db.execute("CREATE TABLE other (x)")


def lost(file: Path) -> None:
    """Gone, while its journal is still there."""
    file.with_name(f"{file.name}-wal").write_bytes(b"journal")
    file.unlink()


def text(file: Path) -> None:
    file.write_text("no database", "utf-8")


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A configuration whose database was made and closed."""
    with Publisher() as office:
        file = configure(tmp_path, {"office": office})
    assert CliRunner().invoke(app, ["--config", str(file), "migrate"]).exit_code == 0
    return file


@pytest.mark.parametrize("command", [("poll",), ("notices",), ("sources",), ("doctor",), ("verify",)], ids=" ".join)
@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (header, "restore FILE"),
        (truncate, "restore FILE"),
        (empty, "restore FILE"),
        (newer, "newer Fenghuo"),
        (foreign, "restore FILE"),
        (lost, "restore FILE"),
        (text, "restore FILE"),
    ],
)
def test_a_database_that_cannot_be_used_is_refused_in_one_line_and_left_as_it_is(
    config: Path, damage: Callable[[Path], None], said: str, command: tuple[str, ...]
) -> None:
    file = config.parent / "var" / "fenghuo.db"
    damage(file)
    COUNTED["injected errors"] += 1
    before = file.read_bytes() if file.exists() else None
    done = CliRunner().invoke(app, ["--config", str(config), *command])
    line = next(row for row in (done.stderr + done.stdout).splitlines() if "fenghuo.db" in row)
    assert done.exit_code == 1
    assert said in line
    assert "bug" not in done.stderr
    assert len(done.stderr.splitlines()) <= 1
    assert (file.read_bytes() if file.exists() else None) == before


@pytest.mark.slow
@NAMESPACES
@pytest.mark.timeout(240)
def test_a_full_disk_is_told_spoils_no_feed_and_loses_nothing(tmp_path: Path) -> None:
    command = ["unshare", "--mount", sys.executable, "-m", "tests.faults.fulldisk", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=200, check=False)
    if "unshare failed" in done.stderr or "mount:" in done.stderr:
        pytest.skip("this machine lets nobody make a disk of their own")
    assert done.returncode == 0, done.stderr
    COUNTED["injected errors"] += 1
    found = json.loads(done.stdout)
    code, said = found["full"]
    assert code in (1, 3)
    assert "disk is full" in said
    assert "Traceback" not in said
    assert found["whole"]
    assert found["after"][0] == 0
    assert found["told"] == [TITLE]


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_a_database_that_stays_locked_is_one_line_of_the_command_and_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "BUSY_SECONDS", 0.2)
    with Publisher() as office, Server({"/hook": answer(b"ok")}) as sink, ExitStack() as later:
        office.seed()
        config = configure(tmp_path, {"office": office}, f"{sink.url}/hook")
        assert _run(config, "poll")[0] == 0
        path = office.publish(TITLE)
        other = later.enter_context(
            closing(sqlite3.connect(tmp_path / "var" / "fenghuo.db", isolation_level=None, check_same_thread=False))
        )
        other.execute("BEGIN IMMEDIATE")
        locked = [_run(config, *command) for command in (("poll",), ("pause", "office"), ("notices",))]
        other.execute("COMMIT")
        page = office.server.answers[path]
        office.server.answers[path] = lambda _: _locking(other, page)
        in_the_middle = _run_apart(config, "poll")
        other.execute("COMMIT")
        office.server.answers[path] = page
        assert _run(config, "poll")[0] == 0
    COUNTED["injected errors"] += len(locked) + 1
    for code, said in locked[:2]:
        assert code == 1
        assert re.fullmatch(r"fenghuo: \S*fenghuo\.db: locked by another process .*try again\n", said)
    assert locked[2] == (0, "")  # who only reads waits for nobody
    assert in_the_middle[0] in (1, 3)
    assert "locked by another process" in in_the_middle[1]
    assert "Traceback" not in in_the_middle[1]
    assert max(map(len, in_the_middle[1].splitlines())) < LONGEST_LINE  # no page is in the log
    assert [json.loads(r.body)["data"]["title"] for r in sink.requests] == [TITLE]


def _run(config: Path, *command: str) -> tuple[int, str]:
    with own_logs():
        done = CliRunner().invoke(app, ["--config", str(config), *command])
    return done.exit_code, done.stderr


def _run_apart(config: Path, *command: str) -> tuple[int, str]:
    """The same in a process that ends, so that what it had leased is free."""
    reading, writing = os.pipe()
    if (child := os.fork()) == 0:
        code, said = _run(config, *command)
        os.write(writing, said.encode()[:60_000])  # what a pipe holds
        os._exit(code)
    os.close(writing)
    status = os.waitpid(child, 0)[1]
    with os.fdopen(reading, "rb") as pipe:
        return os.waitstatus_to_exitcode(status), pipe.read().decode()


def _locking(other: sqlite3.Connection, page: Answer) -> bytes:
    """The page, once the database is locked while it is awaited."""
    other.execute("BEGIN IMMEDIATE")
    assert isinstance(page, bytes)
    return page
