"""A page that cannot be read costs a worker and is told; the next page is read."""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from crawler.configuration import Configuration
from crawler.exceptions import Unreadable
from crawler.extensions import reader as reader_module
from crawler.extensions.lookout import Lookout
from crawler.extensions.reader import Reader
from crawler.items import Article, Due, Page, PageClass
from crawler.job import Job
from crawler.spiders.wire import WireSpider
from crawler.store import Store
from tests.crawl.loop import in_loop
from tests.publisher import Publisher

HOSTILE = ("<html><body><h1>标题</h1><div>" + "一<br>" * 400_000 + "</div></body></html>").encode()
"""Two megabytes that take many seconds of work, or more memory than a page may."""
BOUND = r"(?:not read within [\d.]+ s|reading it takes more than \d+ MB)"
"""Why such a page is not read: whichever bound a machine comes to first."""


@asynccontextmanager
async def reading(file: Path, store: Store) -> AsyncIterator[Reader]:
    """The reader of a spider, as Scrapy opens and closes it."""
    reader = Reader()
    reader.open(WireSpider(Lookout(Job(Configuration(file), store))))
    try:
        yield reader
    finally:
        reader.close()


class Desk:
    """Reads pages of the office."""

    def __init__(self, reader: Reader, file: Path, office: Publisher) -> None:
        self._reader, self._catalogue, self._office = reader, Configuration(file).catalogue, office

    async def read(self, body: bytes) -> Article:
        source, url = self._catalogue.sources["office"], f"{self._office.url}1.html"
        page = Page(url, 200, body, "text/html; charset=utf-8", fetched_at=1.8e9)
        return await self._reader.read_article(page, source, source.column[0], Due("office/main", url, key="k"))

    async def reads_the_next_page(self) -> bool:
        path = self._office.publish("警方提示：警惕缅甸妙瓦底高薪招聘陷阱")
        answer = self._office.server.answers[path]
        assert isinstance(answer, bytes)
        article = await self.read(answer.partition(b"\r\n\r\n")[2])
        return article.page_class is PageClass.ARTICLE and article.title == "警方提示：警惕缅甸妙瓦底高薪招聘陷阱"


@pytest.fixture
def impatient(file: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The configuration with a deadline that no hostile page keeps and every honest one does."""
    monkeypatch.setenv("FENGHUO_CRAWL__PARSE_TIMEOUT", "0.5")
    return file


@in_loop
async def test_a_page_that_takes_too_long_is_unreadable_and_the_next_is_read(
    impatient: Path, sqlite_store: Store, office: Publisher
) -> None:
    async with reading(impatient, sqlite_store) as reader:
        desk = Desk(reader, impatient, office)
        with pytest.raises(Unreadable, match=rf"1\.html: {BOUND}; "):
            await desk.read(HOSTILE)
        assert await desk.reads_the_next_page()


@in_loop
async def test_a_selector_that_takes_for_ever_is_given_up_like_a_page_and_the_next_is_read(
    impatient: Path, sqlite_store: Store, office: Publisher
) -> None:
    source = Configuration(impatient).catalogue.sources["office"]
    column = source.column[0].model_copy(update={"links": "li ~ li ~ b a"})  # the third power of how many there are
    items = "".join(f"<li><a href='/a/{n}.html'>第{n}号提示：谨防境外高薪招工骗局</a></li>" for n in range(6000))
    page = Page(office.url, 200, f"<ul>{items}</ul>".encode(), "text/html; charset=utf-8", fetched_at=1.8e9)
    async with reading(impatient, sqlite_store) as reader:
        with pytest.raises(Unreadable, match=r"not read within [\d.]+ s; "):
            await reader.read_list(page, source, column)
        assert await Desk(reader, impatient, office).reads_the_next_page()


@in_loop
async def test_what_waits_behind_a_hostile_page_is_read_when_its_time_is_up(
    impatient: Path, sqlite_store: Store, office: Publisher
) -> None:
    async with reading(impatient, sqlite_store) as reader:
        desk = Desk(reader, impatient, office)
        hostile, honest = await asyncio.gather(
            desk.read(HOSTILE), desk.reads_the_next_page(), return_exceptions=True
        )  # one worker: the second waits, and its own deadline begins with its reading
        assert isinstance(hostile, Unreadable)
        assert honest is True


@in_loop
async def test_a_worker_that_is_killed_costs_its_page_and_is_replaced(
    file: Path, sqlite_store: Store, office: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FENGHUO_CRAWL__PARSE_TIMEOUT", "60")
    async with reading(file, sqlite_store) as reader:
        desk = Desk(reader, file, office)
        task = asyncio.create_task(desk.read(HOSTILE))
        (worker,) = multiprocessing.active_children()
        while not at_work(worker):
            await asyncio.sleep(0.01)
        worker.kill()
        with pytest.raises(Unreadable, match=r"1\.html: reading it ended the worker process"):
            await task
        assert await desk.reads_the_next_page()


@in_loop
async def test_a_worker_that_is_killed_with_nothing_to_do_is_replaced(
    file: Path, sqlite_store: Store, office: Publisher
) -> None:
    async with reading(file, sqlite_store) as reader:
        desk = Desk(reader, file, office)
        for pause in (0.0, 0.2):  # before and after anybody can have seen it
            assert await desk.reads_the_next_page()
            for worker in multiprocessing.active_children():
                worker.kill()
            await asyncio.sleep(pause)
            assert await desk.reads_the_next_page()


@in_loop
async def test_a_pool_that_ends_while_it_reads_is_told_and_the_next_page_is_read(
    file: Path, sqlite_store: Store, office: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader_module, "_ALIVE", 0.1)
    async with reading(file, sqlite_store) as reader:
        desk = Desk(reader, file, office)
        task = asyncio.create_task(desk.read(HOSTILE))
        await asyncio.sleep(0.1)
        assert reader._pool is not None
        reader._pool.stop()  # type: ignore[no-untyped-call]
        with pytest.raises(Unreadable, match="the processes that read ended"):
            await task
        assert await desk.reads_the_next_page()


@in_loop
async def test_closing_ends_the_workers_also_one_at_work(file: Path, sqlite_store: Store, office: Publisher) -> None:
    async with reading(file, sqlite_store) as reader:
        task = asyncio.create_task(Desk(reader, file, office).read(HOSTILE))
        await asyncio.sleep(0.1)
        assert multiprocessing.active_children()
    assert not multiprocessing.active_children()
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


@in_loop
async def test_a_reader_that_is_not_open_says_so(file: Path, office: Publisher) -> None:
    with pytest.raises(RuntimeError, match="not open"):
        await Desk(Reader(), file, office).read(b"")


def at_work(process: BaseProcess) -> bool:
    """Whether a process computes, and does not wait for something to do."""
    said = subprocess.run(["ps", "-o", "state=", "-p", str(process.pid)], capture_output=True, text=True, check=True)
    return said.stdout.startswith("R")


@in_loop
async def test_a_worker_is_replaced_before_it_grows_and_no_page_is_missed(
    file: Path, sqlite_store: Store, office: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader_module, "_TASKS", 3)
    seen = set[int | None]()
    async with reading(file, sqlite_store) as reader:
        desk = Desk(reader, file, office)
        for _ in range(8):
            assert await desk.reads_the_next_page()
            seen |= {child.pid for child in multiprocessing.active_children()}
    assert len(seen) > 1
