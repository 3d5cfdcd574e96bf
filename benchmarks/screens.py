"""What a look costs the server when there are many notices: every screen, searches, and every list of the API."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path

from starlette.testclient import TestClient

from benchmarks.figures import Figure
from benchmarks.many import NOW, world
from crawler.store import Store, tables
from feeds.web.app import create_app
from feeds.web.questions import MOST, MOST_NOTICES
from feeds.web.status import DaemonStatus

NOTICES = 100_000
AT_MOST = 100.0  # milliseconds of the server's CPU for one answer
WEIGHT = 150.0  # kB of a screen with all it loads, before any compression
TEN_MINUTES, SIX_HOURS = 700.0, 6.1 * 3600  # seconds after which parts of what is remembered serve no more
_LOADED = re.compile(r'(?:href|src)="(/static/[^"]+)"|from "\./([^"]+)"')


def run(folder: Path, rounds: int) -> list[Figure]:
    """CPU-milliseconds of the server for each screen and list, and the weight of each screen."""
    store, configuration = world(folder, f"sqlite:///{folder / 'many.db'}", NOTICES)
    clock = [NOW]
    app = create_app(configuration, store, _status(), now=lambda: clock[0])
    client = TestClient(app, "http://127.0.0.1:8750", client=("127.0.0.1", 50000))
    figures = []
    for name, path in screens(store):
        figures += [_figure(name, client, path, rounds), _weight(name, client, path)]
    figures += [_figure(f"API: {name}", client, f"/api/v1{path}", rounds) for name, path in lists()]
    for name, path, after in seldom():
        took = []
        for _ in range(rounds):
            clock[0] += after
            took.append(round(_cpu(client, path), 1))
        figures.append(Figure("screens", name, tuple(took), "ms CPU", at_most=AT_MOST))
    store.close()
    return figures


def screens(store: Store) -> Iterator[tuple[str, str]]:
    """Every screen, and where it is."""
    with store.read() as tx:
        newest = tx.execute(tables.notices.select().order_by(tables.notices.c.first_seen.desc()).limit(1)).one()
    yield from (("wire", "/"), ("wire, of one place", "/?place=MM"), ("wire, of two things", "/?place=MM&kind=policy"))
    yield from (("search, common word", "/?q=诈骗"), ("search, rare word", "/?q=独一无二"))
    yield from (("search, English", "/?q=embassy+deposit"), ("search, one character", "/?q=骗&kind=case"))
    yield from (("search, nothing found", "/?q=没有这样的话"), ("notice", f"/notices/{newest.id}"))
    yield from (("sources", "/sources"), ("one source", "/sources/s1"), ("trends", "/trends"))
    yield from (("deliveries", "/deliveries"), ("hooks", "/hooks"), ("one hook", "/hooks/soc"))
    yield from (("rule", "/rules/new"), ("about", "/about"))


def lists() -> Iterator[tuple[str, str]]:
    """Every list of the API at its longest, and searches in that of notices."""
    notices = f"/notices?limit={MOST_NOTICES}"
    yield from (("notices", notices), ("notices of a place", f"{notices}&place=MM"))
    yield from (("notices of a source", f"{notices}&source=s3"), ("a word that none has", f"{notices}&q=无此词语"))
    yield from (("a common word", f"{notices}&q=诈骗"), ("a rare word", f"{notices}&q=独一无二"))
    yield from (("one character", f"{notices}&q=骗"), ("a word and not another", f"{notices}&q=诈骗&exclude=embassy"))
    yield "notices, a page in the middle", f"{notices}&before=ntc_{NOTICES // 2:020d}"
    yield from (("one notice", f"/notices/ntc_{NOTICES // 2:020d}"), ("columns", f"/sources?limit={MOST}"))
    yield from (("looks", f"/columns/s7/main/looks?limit={MOST}"), ("incidents", f"/incidents?limit={MOST}"))
    yield from (("deliveries", f"/deliveries?limit={MOST}"), ("dead letters", f"/deliveries?state=dead&limit={MOST}"))
    yield "deliveries of a notice", f"/deliveries?notice=ntc_{NOTICES // 2:020d}"
    yield from (("coverage", "/coverage"), ("hooks", "/hooks"), ("rules", "/rules"), ("health", "/health"))
    yield "description", "/openapi.json"


def seldom() -> Iterator[tuple[str, str, float]]:
    """What reads more than it shows, and the seconds after which it does so anew, nobody having read ahead."""
    yield "trends, this week read anew", "/trends", TEN_MINUTES
    yield "trends, all read anew (a daemon does it ahead)", "/trends", SIX_HOURS
    yield "a hook tried on its newest notices", "/hooks/soc/trial?days=30", TEN_MINUTES


def _figure(name: str, client: TestClient, path: str, rounds: int) -> Figure:
    client.get(path)  # the first reader also pays for what is remembered after it
    took = tuple(round(_cpu(client, path), 1) for _ in range(rounds))
    return Figure("screens", name, took, "ms CPU", at_most=AT_MOST)


def _weight(name: str, client: TestClient, path: str) -> Figure:
    weighed: dict[str, int] = {}
    left = [path]
    while left:
        address = left.pop()
        answer = client.get(address, headers={"Accept-Encoding": "identity"})
        weighed[address] = len(answer.content)
        named = (at or f"/static/{beside}" for at, beside in _LOADED.findall(answer.text))
        left += {at for at in named if at not in weighed} - set(left)
    return Figure("screens", f"{name}, weight", (sum(weighed.values()) / 1000,), "kB", at_most=WEIGHT)


def _cpu(client: TestClient, path: str) -> float:
    begun = time.process_time()
    answer = client.get(path)
    took = 1000 * (time.process_time() - begun)
    if answer.status_code != 200:
        raise RuntimeError(f"{path}: {answer.status_code}")
    return took


def _status() -> DaemonStatus:
    return DaemonStatus(clock=lambda: 0.0, started=0.0, crawl_alive=True, crawl_heartbeat=0.0, stored=0.0)
