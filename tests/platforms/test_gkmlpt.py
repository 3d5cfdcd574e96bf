"""Guangdong's CMS: pages counted from 1, a catalogue behind an API."""

from __future__ import annotations

import json

import pytest

from tests.platforms.conftest import Make, titles

URL = "https://gat.office.example/jwzx/jwyw/index.html"


def items() -> str:
    rows = "".join(
        f'<li><a href="/jwzx/jwyw/content/post_{4_700_000 + n}.html">{t}</a><span>{d}</span></li>'
        for n, (t, d) in enumerate(titles(8))
    )
    return f'<ul class="list">{rows}</ul>'


@pytest.mark.parametrize(
    ("url", "pager", "there"),
    [
        (URL, "", "https://gat.office.example/jwzx/jwyw/index_2.html"),
        ("https://gat.office.example/jwzx/jwyw/", "", "https://gat.office.example/jwzx/jwyw/index_2.html"),
        ("https://gat.office.example/jwzx/jwyw/index_2.html", "", "https://gat.office.example/jwzx/jwyw/index_3.html"),
        (URL, '<a href="index_2.html" class="next">下一页</a>', "https://gat.office.example/jwzx/jwyw/index_2.html"),
    ],
)
def test_the_second_page_is_called_two(site: Make, url: str, pager: str, there: str) -> None:
    at = site("gkmlpt", url)
    page = at.page(items() + pager)
    assert len(at.read(page)) == 8
    assert at.next(page) == there


@pytest.mark.parametrize(
    ("url", "there"),
    [
        ("https://gat.office.example/gkmlpt/index", "https://gat.office.example/gkmlpt/api/all/0?page=1"),
        ("https://gat.office.example/gkmlpt/index#2091", "https://gat.office.example/gkmlpt/api/all/2091?page=1"),
        (URL, None),
    ],
)
def test_the_catalogue_is_read_from_its_api(site: Make, url: str, there: str | None) -> None:
    at = site("gkmlpt", url)
    assert at.entrance(at.page('<div id="app"></div><script src="/gkmlpt/app.js"></script>')) == there


def test_the_rows_of_the_api_are_articles_only(site: Make) -> None:
    at = site("gkmlpt", "https://gat.office.example/gkmlpt/index")
    rows = [
        {"title": t, "url": f"/gkmlpt/content/4/4700/post_{4_700_000 + n}.html", "date": 1_772_150_400}
        for n, (t, _) in enumerate(titles(3))
    ]
    elsewhere = [{"title": "领导信箱", "url": "https://mail.office.example/"}]
    page = at.data(json.dumps({"articles": rows + elsewhere}), "https://gat.office.example/gkmlpt/api/all/0?page=1")
    read = at.read(page)
    assert [title for _, title, _ in read] == [title for title, _ in titles(3)]
    assert read[0][2] == "2026-02-27"
    assert at.next(page) == "https://gat.office.example/gkmlpt/api/all/0?page=2"
