"""A million notices and a hundred thousand columns beside ten thousand and a thousand: what grows with them?

SQLite, and PostgreSQL where `TEST_POSTGRES_URL` names one on this machine.  Some minutes and 8 GB a database, most of
them generation.  What is measured is CPU: of this process, and with PostgreSQL also of its processes that work for us,
as the kernel counts it; each of them does its work alone (no parallel workers), so that none is missed.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert, select, text
from starlette.testclient import TestClient

from benchmarks.crowd import CLAUSES, NOW, Crowd, few, many
from benchmarks.figures import Figure, share
from benchmarks.same import databases
from crawler.intake import take_in
from crawler.items import Article, Look, Outcome, PageClass
from crawler.reading.normalise import text_hash
from crawler.store import Store, tables
from crawler.store.delivery import outbox
from crawler.store.watch import columns, looks, visits
from crawler.store.wire import clauses, notices
from crawler.store.wire.notices import Query
from feeds.following import Following
from feeds.publish import publish
from feeds.remembered import Memory
from feeds.web.app import create_app
from feeds.web.status import DaemonStatus

TIMES = 7  # an action is repeated, a round; what others do meanwhile adds to all but the quickest
AT_MOST = 2.0  # times as long as in the small world
LOOK_UP = 1.0  # milliseconds for a text's clauses
_LOOK_UP, _LOOK_UPS = "clauses looked up", 200
_CLAIMED = 64
_LETTERS = [chr(c) for c in range(0x4E00, 0x5600)]
_PAGES = {
    "page: wire": "/",
    "page: wire of one place": "/?place=MM",
    "page: common word": "/?q=诈骗",
    "page: two words": "/?q=embassy+deposit",
    "page: rare word": "/?q=独一无二",
    "page: a source's notices": "/?source=s1",
    "page: sources": "/sources",
    "page: one source": "/sources/s1",
    "page: trends": "/trends",
    "page: deliveries": "/deliveries",
    "page: hooks": "/hooks",
    "page: about": "/about",
    "API: notices": "/api/v1/notices",
    "API: columns": "/api/v1/sources",
    "API: health": "/api/v1/health",
    "feed: of a place, narrowed": "/feeds/place/MM.atom?kind=case",
    "feed: with a word": "/feeds/all.atom?q=保本",
    "metrics": "/metrics",
}
Work = Callable[[], object]


def run(folder: Path, rounds: int) -> list[Figure]:
    """Milliseconds of each action in the great world, with those in the small one as the floor."""
    figures = []
    for name, url in databases(folder):
        with url as given:
            address = given.replace("?options=", "?options=-cmax_parallel_workers_per_gather%3D0%20")
            small = few(folder, address)
            before = _measured(small, rounds)
            great = many(folder, small)
            after = _measured(great, rounds)
            great.store.close()
        figures += [_figure(name, action, before[action], after[action]) for action in after]
    return figures


def _figure(database: str, action: str, before: list[float], after: list[float]) -> Figure:
    floor = share(before, 0.5)
    most = LOOK_UP if action == _LOOK_UP else round(AT_MOST * floor, 2)
    return Figure("wide", f"{action}, {database}", tuple(after), "ms", floor, "10,000 notices", at_most=most)


def _measured(crowd: Crowd, rounds: int) -> dict[str, list[float]]:
    got: dict[str, list[float]] = {}
    actions = dict(_actions(crowd))
    for _ in range(rounds):
        for name, work in actions.items():
            work()  # the first one also pays for what is remembered after it
            got.setdefault(name, []).append(round(min(_took(crowd, work) for _ in range(TIMES)), 3))
        got.setdefault(_LOOK_UP, []).append(round(_looked_up(crowd), 3))
    return got


def _took(crowd: Crowd, work: Work) -> float:
    """Milliseconds of CPU.  Raises OSError where the database is on another machine."""
    servers = _servers(crowd.store)
    begun = _spent(servers)
    work()
    return 1000 * (_spent(servers) - begun)


def _spent(servers: list[Path]) -> float:
    """CPU-seconds so far, of this process and those of the database."""
    return time.process_time() + sum(int(file.read_text().split()[0]) for file in servers) / 1e9


_BACKENDS = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'"


def _servers(store: Store) -> list[Path]:
    """Where the kernel says what each of the database's processes that work for us has used (proc(5), schedstat)."""
    if not store.shared:
        return []
    with store.read() as tx:
        pids = tx.scalars(text(_BACKENDS)).all()
    return [Path(f"/proc/{pid}/schedstat") for pid in pids]


def _looked_up(crowd: Crowd) -> float:
    """Of many look-ups in one transaction the median."""
    chance = random.Random(7)
    with crowd.store.read() as tx:
        wanted = [[chance.getrandbits(63) for _ in range(CLAUSES)] for _ in range(_LOOK_UPS)]
        return share([_took(crowd, lambda of=of: clauses.met(tx, of)) for of in wanted], 0.5)


