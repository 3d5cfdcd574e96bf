"""One document, two addresses: whoever finds the second one, it is the notice that is known."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import rounds
from crawler.configuration import Configuration
from crawler.store.wire import notices
from tests.crawl.conftest import Round
from tests.publisher import ADVICE, Publisher

HERE, THERE = "/tzgg/202611/t20261120_4123456.html", "/zxdt/fzts/202611/t20261120_4123456.html"
TITLE = "警方提示：警惕缅甸妙瓦底高薪招聘陷阱"


def publish(office: Publisher, path: str, title: str = TITLE, body: tuple[str, ...] = ADVICE) -> None:
    office.articles[path] = (title, body, "2026-11-20 09:30")
    office._render(path)


def test_a_document_submitted_at_another_address_is_the_notice_it_was(
    office: Publisher, file: Path, rounds_of: Callable[[Path], Round]
) -> None:
    publish(office, HERE, body=("请致电12308核实。",))  # too short to be known again by its words
    crawl = rounds_of(file)
    crawl()
    office.server.answers[THERE] = office.server.answers[HERE]
    id = rounds.submit(Configuration(file), office.server.url + THERE)
    with crawl.store.read() as tx:
        assert [n.id for n in notices.every(tx) if n.title == TITLE] == [id]


def test_another_document_with_the_same_number_is_a_notice_of_its_own(
    office: Publisher, file: Path, rounds_of: Callable[[Path], Round]
) -> None:
    publish(office, HERE)
    crawl = rounds_of(file)
    crawl()
    publish(office, THERE, "关于境外转账核实电话的公告", ("转账前请致电12308核实，以免受骗。",))
    crawl()
    assert {office.server.url + HERE, office.server.url + THERE} <= crawl.links().keys()
    with crawl.store.read() as tx:
        found = {n.title: n for n in notices.every(tx)}
    assert found[TITLE].status == found["关于境外转账核实电话的公告"].status == "current"


def test_a_document_that_moved_is_not_withdrawn(
    office: Publisher, file: Path, rounds_of: Callable[[Path], Round]
) -> None:
    publish(office, HERE)
    crawl = rounds_of(file)
    crawl()
    office.delete(HERE)
    publish(office, THERE)
    crawl()
    crawl()
    with crawl.store.read() as tx:
        (notice,) = [n for n in notices.every(tx) if n.title == TITLE]
    assert (notice.status, notice.url) == ("current", office.server.url + THERE)
    assert office.server.url + THERE in {s.url for s in notice.sightings}
