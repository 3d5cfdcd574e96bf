"""/healthz tells the truth, /metrics what the store knows."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from dataclasses import replace

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as open_metrics
from prometheus_client.parser import text_string_to_metric_families as prometheus
from starlette.testclient import TestClient

from crawler.exceptions import StoreError
from crawler.items import Outcome
from crawler.store import meta
from crawler.store.delivery import outbox
from crawler.store.engine import sqlite_file
from crawler.store.watch import columns
from feeds.web.status import (
    LATE_DELIVERY,
    LATE_LOOK,
    SILENCE,
    UNWRITTEN,
    DaemonStatus,
    StoreFacts,
    problems,
    try_to_write,
)
from tests.feeds.world import T0, World, make_notice

Browse = Callable[..., TestClient]
WELL = StoreFacts()


def test_a_daemon_that_polls_and_delivers_is_well(world: World, browse: Browse) -> None:
    answer = browse(world).get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "problems": []})


@pytest.mark.parametrize(
    ("changed", "facts", "said"),
    [
        ({"crawl_alive": False}, WELL, "the crawl is not running"),
        ({"crawl_heartbeat": None}, WELL, "the crawl has not reported yet"),
        ({"crawl_heartbeat": 999 - SILENCE}, WELL, "the crawl has been silent for 61 s"),
        ({"delivered": 999 - SILENCE}, WELL, "delivery has been silent for 61 s"),
        ({"published": None}, WELL, "publishing of feeds has not reported yet"),
        ({"started": None}, WELL, "the daemon has not started"),
        ({"stopping": True}, WELL, "the daemon is stopping"),
        ({"stored": 999 - UNWRITTEN}, WELL, "the database cannot be written"),
        ({"stored": None}, WELL, "the database cannot be written"),
        ({}, StoreFacts(trouble="locked"), "the database cannot be written"),
        ({}, StoreFacts(unlooked=LATE_LOOK + 60), "no column was looked at for 6 min"),
        ({}, StoreFacts(late=LATE_DELIVERY + 60), "a delivery is 6 min overdue"),
    ],
)
def test_each_trouble_is_named(status: DaemonStatus, changed: dict[str, object], facts: StoreFacts, said: str) -> None:
    status.started = 0.0
    assert problems(status, WELL) == []
    assert [p.en for p in problems(replace(status, **changed), facts)] == [said]  # type: ignore[arg-type]


def test_what_was_due_while_the_daemon_was_off_is_no_trouble(status: DaemonStatus) -> None:
    assert problems(status, StoreFacts(unlooked=86400.0)) == []


def test_a_column_that_is_due_and_that_nobody_looks_at_is_503(
    world: World, browse: Browse, status: DaemonStatus
) -> None:
    status.started = 0.0
    with world.store.begin() as tx:
        tx.exec_driver_sql(f"UPDATE columns SET due = {T0}")
    assert browse(world).get("/healthz").json()["problems"] == ["no column was looked at for 60 min"]


def test_a_daemon_that_does_not_deliver_is_503_and_why(world: World, browse: Browse, status: DaemonStatus) -> None:
    status.delivered = 0.0
    answer = browse(world).get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["problems"] == ["delivery has been silent for 1000 s"]


def test_a_delivery_long_overdue_is_503(world: World, browse: Browse) -> None:
    world.remember(make_notice(1))
    with world.store.begin() as tx:
        outbox.fan_out(tx, lambda *_: ["soc"], T0)
    assert browse(world).get("/healthz").status_code == 503


def test_a_database_that_hangs_is_503_in_time(world: World, browse: Browse, monkeypatch: pytest.MonkeyPatch) -> None:
    client, free = browse(world), threading.Event()
    monkeypatch.setattr("feeds.web.status.PATIENCE", 0.05)
    monkeypatch.setattr("feeds.web.status.store_facts", lambda *_: free.wait(10))
    answer = client.get("/healthz")
    free.set()
    assert answer.status_code == 503
    assert answer.json()["problems"] == ["the database cannot be written"]


def test_whether_it_takes_writes_is_found_out_by_writing(world: World) -> None:
    try_to_write(world.store, T0)
    with world.store.read() as tx:
        assert meta.get(tx, "healthz") == str(int(T0))


def test_a_database_that_was_removed_or_replaced_while_in_use_is_no_healthy_one(world: World) -> None:
    file = sqlite_file(world.store.engine.url)
    assert file is not None
    kept = file.rename(file.with_name("kept.db"))
    for _ in ("removed", "replaced"):
        with pytest.raises(StoreError, match="removed or replaced while in use; end Fenghuo, then bring back"):
            try_to_write(world.store, T0)
        shutil.copy(kept, file)
    kept.rename(file)
    try_to_write(world.store, T0)


def figures(client: TestClient) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    families = prometheus(client.get("/metrics").text)
    return {(s.name, tuple(sorted(s.labels.items()))): s.value for f in families for s in f.samples}


def test_metrics_count_looks_notices_and_deliveries(world: World, browse: Browse) -> None:
    world.remember(make_notice(1))
    world.look("bsa/tips", Outcome.NEW, at=T0)
    world.look("bsa/tips", Outcome.EMPTY, at=T0 + 60)
    with world.store.begin() as tx:
        outbox.fan_out(tx, lambda *_: ["soc"], T0)
    found = figures(browse(world))
    column = (("column", "tips"), ("source", "bsa"))
    assert found["fenghuo_last_success_timestamp_seconds", column] == T0
    assert found["fenghuo_last_new_item_timestamp_seconds", column] == T0
    assert found["fenghuo_poll_total", (("column", "tips"), ("result", "new"), ("source", "bsa"))] == 1
    assert found["fenghuo_parse_empty_total", (("source", "bsa"),)] == 1
    assert found["fenghuo_items_total", (("alertable", "true"), ("kind", "warning"))] == 1
    assert found["fenghuo_deliveries_queued", (("channel", "soc"),)] == 1
    assert found["fenghuo_delivery_queue_age_seconds", ()] == 3600
    assert found["fenghuo_dead_letters", ()] == 0
    assert found["fenghuo_suspect_sources", ()] == 1


def test_looks_are_counted_once_however_often_they_are_read(world: World, browse: Browse) -> None:
    client = browse(world)
    counts = []
    for at in (T0, T0 + 60):
        world.look("bsa/tips", Outcome.UNCHANGED, at=at)
        key = ("fenghuo_poll_total", (("column", "tips"), ("result", "unchanged"), ("source", "bsa")))
        counts += [figures(client)[key], figures(client)[key]]
    assert counts == [1, 1, 2, 2]


def test_of_very_many_columns_those_in_need_alone_have_samples_of_their_own(world: World, browse: Browse) -> None:
    lists = "".join(f'[[column]]\nid = "c{n}"\nurl = "https://many.example/{n}/"\n' for n in range(2001))
    text = f'id = "many"\nname = "众栏目"\nauthority = "police"\n{lists}'
    (world.folder / "sources" / "many.toml").write_text(text, "utf-8")
    world.configuration.refresh()
    with world.store.begin() as tx:
        columns.sync(tx, world.configuration.catalogue.enabled(), T0)
    world.look("many/c7", Outcome.UNCHANGED, at=T0)
    world.look("many/c8", Outcome.UNCHANGED, at=T0)
    world.look("many/c8", Outcome.FAILED, at=T0 + 60)
    found = figures(browse(world))
    own = {dict(labels)["column"] for name, labels in found if name == "fenghuo_last_success_timestamp_seconds"}
    assert own == {"c8"}
    assert found["fenghuo_poll_total", (("column", ""), ("result", "unchanged"), ("source", ""))] == 2
    assert found["fenghuo_columns", (("state", "ok"),)] == 1
    assert found["fenghuo_columns", (("state", "degraded"),)] == 1


def test_metrics_speak_openmetrics_to_those_who_ask(world: World, browse: Browse) -> None:
    world.remember(make_notice(1))
    answer = browse(world).get("/metrics", headers={"Accept": "application/openmetrics-text; version=1.0.0"})
    assert answer.headers["content-type"].startswith("application/openmetrics-text")
    assert answer.text.endswith("# EOF\n")
    assert {f.name for f in open_metrics(answer.text)} >= {"fenghuo_poll", "fenghuo_items", "fenghuo_build"}


def test_no_address_and_no_title_is_a_label(world: World, browse: Browse) -> None:
    notice = world.remember(make_notice(1))
    text = browse(world).get("/metrics").text
    assert "://" not in text
    assert notice.title not in text
