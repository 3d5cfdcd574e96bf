"""What the lists of the API cost the server with a hundred thousand notices: the slowest page of each, milliseconds."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from benchmarks.figures import Figure
from crawler.configuration import Configuration
from crawler.items import Look, Outcome
from crawler.store import Store, open_store, tables
from crawler.store.watch import columns, looks
from feeds.web.app import create_app
from feeds.web.status import DaemonStatus

NOTICES = 100_000
TARGET = 100.0  # milliseconds
T0 = 1_700_000_000.0
_BATCH = 5_000
_SOURCE = 'id = "s{n}"\nname = "第{n}厅"\nauthority = "police"\nurl = "https://s{n}.example/"\n'
_WORDS = ("转账", "刷单", "冒充", "客服", "招工", "缅北", "换汇", "护照", "投资", "验证码")
PATHS = {
    "notices": "/notices",
    "notices of a kind": "/notices?kind=wanted",
    "notices of a rare place": "/notices?place=PH",
    "notices of a source": "/notices?source=s7",
    "notices with a word": "/notices?q=护照",
    "notices with a word that none has": "/notices?q=无此词语",
    "one notice": "/notices/ntc_00000000000000050000",
    "columns": "/sources",
    "looks": "/columns/s7/main/looks",
    "incidents": "/incidents",
    "deliveries": "/deliveries",
    "dead letters": "/deliveries?state=dead",
    "deliveries of a notice": "/deliveries?notice=ntc_00000000000000050000",
    "deliveries to a rare hook": "/deliveries?hook=chat",
    "hooks": "/hooks",
    "rules": "/rules",
    "coverage": "/coverage",
    "health": "/health",
    "description": "/openapi.json",
}


def run(folder: Path, rounds: int) -> list[Figure]:
    """The CPU that each list costs, its first page and the one in the middle; medians of rounds."""
    client, store = filled(folder)
    figures = []
    for name, path in PATHS.items():
        figures.append(_figure(name, client, f"/api/v1{path}", rounds))
    middle = client.get("/api/v1/notices?before=ntc_00000000000000050000").json()["next"]
    figures.append(_figure("notices, a page in the middle", client, f"/api/v1/notices?cursor={middle}", rounds))
    store.close()
    return figures


def _figure(name: str, client: TestClient, path: str, rounds: int) -> Figure:
    client.get(path)  # plans and caches
    got = tuple(round(_cpu(lambda: client.get(path)), 1) for _ in range(max(rounds, 3)))
    return Figure("api", f"{name}, {NOTICES:,} notices", got, "CPU-ms", at_most=TARGET)


def _cpu(work: Callable[[], Any]) -> float:
    begun = time.process_time()
    assert work().status_code == 200
    return 1000 * (time.process_time() - begun)


def filled(folder: Path, number: int = NOTICES) -> tuple[TestClient, Store]:
    """The web of an installation with so many notices, each with a sighting and two deliveries."""
    (folder / "sources").mkdir()
    for n in range(50):
        (folder / "sources" / f"s{n}.toml").write_text(_SOURCE.format(n=n), "utf-8")
    config = folder / "fenghuo.toml"
    hooks = "".join(f'[[hook]]\nid = "{id}"\nurl = "https://{id}.example/"\n' for id in ("soc", "chat"))
    config.write_text(f'sources = ["sources/*.toml"]\n{hooks}', "utf-8")
    configuration = Configuration(config)
    store = open_store(configuration.settings.database_url)
    with store.begin() as tx:
        columns.sync(tx, configuration.catalogue.enabled(), T0)
        looked = [
            Look("s7/main", T0 + n, Outcome.FAILED if n % 7 == 0 else Outcome.UNCHANGED, 200) for n in range(2000)
        ]
        for n in range(0, len(looked), 50):
            looks.record(tx, looked[n : n + 50], every=configuration.catalogue.columns)
    for first in range(0, number, _BATCH):
        with store.begin() as tx:
            for table, rows in _rows(range(first, min(first + _BATCH, number))).items():
                tx.execute(getattr(tables, table).insert(), rows)
    status = DaemonStatus(time.monotonic, 0.0, True, *([time.monotonic()] * 3))
    return TestClient(create_app(configuration, store, status), "http://127.0.0.1:8750", client=("127.0.0.1", 1)), store


def _rows(numbers: range) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for number in numbers:
        for table, row in _row(number):
            found.setdefault(table, []).append(row)
    return found


def _row(n: int) -> Iterator[tuple[str, dict[str, Any]]]:
    id, at = f"ntc_{n:020d}", T0 + 60 * n
    source, url = f"s{n % 50}", f"https://s{n % 50}.example/{n}.html"
    body = "\n".join(
        f"警方提示第{n}号：{_WORDS[(n + k) % 9]}骗局，切勿向陌生账户{_WORDS[k % 2]}。" * 4 for k in range(4)
    )
    body += "护照" if n % 1000 == 0 else ""
    verdict = {
        "scam_types": ["job-lure"],
        "places": [],
        "figures": [],
        "contacts": ["96110"],
        "victims": [],
        "levels": [],
    }
    verdict |= {
        "validity": [],
        "reasons": [{"field": "kind", "value": "warning", "because": "警方提示"}],
        "via": [],
        "spoofed": False,
    }
    kind = "wanted" if n % 500 == 0 else "warning"
    yield (
        "notices",
        {
            **{"id": id, "number": n + 1, "url": url, "title": f"第{n}号提示", "body": body, "language": "zh-CN"},
            **{"first_seen": at, "updated": at, "status": "current", "source": source, "origin_name": source},
            **{"origin_source": source, "authority": "police", "official": True, "claimed_only": False, "kind": kind},
            **{
                "scope": "cross-border",
                "alertable": True,
                "verdict": verdict,
                "text_hash": f"{n:064d}",
                "withdrawals": 0,
            },
        },
    )
    yield "tags", {"notice_id": id, "field": "place", "value": "PH" if n % 5000 == 0 else "MM"}
    link = {"key": f"s{n % 50}.example/{n}.html", "column": f"{source}/main", "url": url, "title": f"第{n}号提示"}
    link |= {"first_seen": at, "baseline": False, "state": "read", "notice_id": id, "role": "original"}
    yield "links", link
    payload = {"id": id, "title": f"第{n}号提示", "body": body}
    yield (
        "events",
        {"id": f"evt_{n}", "type": "notice.new", "notice_id": id, "at": at, "payload": payload, "fanned_out": True},
    )
    for hook in ("soc", "chat") if n % 1000 == 0 else ("soc",):
        state = "dead" if n % 5000 == 0 else "delivered"
        yield "deliveries", {"event_id": f"evt_{n}", "hook": hook, "state": state, "created": at, "finished": at}
