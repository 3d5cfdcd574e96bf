"""Several daemons on one database as an operator runs them: whoever dies, each warning is told once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from tests.publisher import Publisher, configure
from tests.server import Server, answer
from tests.waiting import until

ROOT = Path(__file__).parent.parent.parent
BODY = "第{n}号：已有{m}人被骗至缅甸北部电诈园区，请勿轻信境外高薪招聘，更不要随陌生人偷越国境。"
pytestmark = [pytest.mark.slow, pytest.mark.timeout(150)]


class Cluster:
    """Daemons that share a database; each is ended with all it started."""

    def __init__(self, file: Path, url: str) -> None:
        self.file, self.engine = file, create_engine(url)
        self.log = (file.parent / "log").open("ab")
        self.running: list[subprocess.Popen[bytes]] = []

    def start(self, roles: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, str(ROOT / "scheduler.py"), "--config", str(self.file), "--role", roles]
        process = subprocess.Popen(command, stderr=self.log, stdout=self.log, start_new_session=True)
        self.running.append(process)
        return process

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        below = subprocess.run(["pgrep", "-P", str(process.pid)], capture_output=True, text=True, check=False)
        for pid in (process.pid, *map(int, below.stdout.split())):
            os.kill(pid, signal.SIGKILL)
        process.wait(10)

    def ask(self, sql: str, **given: object) -> list[tuple[object, ...]]:
        with self.engine.connect() as tx:
            return [tuple(row) for row in tx.execute(text(sql), given)]

    def alive(self, role: str) -> int:
        found = "SELECT count(*) FROM processes WHERE roles LIKE :role AND beat > extract(epoch FROM now()) - 8"
        return int(str(self.ask(found, role=f"%{role}%")[0][0]))

    def end(self) -> None:
        for process in self.running:
            process.terminate()
        for process in self.running:
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                self.kill(process)
        self.engine.dispose()
        self.log.close()


@pytest.fixture
def office() -> Iterator[Publisher]:
    with Publisher() as publisher:
        publisher.seed(3)
        yield publisher


@pytest.fixture
def sink() -> Iterator[Server]:
    with Server({"/hook": answer(b"ok")}) as server:
        yield server


@pytest.fixture
def cluster(tmp_path: Path, office: Publisher, sink: Server, database_url: str) -> Iterator[Cluster]:
    if database_url.startswith("sqlite"):
        pytest.skip("only PostgreSQL is shared")
    url = f"{database_url}&application_name={tmp_path.name}"
    file = configure(tmp_path, {"office": office}, f"{sink.url}/hook", database_url=f'"{url}"')
    source = tmp_path / "sources" / "office.toml"
    column = '[[column]]\nevery = "1s"\nfixed = true\nurl ='
    source.write_text(source.read_text("utf-8").replace("url =", column), "utf-8")
    started = Cluster(file, database_url)
    yield started
    started.end()


def ids(sink: Server) -> list[str]:
    """The webhook-id of everything that arrived."""
    return [request.headers["webhook-id"] for request in sink.requests]


def test_whoever_dies_each_warning_is_told_once(cluster: Cluster, office: Publisher, sink: Server) -> None:
    leader = cluster.start("scheduler,deliver")
    crawl = cluster.start("crawl")
    until(lambda: len(office.server.paths()) > 4)  # the baseline is being read
    until(lambda: cluster.ask("SELECT 1 FROM links WHERE state <> 'read'") == [] != cluster.ask("SELECT 1 FROM links"))
    cluster.start("scheduler,deliver")
    cluster.start("crawl")
    until(lambda: cluster.alive("crawl") == cluster.alive("deliver") == 2)

    def published_and_told(number: int) -> None:
        text = BODY.format(n=number, m=number + 17) * 3
        office.publish(f"警方提示：警惕缅甸妙瓦底高薪招聘陷阱（第{number}号）", (text,))
        until(lambda: len(set(ids(sink))) == number)

    published_and_told(1)
    cluster.kill(crawl)
    published_and_told(2)
    name = cluster.file.parent.name
    cluster.ask("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = :name", name=name)
    published_and_told(3)
    cluster.kill(leader)
    published_and_told(4)
    time.sleep(1)
    assert len(ids(sink)) == 4
    assert cluster.ask("SELECT count(*), count(DISTINCT title) FROM notices WHERE alertable") == [(4, 4)]
    assert "Traceback" not in (cluster.file.parent / "log").read_text("utf-8")


def test_a_second_daemon_leaves_the_first_ones_leases_alone(cluster: Cluster) -> None:
    cluster.start("scheduler")
    until(lambda: cluster.file.parent.joinpath("log").exists() and cluster_has_columns(cluster))
    with cluster.engine.begin() as tx:
        lease = {"until": time.time() + 600}
        tx.execute(text("UPDATE columns SET lease_owner = 'another', lease_until = :until"), lease)
    cluster.start("scheduler,deliver")
    until(lambda: cluster.alive("deliver") == 1)
    assert cluster.ask("SELECT lease_owner FROM columns") == [("another",)]


def cluster_has_columns(cluster: Cluster) -> bool:
    """Whether the leader has taken over the configuration."""
    try:
        return bool(cluster.ask("SELECT 1 FROM columns"))
    except Exception:
        return False  # the tables are being made


def test_with_sqlite_a_role_is_refused_in_one_line(tmp_path: Path, office: Publisher) -> None:
    file = configure(tmp_path, {"office": office})
    for roles, said in (("crawl", "with SQLite one process does everything"), ("crawl,cook", "cook: no such role")):
        command = [sys.executable, str(ROOT / "cli.py"), "--config", str(file), "run", "--role", roles]
        refused = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert refused.returncode == 2
        assert refused.stderr.count("\n") == 1
        assert said in refused.stderr


def test_with_sqlite_nothing_of_the_queue_is_imported() -> None:
    code = "import sys, scheduler, rounds, crawler.child, crawler.spiders.wire; print('procrastinate' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True, cwd=ROOT
    )
    assert done.stdout == "False\n"
