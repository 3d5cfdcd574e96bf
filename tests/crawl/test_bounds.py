"""A page, a selector or a query that takes too much memory costs a worker, stays under 150 MB, and is told by name."""

from __future__ import annotations

import asyncio
import json
import multiprocessing
from collections.abc import Awaitable
from contextlib import suppress
from pathlib import Path

import pytest

from crawler.configuration import Configuration
from crawler.exceptions import Unreadable
from crawler.items import Column, Page, Source
from crawler.store import Store
from tests.crawl.loop import in_loop
from tests.crawl.test_reader import HOSTILE, Desk, reading
from tests.publisher import Publisher

MOST = 150_000_000  # bytes by which a worker may grow (fault catalogue, budgets)
MARKUP = b"<html><body><h1>x</h1><div>" + b"<p>x</p>" * 950_000
"""7.6 MB that are 240 MB once they are parsed."""


@pytest.fixture
def patient(file: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The configuration with so much time that memory alone is short."""
    monkeypatch.setenv("FENGHUO_CRAWL__PARSE_TIMEOUT", "60")
    return file


def office_of(file: Path) -> tuple[Source, Column]:
    source = Configuration(file).catalogue.sources["office"]
    return source, source.column[0]


async def grown(work: Awaitable[object]) -> tuple[str, int]:
    """Why a page was not read, and by how many bytes its worker was seen to grow."""
    (worker,) = multiprocessing.active_children()
    before, most = held(worker.pid), 0
    task = asyncio.ensure_future(work)
    while not task.done():
        with suppress(OSError, StopIteration):  # it has ended
            most = max(most, held(worker.pid))
        await asyncio.sleep(0.005)
    with pytest.raises(Unreadable) as said:
        await task
    return str(said.value), most - before


def held(pid: int | None) -> int:
    """What a process holds of its own; files that it maps, such as modules, come and go with the system."""
    lines = Path(f"/proc/{pid}/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("RssAnon"))


@in_loop
async def test_a_page_that_takes_too_much_memory_costs_its_worker_and_the_next_is_read(
    patient: Path, sqlite_store: Store, office: Publisher
) -> None:
    source, column = office_of(patient)
    page = Page(f"{office.url}1.html", 200, MARKUP, "text/html; charset=utf-8", fetched_at=1.8e9)
    async with reading(patient, sqlite_store) as reader:
        desk = Desk(reader, patient, office)
        assert await desk.reads_the_next_page()
        for work in (desk.read(MARKUP), desk.read(HOSTILE), reader.read_list(page, source, column)):
            why, growth = await grown(work)
            assert why == f"{office.url}1.html: reading it takes more than 120 MB; the page is hostile or huge"
            assert 0 < growth < MOST
            assert await desk.reads_the_next_page()


@in_loop
async def test_a_query_of_a_source_file_that_grows_without_end_is_held_likewise(
    patient: Path, sqlite_store: Store, office: Publisher
) -> None:
    source, _ = office_of(patient)
    query = "rows"
    for _ in range(30):  # each layer doubles the backslashes of the one within
        query = f"to_string([{query}])"
    options = {"items": f"[{query}]", "url": "{u}", "title": "t"}
    column = Column(name="api", url=office.url, platform="json", json=options)
    page = Page(office.url, 200, json.dumps({"rows": ['"' * 1000]}).encode(), "application/json", fetched_at=1.8e9)
    async with reading(patient, sqlite_store) as reader:
        desk = Desk(reader, patient, office)
        assert await desk.reads_the_next_page()
        why, growth = await grown(reader.read_list(page, source, column))
        assert "reading it takes more than 120 MB" in why
        assert growth < MOST
        assert await desk.reads_the_next_page()


@in_loop
async def test_a_document_of_the_largest_size_that_says_something_is_read(
    patient: Path, sqlite_store: Store, office: Publisher
) -> None:
    path = office.publish("警方提示：警惕缅甸妙瓦底高薪招聘陷阱")
    answer = office.server.answers[path]
    assert isinstance(answer, bytes)
    honest = answer.partition(b"\r\n\r\n")[2]
    filling = "<p>近期，不法分子以高薪招聘为诱饵，诱骗群众出境。</p>".encode() * 45_000
    whole = honest.replace(b"</body>", filling + b"</body>")
    async with reading(patient, sqlite_store) as reader:
        article = await Desk(reader, patient, office).read(whole)
    assert len(whole) > 3_000_000
    assert article.title == "警方提示：警惕缅甸妙瓦底高薪招聘陷阱"
