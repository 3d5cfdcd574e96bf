"""The daemon as a user runs it: it starts, tells the truth, reloads, ends, and survives being killed."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.counts import COUNTED
from tests.publisher import Publisher, configure
from tests.server import Server
from tests.waiting import until

ROOT = Path(__file__).parent.parent
WARNING = "警方提示：警惕缅甸妙瓦底高薪招聘陷阱"
pytestmark = pytest.mark.timeout(120)


class Daemon:
    """The real process on a configuration file."""

    def __init__(self, file: Path, port: int) -> None:
        self.file, self.url = file, f"http://127.0.0.1:{port}"
        self.log = (file.parent / "log").open("ab")
        self.start()

    def start(self) -> None:
        command = [sys.executable, str(ROOT / "scheduler.py"), "--config", str(self.file)]
        self.process = subprocess.Popen(command, stderr=self.log, stdout=self.log)

    def healthy(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=5) as said:
                return bool(said.status == 200)
        except (OSError, urllib.error.HTTPError):
            return False

    def stop(self) -> int:
        self.process.terminate()
        return self.process.wait(30)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(10)

    def said(self) -> str:
        return (self.file.parent / "log").read_text("utf-8")


@pytest.fixture
def daemon(tmp_path: Path, office: Publisher, sink: Server) -> Iterator[Daemon]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    file = configure(tmp_path, {"office": office}, f"{sink.url}/hook", data_dir='"var"', listen=f'"127.0.0.1:{port}"')
    source = tmp_path / "sources" / "office.toml"
    source.write_text(source.read_text("utf-8").replace("url =", '[[column]]\nevery = "1s"\nurl ='), "utf-8")
    running = Daemon(file, port)
    yield running
    if running.process.poll() is None:
        running.kill()
    running.log.close()


def events(sink: Server) -> list[tuple[str, str]]:
    """(webhook-id, type) of everything that arrived."""
    return [(r.headers["webhook-id"], json.loads(r.body)["type"]) for r in sink.requests]


def test_it_polls_delivers_publishes_reloads_and_ends(daemon: Daemon, office: Publisher, sink: Server) -> None:
    until(daemon.healthy)
    until(lambda: len(office.server.paths()) > 8)  # the baseline is read
    time.sleep(1.5)  # and written down
    office.publish(WARNING)
    until(lambda: len(events(sink)) == 1)

    def in_feed() -> bool:
        with urllib.request.urlopen(f"{daemon.url}/feeds/alerts.atom", timeout=5) as feed:
            return WARNING in feed.read().decode()

    until(in_feed)
    source = daemon.file.parent / "sources" / "office.toml"
    good = source.read_text("utf-8")
    source.write_text(good + "colour = 'red'\n", "utf-8")
    until(lambda: "colour: unknown key" in daemon.said())
    assert daemon.healthy()
    source.write_text(good.replace('"1s"', '"2s"'), "utf-8")
    until(lambda: "configuration read anew" in daemon.said())
    assert daemon.stop() == 0
    assert "Traceback" not in daemon.said()
    assert [type for _, type in events(sink)] == ["notice.new"]


def test_a_second_daemon_on_the_same_data_refuses_in_one_line(daemon: Daemon) -> None:
    until(daemon.healthy)
    command = [sys.executable, str(ROOT / "scheduler.py"), "--config", str(daemon.file)]
    second = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert second.returncode == 1
    assert second.stderr.count("\n") == 1
    assert f"process {daemon.process.pid}" in second.stderr


@pytest.mark.slow
def test_a_second_daemon_on_the_same_database_refuses_in_one_line_wherever_its_data_is(
    daemon: Daemon, tmp_path: Path, office: Publisher
) -> None:
    until(daemon.healthy)
    there = daemon.file.parent / "var" / "fenghuo.db"
    (tmp_path / "other").mkdir()
    file = configure(tmp_path / "other", {"office": office}, database_url=f'"sqlite:///{there}"')
    command = [sys.executable, str(ROOT / "scheduler.py"), "--config", str(file)]
    second = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert second.returncode == 1
    assert second.stderr.count("\n") == 1
    assert f"process {daemon.process.pid}" in second.stderr


@pytest.mark.slow
def test_a_taken_port_is_one_line_and_nothing_is_started(tmp_path: Path, office: Publisher) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        listen = f"127.0.0.1:{taken.getsockname()[1]}"
        file = configure(tmp_path, {"office": office}, listen=f'"{listen}"')
        command = [sys.executable, str(ROOT / "scheduler.py"), "--config", str(file)]
        refused = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert refused.returncode == 2
    assert refused.stderr.count("\n") == 1
    assert f"'{listen}': Address already in use" in refused.stderr
    assert not office.server.requests


@pytest.mark.slow
def test_a_killed_crawl_is_restarted_also_while_the_configuration_is_being_edited(
    daemon: Daemon, office: Publisher
) -> None:
    until(daemon.healthy)
    with daemon.file.open("a", encoding="utf-8") as file:
        file.write("nonsense")
    until(lambda: "the last good one stays in force" in daemon.said())
    children = subprocess.run(["pgrep", "-P", str(daemon.process.pid)], capture_output=True, text=True, check=True)
    os.kill(int(children.stdout.split()[0]), signal.SIGKILL)
    office.server.requests.clear()
    until(lambda: "/tzgg/" in office.server.paths())
    until(daemon.healthy)


@pytest.mark.slow
def test_kills_at_any_moment_lose_nothing_and_double_no_event(daemon: Daemon, office: Publisher, sink: Server) -> None:
    until(lambda: len(office.server.paths()) > 8)
    until(daemon.healthy)
    for n, pause in enumerate((0.3, 0.9, 1.7)):
        office.publish(
            f"{WARNING}（第{n + 1}号）",
            (f"第{n + 1}号：已有{n + 17}人被骗至缅甸北部电诈园区，请勿轻信境外高薪招聘。" * 3,),
        )
        time.sleep(pause)
        daemon.kill()
        COUNTED["kills"] += 1
        daemon.start()
    until(lambda: len({id for id, _ in events(sink)}) == 3)
    until(daemon.healthy)
    assert daemon.stop() == 0
    titles = {json.loads(r.body)["data"]["title"]: r.headers["webhook-id"] for r in sink.requests}
    assert len(titles) == len({id for id, _ in events(sink)}) == 3
