"""A house that has been on watch for a while, as the screens show it: in our own words."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import insert

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
    Page,
    Place,
    Published,
    Reason,
    Revision,
    Scope,
    Sighting,
    Verdict,
)
from crawler.judging.change.diff import summarise
from crawler.store import Store, open_store, tables
from crawler.store.delivery import outbox
from crawler.store.evidence import captures
from crawler.store.watch import columns, looks
from crawler.store.wire import notices
from feeds.publish import publish

NOW = 1_760_000_000.0  # 2025-10-09T08:53:20Z
DAY = 86400.0
_SOURCES = {
    "bsa": ("边海安全部", "Border Safety Authority", "ministry", ("tips", "安全提示"), ("news", "工作动态")),
    "harbour-police": ("港城警方", "Harbour City Police", "police", ("alerts", "警情提示")),
    "finreg": ("金融秩序局", "Office of Financial Order", "regulator", ("risk", "风险提示")),
    "daily": ("港口日报", "Harbour Daily", "media", ("main", "要闻")),
    "mission-east": ("驻东岸使馆", "Mission to the East Coast", "embassy", ("consular", "领事提醒")),
}
_SETTINGS = """
sources = ["sources/*.toml"]
database_url = "sqlite:///house.db"
allow_addresses = ["127.0.0.0/8"]
[[hook]]
id = "soc"
url = "https://soc.example/hooks/fenghuo"
secret = "whsec_bm90IGEgc2VjcmV0LCAyNCBieXRlcyBhdCBsZWFzdA=="
events = ["notice.new", "notice.revised", "notice.withdrawn", "source.broken"]
when = {{ place = ["MM", "KH"] }}
[[hook]]
id = "desk"
url = "https://desk.example/inbox"
digest = "15m"
{more}
"""
_BODY = (
    "近期，{who}接报多起以“高薪客服”“包吃包住”为名招募人员赴{where}的案件。",
    "受害人抵达后证件即被收走，被迫从事电信网络诈骗活动，稍有不从即遭殴打。",
    "请核实雇主的登记信息与签证类型，不要相信口头承诺，更不要交出证件。",
    "凡要求下载陌生会议软件并共享屏幕的，一律是诈骗。",
    "如遇紧急情况，请拨打12308领事保护热线或向当地警方求助。",
)
REVISED = "到东岸“做客服”可能是骗局：谨慎前往{where}相关地区"
OLD = (
    "近期有23名中国公民被骗至{where}边境地区从事电信网络诈骗。\n请谨慎前往上述地区。\n"
    "证件一旦被收走，请马上向当地警方求助。\n联系电话：12308。\n本提醒自发布之日起有效。"
)
NEW = (
    "近期有41名中国公民被骗至{where}边境地区从事电信网络诈骗。\n请暂勿前往上述地区。\n"
    "证件一旦被收走，请马上向当地警方求助。\n联系电话：12308、96110。\n本提醒自发布之日起有效。"
)


@dataclass
class House:
    """What the tests and the pictures look at."""

    store: Store
    configuration: Configuration
    revised: str  # id of the notice that was revised and reprinted
    withdrawn: str


def build(folder: Path, *, settings: str = "", database: str = "", crowd: int = 180) -> House:
    """The house, in ``folder``."""
    _write(folder, settings)
    configuration = Configuration(folder / "fenghuo.toml")
    store = open_store(database or f"sqlite:///{folder / 'house.db'}")
    with store.begin() as tx:
        columns.sync(tx, configuration.catalogue.enabled(), NOW - 90 * DAY)
    _crowd(store, crowd)
    revised = _story(store)
    withdrawn = _gone(store)
    _watched(store, configuration)
    _delivered(store)
    publish(store, configuration.settings, configuration.catalogue)
    return House(store, configuration, revised, withdrawn)


def bare(folder: Path) -> House:
    """An installation that has nothing yet."""
    (folder / "sources").mkdir()
    later = 'id = "later"\nname = "Later"\nauthority = "police"\n[[column]]\nurl = "https://later.example/"\n'
    (folder / "sources" / "later.toml").write_text(f"{later}enabled = false\n", "utf-8")
    (folder / "fenghuo.toml").write_text('sources = ["sources/*.toml"]\n', "utf-8")
    store = open_store(f"sqlite:///{folder / 'house.db'}")
    return House(store, Configuration(folder / "fenghuo.toml"), "", "")


def _write(folder: Path, settings: str) -> None:
    (folder / "sources").mkdir(exist_ok=True)
    for id, (name, english, authority, *listed) in _SOURCES.items():
        head = f'id = "{id}"\nname = "{name}"\nname_en = "{english}"\nauthority = "{authority}"\n'
        head += f'homepage = "https://{id}.example/"\n'
        told = (f'[[column]]\nid = "{c}"\nname = "{n}"\nurl = "https://{id}.example/{c}/"\n' for c, n in listed)
        (folder / "sources" / f"{id}.toml").write_text(head + "".join(told), "utf-8")
    (folder / "fenghuo.toml").write_text(_SETTINGS.format(more=settings), "utf-8")


_TITLES = (
    ("出境做“客服”前，请先核实雇主", Kind.WARNING, "MM", "缅甸", "job-lure"),
    ("{where}警方移交涉诈嫌疑人{n}名", Kind.ENFORCEMENT, "KH", "柬埔寨", "compound-trafficking"),
    ("关于规范跨境汇款账户管理的通知", Kind.POLICY, "HK", "香港", "money-mule"),
    ("警惕冒充使领馆的来电", Kind.WARNING, "TH", "泰国", "embassy-impersonation"),
    ("公开通缉跨境电诈集团{n}名骨干", Kind.WANTED, "MM", "缅甸", "pig-butchering"),
    ("一名留学生遭遇“虚拟绑架”的经过", Kind.CASE, "SG", "新加坡", "virtual-kidnapping"),
    ("“海外理财平台”无法提现风险提示", Kind.WARNING, "PH", "菲律宾", "fake-investment"),
    ("Beware of callers who claim to be from your embassy", Kind.WARNING, "GB", "英国", "impersonating-authorities"),
    ("联合执法行动捣毁窝点{n}处", Kind.ENFORCEMENT, "LA", "老挝", "online-gambling"),
    ("反诈宣传走进校园", Kind.FEATURE, "MY", "马来西亚", "tuition-payment"),
)


def _crowd(store: Store, number: int) -> None:
    """Half a year of notices, more of late."""
    chance = random.Random(11)
    with store.begin() as tx:
        for n in range(1, number + 1):
            seen = NOW - 170 * DAY * (1 - n / number) ** 1.4 - 1500
            made = _notice(n, seen, chance)
            event = "notice.new" if made.alertable else None
            change = Change(ChangeType.NEW, made, sighting=made.sightings[0], event=event)
            notices.apply(tx, change, key=made.url[8:], now=seen)


def _notice(n: int, seen: float, chance: random.Random) -> Notice:
    title, kind, code, where, scam = chance.choice(_TITLES)
    source = chance.choice(("bsa", "bsa", "harbour-police", "finreg", "mission-east", "daily"))
    name, _, authority, *listed = _SOURCES[source]
    official = authority != "media"
    title = title.format(n=3 + n % 60, where=where)
    body = "\n".join(_BODY).format(who=name, where=where)
    url = f"https://{source}.example/{listed[0][0]}/{n}.html"
    reasons = (
        Reason("kind", kind, body.split("\n")[2]),
        Reason("scope", "cross-border", body.split("\n")[0]),
        Reason("scam_types", scam, "以“高薪客服”“包吃包住”为名招募人员"),
        Reason("places", code, where),
    )
    verdict = Verdict(kind, Scope.CROSS_BORDER, (scam,), (Place(code, where, where),), (), ("12308",), reasons)
    published = Published(_rfc3339(seen - 400 - chance.random() * 3000), "minute")
    alertable = official and kind in (Kind.WARNING, Kind.WANTED, Kind.POLICY, Kind.ENFORCEMENT)
    return Notice(
        f"ntc_{n:020d}",
        url,
        title,
        body,
        "en" if title.isascii() else "zh-CN",
        published,
        seen,
        seen,
        "current",
        Origin(name, source, Authority(authority), official),
        verdict,
        alertable,
        text_hash=f"{n:064d}",
        sightings=(Sighting(url, source, f"{source}/{listed[0][0]}", title, seen, "original"),),
    )


def _rfc3339(at: float) -> str:
    from datetime import UTC, datetime, timedelta, timezone

    return datetime.fromtimestamp(at, UTC).astimezone(timezone(timedelta(hours=8))).isoformat(timespec="seconds")


def _story(store: Store) -> str:
    """A warning that was reprinted twice and then revised: the notice every picture of one shows."""
    seen = NOW - 3.2 * 3600
    plain = replace(
        _notice(9001, seen, random.Random(1)), title=REVISED.format(where="缅甸"), body=OLD.format(where="缅甸")
    )
    reasons = (
        Reason("kind", "warning", "请谨慎前往上述地区。"),
        Reason("scope", "cross-border", "近期有23名中国公民被骗至缅甸边境地区从事电信网络诈骗。"),
        Reason("scam_types", "job-lure", "到东岸“做客服”可能是骗局"),
    )
    place = Place("MM", "缅甸", "缅甸边境")
    verdict = Verdict(
        Kind.WARNING, Scope.CROSS_BORDER, ("job-lure",), (place,), ("23名",), ("12308",), reasons, levels=("谨慎前往",)
    )
    url = "https://mission-east.example/consular/9001.html"
    sighting = Sighting(url, "mission-east", "mission-east/consular", plain.title, seen, "original")
    origin = Origin("驻东岸使馆", "mission-east", Authority.EMBASSY, True)
    notice = replace(
        plain,
        url=url,
        verdict=verdict,
        origin=origin,
        alertable=True,
        language="zh-CN",
        sightings=(sighting,),
        published=Published(_rfc3339(seen - 900), "minute"),
    )
    reprints = [
        Sighting(
            "https://daily.example/main/77.html",
            "daily",
            "daily/main",
            f"使馆：{plain.title}",
            seen + 2400,
            "reprint",
            0.97,
        ),
        Sighting(
            "https://harbour-police.example/alerts/8.html",
            "harbour-police",
            "harbour-police/alerts",
            "转发：赴东岸务工提醒",
            seen + 5200,
            "excerpt",
            0.61,
        ),
    ]
    with store.begin() as tx:
        first = Change(ChangeType.NEW, notice, sighting=sighting, event="notice.new")
        notices.apply(tx, first, key=url[8:], now=seen)
        for one in reprints:
            notices.apply(tx, Change(ChangeType.REPRINT, notice, sighting=one), key=one.url[8:], now=one.first_seen)
        title, body = plain.title.replace("谨慎前往", "暂勿前往"), NEW.format(where="缅甸")
        material, summary, diff = summarise(f"{plain.title}\n{notice.body}", f"{title}\n{body}")
        at = NOW - 1300
        verdict = replace(
            verdict,
            levels=("暂勿前往",),
            figures=("41名",),
            contacts=("12308", "96110"),
            reasons=(
                replace(reasons[0], because="请暂勿前往上述地区。"),
                replace(reasons[1], because=body.split("\n")[0]),
                reasons[2],
            ),
        )
        now = replace(notice, title=title, body=body, updated=at, status="revised", verdict=verdict, text_hash="f" * 64)
        revision = Revision(at, material, summary, diff)
        notices.apply(
            tx, Change(ChangeType.REVISED, now, revision=revision, event="notice.revised"), key=url[8:], now=at
        )
        for text, when in ((OLD, seen), (NEW, at)):
            html = f"<!doctype html><title>{title}</title><h1>{title}</h1>" + "".join(
                f"<p>{line}</p>" for line in text.format(where="缅甸").splitlines()
            )
            page = Page(url, 200, html.encode(), "text/html; charset=utf-8", {}, when, "192.0.2.7")
            captures.add(tx, page, url[8:])
    return notice.id


def _gone(store: Store) -> str:
    seen = NOW - 2 * DAY
    notice = replace(_notice(9002, seen, random.Random(3)), title="（已撤下）关于口岸通关的提示")
    with store.begin() as tx:
        notices.apply(tx, Change(ChangeType.NEW, notice, sighting=notice.sightings[0]), key=notice.url[8:], now=seen)
        gone = replace(notice, updated=NOW - 9000, status="withdrawn")
        notices.apply(tx, Change(ChangeType.WITHDRAWN, gone), key=notice.url[8:], now=NOW - 9000)
    return notice.id


def _watched(store: Store, configuration: Configuration) -> None:
    """Looks every quarter of an hour for four days, and the coverage of ninety, with troubles."""
    chance, known = random.Random(5), configuration.catalogue.columns
    for key in known:
        made = [_look(key, NOW - 60 - n * 900, chance) for n in range(4 * 96, -1, -1)]
        with store.begin() as tx:
            tx.execute(insert(tables.coverage), [_day(key, day, chance) for day in range(4, 91)])
            looks.record(tx, made, every=known)


def _day(key: str, ago: int, chance: random.Random) -> dict[str, Any]:
    """What was kept of one of the days before the looks: as a rule all hours, now and then not."""
    whole = 0xFFFFFF
    kept = whole >> chance.choice((0,) * 12 + (1, 2, 5))
    if key == "daily/main" and 30 < ago < 34:
        kept = whole >> 20
    if key == "finreg/risk" and ago % 9 == 0:
        kept = whole >> 9
    return {"column": key, "day": int(NOW // DAY) - ago, "looked": whole, "observed": whole, "kept": kept}


def _look(key: str, at: float, chance: random.Random) -> Look:
    if key == "harbour-police/alerts" and at > NOW - 5 * 3600:
        return Look(key, at, Outcome.CHALLENGED, 412, seconds=0.3, why="a script challenge (Ruishu)")
    if key == "finreg/risk" and (at > NOW - 1000 or chance.random() < 0.02):
        return Look(key, at, Outcome.FAILED, None, seconds=30.0, why="no answer within 30 s")
    outcome = Outcome.NEW if chance.random() < 0.05 else Outcome.UNCHANGED
    return Look(key, at, outcome, 200, seconds=0.4, items=20, new=1 if outcome is Outcome.NEW else 0)


def _delivered(store: Store) -> None:
    """All but a few were delivered; one is dead, one waits, one receiver fails."""
    with store.begin() as tx:
        outbox.fan_out(tx, lambda *_: ["soc", "desk"], NOW - 900)
        queued = tx.execute(tables.deliveries.select().order_by(tables.deliveries.c.id)).all()
        _end(tx, queued, random.Random(2))


def _end(tx: Any, queued: Sequence[Any], chance: random.Random) -> None:
    events = {e.id: e for e in tx.execute(tables.events.select())}
    for n, row in enumerate(queued):
        at = events[row.event_id].at + 1 + chance.random() * 4
        last = len(queued) - n
        ended: dict[str, Any] = {
            "state": "delivered",
            "attempts": 1,
            "last_status": 200,
            "created": at,
            "finished": at + 0.3,
        }
        if last in (4, 7):
            ended = {
                "state": "dead",
                "attempts": 10,
                "last_status": 410,
                "last_error": "HTTP 410 Gone",
                "finished": NOW - 500,
            }
        elif last == 2:
            ended = {"attempts": 2, "last_status": 503, "last_error": "HTTP 503 Service Unavailable", "due": NOW + 240}
        tx.execute(tables.deliveries.update().where(tables.deliveries.c.id == row.id).values(**ended))
        if "due" in ended or ended["state"] == "dead":
            tried = [
                {
                    "delivery_id": row.id,
                    "at": NOW - 600 - 300 * k,
                    "ok": False,
                    "status": ended["last_status"],
                    "seconds": 0.2,
                    "error": ended["last_error"],
                }
                for k in (2, 1, 0)
            ]
            tx.execute(insert(tables.attempts), tried)
    tx.execute(
        tables.hooks.insert().values(
            id="desk",
            failures=4,
            failing_since=NOW - 4000,
            opened_at=NOW - 3000,
            probe_at=NOW + 60,
            why="HTTP 503 Service Unavailable",
        )
    )