def _actions(crowd: Crowd) -> Iterator[tuple[str, Work]]:
    """What is done again and again, and leaves the store as it was."""
    chance = random.Random(7)
    yield "columns claimed", _undone(crowd, _claim_columns)
    yield "visits claimed", _undone(crowd, _claim_visits)
    yield "looks recorded", _undone(crowd, _recorder(crowd))
    yield "deliveries owed and claimed", _undone(crowd, _claim_deliveries)
    yield "new text judged and saved", _undone(crowd, lambda tx: _take_in(crowd, tx, _article(chance)))
    with crowd.store.read() as tx:
        known = notices.search(tx, Query(limit=1))[0]
    copy = Article(PageClass.ARTICLE, _url("copy"), _url("copy"), known.title, known.body, text_hash=known.text_hash)
    yield "copy judged and saved", _undone(crowd, lambda tx: _take_in(crowd, tx, copy))
    with crowd.store.read() as tx:
        last = tx.scalars(
            select(tables.publications.c.notice_id).order_by(tables.publications.c.number.desc()).limit(1)
        ).first()
    memory, following = Memory(), Following() if crowd.store.shared else None  # as a daemon has them
    yield "feeds published after one change", lambda: _publish(crowd, str(last), memory, following)
    yield "feeds published, nothing remembered", lambda: _publish(crowd, str(last), Memory(), following)
    app = create_app(crowd.configuration, crowd.store, _status(), now=lambda: NOW)
    client = TestClient(app, "http://127.0.0.1:8750", client=("127.0.0.1", 50000))
    for name, path in (*_PAGES.items(), ("page: notice", f"/notices/{known.id}")):
        yield name, lambda path=path: _asked(client, path)


class _Undo(Exception):
    """Ends a transaction that is not to last."""


def _undone(crowd: Crowd, work: Callable[[Connection], object]) -> Work:
    def once() -> None:
        try:
            with crowd.store.begin() as tx:
                if not work(tx):
                    raise RuntimeError("nothing was found to be done")
                raise _Undo
        except _Undo:
            pass

    return once


def _claim_columns(tx: Connection) -> object:
    return columns.claim(tx, now=NOW, owner="benchmark", limit=_CLAIMED)


def _claim_visits(tx: Connection) -> object:
    return visits.claim(tx, now=NOW, owner="benchmark", limit=_CLAIMED)


def _recorder(crowd: Crowd) -> Callable[[Connection], object]:
    made = [Look(f"s{n}/c{k}", NOW, Outcome.UNCHANGED, 200) for n in range(1, 8) for k in range(1, 10)]

    def record(tx: Connection) -> object:
        looks.record(tx, made, every=crowd.configuration.catalogue.columns)
        return made

    return record


def _claim_deliveries(tx: Connection) -> object:
    events = tx.scalars(select(tables.events.c.id).where(tables.events.c.type == "notice.new").limit(_CLAIMED)).all()
    owed = {"hook": "chat", "state": "queued", "created": NOW, "due": NOW}
    tx.execute(insert(tables.deliveries), [owed | {"event_id": id} for id in events])
    assert outbox.owed(tx, NOW)[1] == ["chat"]
    return outbox.claim(tx, "chat", now=NOW, owner="benchmark", limit=_CLAIMED)


def _take_in(crowd: Crowd, tx: Connection, article: Article) -> object:
    given: dict[str, Any] = {"page": None, "catalogue": crowd.configuration.catalogue, "source": None, "column": None}
    return take_in(tx, article, key=article.key, now=NOW, baseline=False, **given)


def _article(chance: random.Random) -> Article:
    said = "\n".join("".join(chance.choices(_LETTERS, k=chance.randint(9, 24))) + "，" for _ in range(2 * CLAUSES))
    url = _url(str(chance.getrandbits(60)))
    return Article(PageClass.ARTICLE, url, url, said[:20], said, text_hash=text_hash(said))


def _url(name: str) -> str:
    return f"https://mirror.example/{name}"


def _publish(crowd: Crowd, notice_id: str, memory: Memory, following: Following | None) -> None:
    with crowd.store.begin() as tx:
        tx.execute(tables.changes.insert().values(notice_id=notice_id))
    publish(crowd.store, crowd.publishing.settings, crowd.publishing.catalogue, following=following, memory=memory)


def _asked(client: TestClient, path: str) -> None:
    answer = client.get(path)
    if answer.status_code != 200:
        raise RuntimeError(f"{path}: {answer.status_code}")


def _status() -> DaemonStatus:
    return DaemonStatus(clock=lambda: 0.0, started=0.0, crawl_alive=True, crawl_heartbeat=0.0, stored=0.0)
