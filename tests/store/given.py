"""What the tests of the store put into it: a source, looks, links, a judgement, all in our own words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from crawler.items import (
    Article,
    Authority,
    Change,
    ChangeType,
    Column,
    Kind,
    Link,
    Look,
    Notice,
    Origin,
    Outcome,
    PageClass,
    Place,
    Published,
    Reason,
    Revision,
    Scope,
    Sighting,
    Source,
    Verdict,
)

NOW = 1_700_000_000.0
URL = "https://police.example/tips/"


def source(*columns: Mapping[str, Any], id: str = "police") -> Source:
    listed = columns or ({"id": "tips", "url": URL},)
    return Source.model_validate({"id": id, "name": "某地警方", "authority": "police", "column": listed})


def entries(*sources: Source) -> list[tuple[str, Source, Column]]:
    return [(s.key(c), s, c) for s in sources or (source(),) for c in s.column]


def columns_of(*sources: Source) -> dict[str, Column]:
    return {key: column for key, _, column in entries(*sources)}


def look(outcome: Outcome, at: float = NOW, column: str = "police/tips", **more: Any) -> Look:
    return Look(column, at, outcome, **more)


def link(number: int, title: str = "", **more: Any) -> Link:
    key = f"police.example/tips/{number}"
    return Link(f"https://{key}", key, title or f"第{number}号提示", **more)


def article(number: int = 1, text_hash: str = "a" * 64, **more: Any) -> Article:
    key = f"police.example/tips/{number}"
    return Article(PageClass.ARTICLE, f"https://{key}", key, text_hash=text_hash, **more)


def sighting(number: int = 1, **more: Any) -> Sighting:
    url = f"https://police.example/tips/{number}"
    return replace(Sighting(url, "police", "police/tips", f"第{number}号提示", NOW, "original"), **more)


def verdict(**more: Any) -> Verdict:
    said = Verdict(
        kind=Kind.WARNING,
        scope=Scope.CROSS_BORDER,
        scam_types=("job-lure",),
        places=(Place("MM", "缅甸", "妙瓦底"),),
        figures=("92人",),
        contacts=("12308",),
        reasons=(Reason("kind", "warning", "请广大求职者提高警惕。"),),
        victims=("job-seekers",),
        levels=("暂勿前往",),
        validity=("即日起",),
    )
    return replace(said, **more)


def notice(number: int = 1, **more: Any) -> Notice:
    said = Notice(
        id=f"ntc_{number:020d}",
        url=f"https://police.example/tips/{number}",
        title=f"第{number}号提示",
        body="境外高薪招工多是骗局。\n请勿轻信。",
        language="zh-CN",
        published=Published("2023-11-14T00:00:00+08:00", "day"),
        first_seen=NOW,
        updated=NOW,
        status="current",
        origin=Origin("某地警方", "police", Authority.POLICE, True),
        verdict=verdict(),
        alertable=True,
        text_hash="a" * 64,
        sightings=(sighting(number),),
    )
    return replace(said, **more)


def new(number: int = 1, **more: Any) -> Change:
    said = notice(number, **more)
    return Change(ChangeType.NEW, said, sighting=said.sightings[-1] if said.sightings else None, event="notice.new")


def revised(before: Notice, body: str, text_hash: str, at: float = NOW + 60) -> Change:
    revision = Revision(at, True, "一处数字改变", "-92\n+763")
    after = replace(
        before,
        body=body,
        text_hash=text_hash,
        status="revised",
        updated=at,
        revisions=(*before.revisions, revision),
    )
    return Change(ChangeType.REVISED, after, revision=revision, event="notice.revised")


def key(number: int = 1) -> str:
    return f"police.example/tips/{number}"
