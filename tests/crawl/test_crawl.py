"""Many publishers at once: what hangs, lies or cannot be read costs itself and nobody else."""

from __future__ import annotations

import asyncio
import re
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from threading import Timer

import pytest
import uvloop

from crawler.crawl import crawl
from crawler.extensions import lookout
from crawler.items import Look, Outcome
from crawler.job import Job
from crawler.store import engine
from crawler.store.watch import columns
from crawler.store.watch.visits import MOST_ATTEMPTS
from crawler.store.wire import notices
from tests.crawl.conftest import Round
from tests.crawl.test_reader import BOUND, HOSTILE
from tests.publisher import Publisher, configure
from tests.server import answer

WARNING = "警方提示：警惕缅甸妙瓦底高薪招聘陷阱"
HANG = b"HANG"
Make = Callable[[Path], Round]


@pytest.fixture
def offices() -> Iterator[dict[str, Publisher]]:
    """Four publishers on hosts of their own."""
    with ExitStack() as stack:
        made = {id: stack.enter_context(Publisher(name=f"示例{id}公安局")) for id in ("a", "b", "c", "d")}
        for publisher in made.values():
            publisher.seed(3)
        yield made


def outcomes(looks: list[Look]) -> list[tuple[str, Outcome]]:
    return [(look.column.partition("/")[0], look.outcome) for look in looks]


# ---- what hangs ------------------------------------------------------------------------------------------------------


