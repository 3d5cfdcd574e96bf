"""公安部's CMS: paths of numbers, older pages that count down."""

from __future__ import annotations

import pytest

from tests.platforms.conftest import Make, titles

URL = "https://www.office.example/n2253534/n2253543/index.html"


def items(first: int = 1) -> str:
    rows = "".join(
        f'<dl><dd><a href="../../n2253534/n2253543/c{8_100_000 + first + n}/content.html" target="_blank">{t}</a>'
        f"<span>( {d} )</span></dd></dl>"
        for n, (t, d) in enumerate(titles(8, first))
    )
    return f'<div id="comp_4512345">{rows}</div>'


def test_items_are_read_with_their_dates(site: Make) -> None:
    at = site("number", URL)
    pager = '<div id="pag_4512345"></div><script>var maxPageNum4512345 = 41;</script>'
    page = at.page(items() + pager)
    read = at.read(page)
    assert len(read) == 8
    assert read[0] == (
        "https://www.office.example/n2253534/n2253543/c8100001/content.html",
        "关于防范境外招工骗局的第1号提醒",
        "2026-02-27",
    )
    assert at.next(page) == "https://www.office.example/n2253534/n2253543/index_4512345_40.html"


def test_an_older_page_is_a_fragment_and_counts_down(site: Make) -> None:
    at = site("number", URL)
    page = at.data(items(9), "https://www.office.example/n2253534/n2253543/index_4512345_40.html")
    assert [title for _, title, _ in at.read(page)] == [title for title, _ in titles(8, 9)]
    assert at.next(page) == "https://www.office.example/n2253534/n2253543/index_4512345_39.html"


@pytest.mark.parametrize("script", ["", "<script>var maxPageNum45 = 1;</script>"])
def test_a_list_of_one_page_ends_there(site: Make, script: str) -> None:
    at = site("number", URL)
    assert at.next(at.page(items() + script)) is None


def test_the_oldest_page_is_number_one(site: Make) -> None:
    at = site("number", URL)
    assert at.next(at.data(items(), "https://www.office.example/n2253534/n2253543/index_4512345_1.html")) is None
