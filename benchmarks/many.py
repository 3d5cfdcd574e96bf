"""A Fenghuo that has been on watch for three years: a hundred thousand notices with their ways, in our own words."""

from __future__ import annotations

import random
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from crawler.configuration import Configuration
from crawler.items import Authority, Kind, Notice, Origin, Place, Published, Reason, Scope, Sighting, Verdict
from crawler.judging.tables import table
from crawler.store import Store, open_store, tables
from crawler.store.watch import columns, coverage
from crawler.store.wire import fulltext
from crawler.store.wire.noticerows import values_of

NOW = 1_760_000_000.0
YEARS = 3 * 365 * 86400.0
_BATCH = 500
_ALL = 0xFFFFFF  # hours of a day
_CLAUSES = (
    "近期有人以高薪客服为名招募人员出境",
    "到达后证件即被收走并被迫从事电信网络诈骗",
    "请勿轻信来历不明的招聘信息",
    "凡要求转账到所谓安全账户的都是诈骗",
    "如遇紧急情况请及时向当地警方求助",
    "警方提醒公民核实雇主身份",
    "不法分子冒充使领馆工作人员要求共享屏幕",
    "投资平台承诺保本高收益实为骗局",
    "人员已移交国内公安机关依法处理",
    "请暂勿前往相关地区",
    "callers claim to be from the embassy and ask for a deposit",
    "the trading platform cannot be withdrawn from",
)
RARE = "独一无二"  # stands in the titles of few notices
_KINDS = (Kind.WARNING, Kind.WARNING, Kind.ENFORCEMENT, Kind.CASE, Kind.POLICY, Kind.OTHER)


def world(folder: Path, database: str, count: int) -> tuple[Store, Configuration]:
    """A Fenghuo that has watched eighty publishers for three years."""
    (folder / "sources").mkdir(exist_ok=True)
    for n in range(80):
        source = f'id = "s{n}"\nname = "示例机构{n}"\nauthority = "police"\nurl = "https://s{n}.example/list/"\n'
        (folder / "sources" / f"s{n}.toml").write_text(source, "utf-8")
    hook = '[[hook]]\nid = "soc"\nurl = "https://soc.example/hook"\n'
    (folder / "fenghuo.toml").write_text(f'sources = ["sources/*.toml"]\n{hook}', "utf-8")
    configuration = Configuration(folder / "fenghuo.toml")
    store = open_store(database)
    with store.begin() as tx:
        columns.sync(tx, configuration.catalogue.enabled(), NOW)
    _remember(store, count)
    _watch(store)
    return store, configuration


def _remember(store: Store, count: int) -> None:
    """Write notices as the store keeps them, many at once."""
    chance = random.Random(7)
    for start in range(1, count + 1, _BATCH):
        made = [notice_of(n, count, chance) for n in range(start, min(start + _BATCH, count + 1))]
        with store.begin() as tx:
            rows = [values_of(n) | {"doc": start + i, "withdrawals": 0} for i, n in enumerate(made)]
            tx.execute(insert(tables.notices), rows)
            tx.execute(insert(tables.tags), [row for n in made for row in tags_of(n)])
            tx.execute(insert(tables.links), [link_of(n) for n in made])
            for notice in made:
                fulltext.keep(tx, notice)
            told = [n for n in made if n.alertable]
            tx.execute(insert(tables.events), [event_of(n) for n in told])
            tx.execute(insert(tables.deliveries), [_delivery(n) for n in told])


def notice_of(number: int, count: int, chance: random.Random, *, lines: int = 8, rare: int = 9973) -> Notice:
    """Notice ``number`` of ``count``, of so many lines; one in ``rare`` has the rare word."""
    seen = NOW - YEARS * (1 - number / count)
    source, kind = f"s{int(80 * chance.random() ** 2)}", chance.choice(_KINDS)
    body = "\n".join("，".join(chance.choices(_CLAUSES, k=6)) + f"，编号{number}。" for _ in range(lines))
    place = table("places")[int(60 * chance.random() ** 3)]
    scam = table("scam_types")[int(35 * chance.random() ** 2)]["slug"] or "crypto"
    title = f"第{number}号提示：{chance.choice(_CLAUSES[:10])}" + (RARE if number % rare == 0 else "")
    url = f"https://{source}.example/list/{number}.html"
    reasons = (Reason("kind", kind, body.split("，")[0]),)
    named = (Place(place["code"], place["name"], place["name"]),)
    return Notice(
        f"ntc_{number:020d}",
        url,
        title,
        body,
        "zh-CN",
        Published("2025-06-15T08:00:00+08:00", "minute"),
        seen,
        seen,
        "revised" if number % 29 == 0 else "current",
        Origin(f"示例机构{source[1:]}", source, Authority.POLICE, True),
        Verdict(kind, Scope.CROSS_BORDER, (scam,), named, reasons=reasons),
        alertable=kind in (Kind.WARNING, Kind.POLICY, Kind.ENFORCEMENT),
        text_hash=f"{number:064d}",
        sightings=(Sighting(url, source, f"{source}/main", title, seen, "original"),),
    )


def tags_of(notice: Notice) -> Iterable[dict[str, str]]:
    """Its rows of tags."""
    found = {("place", p.code) for p in notice.verdict.places} | {("scam", s) for s in notice.verdict.scam_types}
    return ({"notice_id": notice.id, "field": field, "value": value} for field, value in sorted(found))


def link_of(notice: Notice) -> dict[str, Any]:
    """The link at which it was read."""
    said = {"key": notice.url[8:], "column": f"{notice.origin.source}/main", "url": notice.url, "title": notice.title}
    return said | {
        "first_seen": notice.first_seen,
        "baseline": False,
        "state": "read",
        "notice_id": notice.id,
        "role": "original",
    }


def event_of(notice: Notice) -> dict[str, Any]:
    """The event that told of it."""
    payload = {"title": notice.title, "published": "2025-06-15T08:00:00+08:00", "published_precision": "minute"}
    said = {"id": f"msg_{notice.id}", "type": "notice.new", "notice_id": notice.id, "column": None}
    return said | {"at": notice.first_seen, "payload": payload, "fanned_out": True}


def _delivery(notice: Notice) -> dict[str, Any]:
    said = {"event_id": f"msg_{notice.id}", "hook": "soc", "state": "delivered", "attempts": 1, "last_status": 200}
    return said | {"created": notice.first_seen + 1, "finished": notice.first_seen + 1.3}


def _watch(store: Store) -> None:
    """A look at every column every quarter of an hour for ninety days, one of a hundred of them failed."""
    chance = random.Random(7)
    with store.begin() as tx:
        known = [row.key for row in columns.rows(tx)]
    for key in known:
        times = [NOW - 900 * n for n in range(90 * 96, 0, -1)]
        rows = [_look(key, at, chance) for at in times]
        days = [
            {
                "column": key,
                "day": day,
                "looked": 0xFFFFFF,
                "observed": 0xFFFFFF,
                "kept": 0xFFFFFF >> chance.choice((0, 0, 0, 2)),
            }
            for day in range(int(NOW // 86400) - 90, int(NOW // 86400))
        ]
        with store.begin() as tx:
            tx.execute(insert(tables.looks), rows)
            tx.execute(insert(coverage.coverage), days)


def _look(key: str, at: float, chance: random.Random) -> dict[str, Any]:
    failed = chance.random() < 0.01
    outcome, status = ("failed", 503) if failed else ("unchanged", 200)
    return {"column": key, "at": at, "outcome": outcome, "status": status, "seconds": 0.4, "items": 20, "new": 0}
