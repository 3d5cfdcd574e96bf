"""A publisher, a receiver, and rounds beside them in which something goes wrong: what was published is told once."""

from __future__ import annotations

import json
import os
import sqlite3
from collections import defaultdict
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from lxml import etree

import rounds
from crawler.configuration import Configuration
from tests.publisher import Publisher, configure
from tests.server import Server


class House:
    """A publisher, a receiver, and rounds in a process of their own."""

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
