"""A round that is killed anywhere loses nothing and doubles nothing, and the next one makes it good."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from sqlalchemy import event
from sqlalchemy.engine import Engine

import rounds
from crawler.configuration import Configuration
from tests.counts import COUNTED
from tests.publisher import Publisher, configure
from tests.server import Server, answer

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]  # seconds on a busy machine; a few on an idle one

KILLS = 8  # of the moments of a round, evenly; `python -m benchmarks crash` tries every system call
WATCHED = {"open", "os.rename", "os.remove", "os.link", "os.truncate", "socket.connect", "sqlite3.connect"}


class House:
    """A publisher, a receiver, and rounds in a process of their own that can be killed."""

    def __init__(self, folder: Path, office: Publisher, sink: Server) -> None:
        self.folder, self.office, self.sink = folder, office, sink
        self.file = configure(folder, {"office": office}, f"{sink.url}/hook", data_dir='"var"')
        self.titles: list[str] = []

    def publish(self) -> None:
        n = len(self.titles)
        title = f"警方提示：警惕第{n + 100}号境外高薪招聘陷阱"
        self.office.publish(
            title, (f"编号{n + 100}的诈骗团伙在缅甸妙瓦底以高薪招聘诱骗{n + 31}人出境，请拨打12308求助。" * 2,)
        )
        self.titles.append(title)

    def round(self, on_start: Callable[[], None] = lambda: None) -> int:
        """One round in a child; its wait status."""
        child = os.fork()
        if child == 0:
            try:
                on_start()
                rounds.poll(Configuration(self.file))
            except BaseException:
                os._exit(9)
            os._exit(0)
        return os.waitpid(child, 0)[1]

    def points(self) -> int:
        """How many moments a round has at which it can be killed."""
        reading, writing = os.pipe()
        self.round(lambda: _at_each(lambda _: os.write(writing, b".")))
        os.set_blocking(reading, False)
        found = len(os.read(reading, 1_000_000))
        os.close(reading)
        os.close(writing)
        return found

    def told(self) -> dict[tuple[str, str], set[str]]:
        """The ids under which each event was sent, by the notice and the type."""
        found: dict[tuple[str, str], set[str]] = defaultdict(set)
        for request in self.sink.requests:
            said = json.loads(request.body)
            found[said["data"]["title"], said["type"]].add(request.headers["webhook-id"])
        return found

    def assert_sound(self) -> None:
        told = self.told()
        assert {title for title, kind in told if kind == "notice.new"} >= set(self.titles)
        assert {kind for _, kind in told} <= {"notice.new"}
        assert {key: ids for key, ids in told.items() if len(ids) != 1} == {}
        with closing(sqlite3.connect(self.folder / "var" / "fenghuo.db")) as db:
            assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        for file in (self.folder / "var" / "feeds").rglob("*.atom"):
            etree.parse(file)


def _at_each(act: Callable[[int], Any]) -> None:
    """Call ``act`` with the number of each moment at which this process touches files, the network or the database."""
    count = iter(range(1_000_000))

    def moment(*_: object) -> None:
        act(next(count))

    def audit(name: str, args: tuple[Any, ...]) -> None:
        if name in WATCHED and not (name == "open" and (args[2] & os.O_ACCMODE) == os.O_RDONLY):
            moment()

    for name in ("before_cursor_execute", "commit", "begin"):
        event.listen(Engine, name, moment)
    sys.addaudithook(audit)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with Publisher() as office, Server({"/hook": answer(b"ok")}) as sink:
        office.seed()
        made = House(tmp_path, office, sink)
        rounds.poll(Configuration(made.file))  # the silent baseline, here: what children are forked from is warm
        yield made


def test_a_round_killed_at_any_moment_is_made_good_by_the_next(house: House) -> None:
    house.publish()
    points = house.points()
    assert points > 50
    for n in range(0, points, max(1, points // KILLS)):
        house.publish()
        status = house.round(lambda n=n: _at_each(lambda m: os.kill(os.getpid(), signal.SIGKILL) if m == n else None))
        assert os.WIFSIGNALED(status)
        COUNTED["kills"] += 1
        assert house.round() == 0
        house.assert_sound()
