"""A small world for tests: two sources, and notices of our own words remembered by the real store."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from crawler.config.settings import Settings
from crawler.configuration import Configuration
from crawler.items import (
    Authority,
    Change,
    ChangeType,
    Kind,
    Look,
    Notice,
    Origin,
    Outcome,
    Place,
    Published,
    Reason,
    Revision,
    Scope,
    Sighting,
    Verdict,
)
from crawler.store import Store
from crawler.store.watch import looks
from crawler.store.wire import notices
from feeds.publish import publish

T0 = 1_750_000_000.0  # 2025-06-15T15:06:40Z
MINISTRY = """
id = "bsa"
name = "边海安全部"
name_en = "Border Safety Authority"
authority = "ministry"
[[column]]
id = "tips"
name = "安全提示"
url = "https://bsa.example/tips/"
"""
PAPER = """
id = "daily"
name = "港口日报"
authority = "media"
url = "https://daily.example/fraud/"
"""


def make_notice(number: int = 1, **changed: Any) -> Notice:
    """A warning of the ministry; every field can be set."""
    url = changed.pop("url", f"https://bsa.example/tips/{number}.html")
    title = changed.pop("title", f"第{number}号提示：出境做客服前请核实雇主")
    seen = changed.pop("first_seen", T0 + number)
    verdict = Verdict(
        Kind.WARNING,
        Scope.CROSS_BORDER,
        ("job-lure",),
        (Place("MM", "缅甸", "妙瓦底"),),
        (),
        ("12308",),
        (Reason("kind", "warning", "出境做客服前请核实雇主"),),
    )
    made = Notice(
        id=f"ntc_{number:020d}",
        url=url,
        title=title,
        body="近来有人以高薪客服为名招人出境。\n证件一旦被收走，请马上求助。",
        language="zh-CN",
        published=Published("2025-06-15T00:00:00+08:00", "day"),
        first_seen=seen,
        updated=seen,
        status="current",
        origin=Origin("边海安全部", "bsa", Authority.MINISTRY, True),
        verdict=verdict,
        alertable=True,
        text_hash=f"{number:064d}",
        sightings=(Sighting(url, "bsa", "bsa/tips", title, seen, "original"),),
    )
    return replace(made, **changed)


@dataclass
class World:
    """A configured installation on disk, with verbs for what can happen in it."""

    store: Store
    configuration: Configuration
    folder: Path

    @property
    def settings(self) -> Settings:
        return self.configuration.settings

    def remember(self, notice: Notice) -> Notice:
        change = Change(ChangeType.NEW, notice, sighting=notice.sightings[0], event="notice.new")
        with self.store.begin() as tx:
            notices.apply(tx, change, key=notice.sightings[0].url, now=notice.first_seen)
        return notice

    def reprint(self, notice: Notice, url: str, *, at: float) -> None:
        sighting = Sighting(url, "daily", "daily/main", f"转载：{notice.title}", at, "reprint")
        self._apply(ChangeType.REPRINT, notice, at, sighting=sighting, key=url)

    def revise(self, notice: Notice, *, at: float, **changed: Any) -> Notice:
        revision = Revision(at, True, "人数 92 → 763", "共[-92-]{+763+}人")
        revised = replace(notice, updated=at, status="revised", **changed)
        self._apply(ChangeType.REVISED, revised, at, revision=revision, event="notice.revised")
        return revised

    def withdraw(self, notice: Notice, *, at: float) -> None:
        gone = replace(notice, updated=at, status="withdrawn")
        self._apply(ChangeType.WITHDRAWN, gone, at, event="notice.withdrawn")

    def look(self, column: str, outcome: Outcome, *, at: float, why: str = "") -> None:
        with self.store.begin() as tx:
            looks.record(tx, [Look(column, at, outcome, 200, why=why)], every=self.configuration.catalogue.columns)

    def publish(self, **how: Any) -> list[str]:
        return publish(self.store, self.settings, self.configuration.catalogue, **how)

    def feed(self, name: str) -> bytes:
        return (self.settings.data_dir / "feeds" / name).read_bytes()

    def _apply(self, type: ChangeType, notice: Notice, at: float, *, key: str | None = None, **parts: Any) -> None:
        with self.store.begin() as tx:
            notices.apply(tx, Change(type, notice, **parts), key=key or notice.sightings[0].url, now=at)
