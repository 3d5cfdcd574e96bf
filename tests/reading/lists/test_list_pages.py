"""Lists in every structure that we know of: exactly their items, whatever stands around them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from crawler.items import Link
from crawler.reading.charset import decode
from crawler.reading.lists.links import infer_links
from tests.reading.list_pages import EMPTY, PAGES, ListPage

NOW = datetime(2026, 3, 5, 4, 0, tzinfo=UTC).timestamp()


def read(page: ListPage, html: str | None = None) -> tuple[Link, ...]:
    return infer_links(page.html if html is None else html, page.base, None, "Asia/Shanghai", fetched_at=NOW)


def told(links: tuple[Link, ...]) -> list[tuple[str, str, str | None]]:
    return [(x.url, x.title, x.published.at[:10] if x.published else None) for x in links]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_gives_exactly_its_items_with_titles_and_days(name: str) -> None:
    assert told(read(PAGES[name])) == PAGES[name].found


@pytest.mark.parametrize("name", PAGES)
def test_a_page_in_gbk_gives_the_same(name: str) -> None:
    body = PAGES[name].html.replace("utf-8", "gb2312").encode("gb18030")
    assert told(read(PAGES[name], decode(body, None))) == PAGES[name].found


@pytest.mark.parametrize("name", EMPTY)
def test_a_page_without_a_list_gives_nothing(name: str) -> None:
    assert (
        infer_links(
            EMPTY[name], "https://www.haicheng.example.gov.cn/jwzx/tzgg/", None, "Asia/Shanghai", fetched_at=NOW
        )
        == ()
    )


@pytest.mark.parametrize("name", [n for n in PAGES if PAGES[n].earlier and len(PAGES[n].items) > 3])
def test_a_new_item_at_the_top_changes_nothing_else(name: str) -> None:
    assert told(read(PAGES[name], PAGES[name].earlier)) == PAGES[name].found[1:]