def test_a_hanging_list_holds_up_no_other(
    tmp_path: Path, offices: dict[str, Publisher], rounds_of: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FENGHUO_CRAWL__CONCURRENCY", "1")  # nor when only one request may be under way
    monkeypatch.setenv("FENGHUO_CRAWL__TIMEOUT", "2")
    offices["a"].server.answers["/tzgg/"] = HANG
    look_round = rounds_of(configure(tmp_path, offices))
    looks = outcomes(look_round())
    assert sorted(looks[:3]) == [(id, Outcome.BASELINE) for id in ("b", "c", "d")]
    assert looks[3:] == [("a", Outcome.FAILED)]  # it was open until all the others had ended
    assert "no whole answer within 2 s" in look_round.looks[-1].why
    assert [link["state"] for link in look_round.links().values()] == ["read"] * 9


def test_a_hanging_article_holds_up_no_list_and_no_other_publisher(
    tmp_path: Path, offices: dict[str, Publisher], rounds_of: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    look_round = rounds_of(configure(tmp_path, offices))
    look_round()
    monkeypatch.setenv("FENGHUO_CRAWL__CONCURRENCY", "1")
    monkeypatch.setenv("FENGHUO_CRAWL__TIMEOUT", "2")
    path = offices["a"].publish(WARNING)
    offices["a"].server.answers[path] = HANG
    hanging = offices["a"].server.url + path
    other = offices["b"].server.url + offices["b"].publish(WARNING + "（二）")
    seen: list[str] = []

    def heard(_: str) -> None:
        seen.append(look_round.links()[hanging]["state"])

    looks = rounds_of(tmp_path / "fenghuo.toml")(on_event=heard)
    assert seen == ["pending"]  # the other's alert was on its way while the hanging page was still awaited
    assert len(looks) == 4
    links = look_round.links()
    assert links[other]["state"] == "read"
    assert (links[hanging]["state"], links[hanging]["attempts"]) == ("pending", 1)
    assert "no whole answer within" in links[hanging]["why"]


# ---- what cannot be read ---------------------------------------------------------------------------------------------


def test_an_article_that_cannot_be_read_is_tried_again_then_given_up_and_the_others_go_on(
    office: Publisher, file: Path, rounds_of: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FENGHUO_CRAWL__PARSE_TIMEOUT", "0.4")
    monkeypatch.setenv("FENGHUO_CRAWL__REVISIT", "[]")
    day = 1_800_000_000.0
    look_round = rounds_of(file)
    look_round(clock=lambda: day)
    path = office.publish("关于开展安全检查工作的通知公告")
    office.server.answers[path] = answer(HOSTILE)
    hostile, good = office.server.url + path, office.server.url + office.publish(WARNING)
    look_round(clock=lambda: day + 86400)
    links = look_round.links()
    assert links[good]["state"] == "read"
    assert (links[hostile]["state"], links[hostile]["attempts"]) == ("pending", 1)
    assert re.search(BOUND, links[hostile]["why"])
    assert links[hostile]["lease_owner"] is None
    with look_round.store.begin() as tx:  # as after many more rounds
        tx.exec_driver_sql(f"UPDATE links SET attempts = {MOST_ATTEMPTS - 1} WHERE state = 'pending'")
    look_round(clock=lambda: day + 2 * 86400)
    assert (look_round.links()[hostile]["state"], look_round.links()[hostile]["due"]) == ("dropped", None)
    office.server.requests.clear()
    look_round(clock=lambda: day + 3 * 86400)
    assert path not in office.server.paths()
    with look_round.store.read() as tx:
        assert len(notices.search(tx, notices.Query())) == 7


def test_an_article_that_the_database_refuses_is_tried_again_as_soon_as_it_takes_writes(
    file: Path, office: Publisher, rounds_of: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody waits an hour for the lease of the visit to run out."""
    monkeypatch.setattr(engine, "BUSY_SECONDS", 0.1)
    monkeypatch.setattr(lookout, "_AGAIN", 0.1)
    monkeypatch.setenv("FENGHUO_CRAWL__PER_HOST_DELAY", "0s")
    crawls = rounds_of(file)
    crawls()
    path, stop, told = office.publish(WARNING), asyncio.Event(), list[str]()
    page = office.server.answers[path]
    with closing(sqlite3.connect(file.parent / "var" / "fenghuo.db", check_same_thread=False)) as other:

        def lock(_: object) -> bytes:
            office.server.answers[path] = page
            other.execute("BEGIN IMMEDIATE")
            Timer(1.0, other.rollback).start()
            assert isinstance(page, bytes)
            return page

        def on_event(id: str) -> None:
            told.append(id)
            stop.set()

        office.server.answers[path] = lock
        with crawls.store.begin() as tx:
            tx.exec_driver_sql("UPDATE columns SET due = 0")
        begun = time.time()
        job = Job(crawls.configuration, crawls.store, clock=lambda: 30 * time.time() - 29 * begun, on_event=on_event)
        uvloop.run(asyncio.wait_for(crawl(job, stop), 30))
    assert len(told) == 1


def test_a_list_that_cannot_be_read_is_a_failed_look(
    tmp_path: Path, offices: dict[str, Publisher], rounds_of: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FENGHUO_CRAWL__PARSE_TIMEOUT", "0.5")
    huge = "<html><body>" + "一<br>" * 1_100_000 + "</body></html>"  # just below what is fetched at all
    offices["a"].server.answers["/tzgg/"] = answer(huge.encode())
    look_round = rounds_of(configure(tmp_path, offices))
    looks = dict(outcomes(look_round()))
    assert looks == {"a": Outcome.FAILED} | dict.fromkeys(("b", "c", "d"), Outcome.BASELINE)
    (why,) = [look.why for look in look_round.looks if look.why]
    assert re.search(BOUND, why)


# ---- how it ends -----------------------------------------------------------------------------------------------------


def test_an_edit_behind_an_unchanged_link_is_found_by_the_articles_own_schedule(
    crawl_once: Round, office: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    crawl_once()
    path = office.publish(WARNING)
    assert [look.outcome for look in crawl_once()] == [Outcome.NEW]
    office.edit(path, "12308", "12339")
    assert [look.outcome for look in crawl_once()] == [Outcome.UNCHANGED]  # the list shows nothing, and it is not due
    assert len(crawl_once.events) == 1
    with crawl_once.store.begin() as tx:
        tx.exec_driver_sql("UPDATE links SET due = 0 WHERE state = 'read'")
    assert [look.outcome for look in crawl_once()] == [Outcome.UNCHANGED]
    assert len(crawl_once.events) == 2
    assert crawl_once.events[0] == crawl_once.events[1]


def test_nothing_is_held_when_a_crawl_has_ended(crawl_once: Round, office: Publisher) -> None:
    office.server.answers["/tzgg/202611/t20261120_1001.html"] = answer(b"busy", 503)
    crawl_once()
    assert {link["lease_owner"] for link in crawl_once.links().values()} == {None}
    with crawl_once.store.begin() as tx:
        owed = columns.claim(tx, now=1e10, owner="next", limit=10)
    assert [due.column for due in owed] == ["office/main"]


def test_a_crawl_that_is_told_to_stop_ends_what_is_under_way(crawl_once: Round, office: Publisher) -> None:
    """Told at the first look's end, when seven articles have been found: all are read, and the crawl ends."""
    stop = asyncio.Event()
    job = Job(crawl_once.configuration, crawl_once.store, on_look=lambda _: stop.set())
    with crawl_once.store.begin() as tx:
        columns.sync(tx, crawl_once.configuration.catalogue.enabled(), 1000.0)
    uvloop.run(asyncio.wait_for(crawl(job, stop), 30))
    states = {link["state"] for link in crawl_once.links().values()}
    assert states <= {"read", "pending"}
    assert {link["lease_owner"] for link in crawl_once.links().values()} == {None}
    assert len(crawl_once.links()) == 6
    crawl_once()  # whatever was not visited any more is owed to the next
    assert {link["state"] for link in crawl_once.links().values()} == {"read"}
