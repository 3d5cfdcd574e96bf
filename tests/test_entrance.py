"""Where lists are that pages only name: learnt once, asked for again when it does not hold."""

from __future__ import annotations

import asyncio

import pytest

from crawler.entrance import Entrances
from crawler.items import Column, Due, Page

URL = "https://www.office.example/legal/index.html"
LIST = "https://www.office.example/legal/ds_a6d618872de143bd.json"
COLUMN = Column(url=URL, platform="xinhua")
DUE = Due("office/legal", URL, etag='"list"')
NAMES = b'<ul data="datasource:a6d618872de143bd"></ul>'


class Web:
    """Answers by address, and what was asked for."""

    def __init__(self) -> None:
        self.pages = {URL: (200, NAMES), LIST: (200, b"[]")}
        self.asked: list[tuple[str, str | None]] = []

    async def __call__(self, due: Due) -> Page:
        self.asked.append((due.url, due.etag))
        status, body = self.pages[due.url]
        return Page(due.url, status, body)


@pytest.fixture
def web() -> Web:
    return Web()


def look(entrances: Entrances, web: Web, column: Column = COLUMN) -> str:
    return asyncio.run(entrances.fetch(DUE, column, web)).url


def test_the_page_is_asked_once_and_the_validators_are_the_lists(web: Web) -> None:
    entrances = Entrances()
    assert [look(entrances, web), look(entrances, web)] == [LIST, LIST]
    assert web.asked == [(URL, None), (LIST, '"list"'), (LIST, '"list"')]


def test_what_was_forgotten_is_learnt_again(web: Web) -> None:
    entrances = Entrances()
    look(entrances, web)
    entrances.forget(URL)
    entrances.forget(URL)
    web.asked.clear()
    look(entrances, web)
    assert [url for url, _ in web.asked] == [URL, LIST]


def test_a_page_that_holds_its_list_is_asked_for_with_its_own_validators_from_then_on(web: Web) -> None:
    web.pages[URL] = (200, b"<ul><li>...</li></ul>")
    entrances = Entrances()
    assert [look(entrances, web), look(entrances, web)] == [URL, URL]
    assert web.asked == [(URL, None), (URL, '"list"')]


def test_an_error_teaches_nothing(web: Web) -> None:
    web.pages[URL] = (521, NAMES)
    entrances = Entrances()
    assert look(entrances, web) == URL
    web.pages[URL] = (200, NAMES)
    assert look(entrances, web) == LIST


def test_other_platforms_are_asked_at_their_address(web: Web) -> None:
    assert look(Entrances(), web, Column(url=URL)) == URL
    assert web.asked == [(URL, '"list"')]
