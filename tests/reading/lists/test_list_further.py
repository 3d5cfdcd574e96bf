"""Where a list goes on."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.reading.lists.list_further import counted_page, linked_page, numbered_page

URL = "https://office.example/tzgg/"


@pytest.mark.parametrize(
    ("markup", "there"),
    [
        ('<a href="index_2.html">下一页</a>', "https://office.example/tzgg/index_2.html"),
        ('<a href="?page=2"> 下 一 页 &gt;&gt;</a>', "https://office.example/tzgg/?page=2"),
        ('<a href="list2.htm" title="下一页"><img src="n.gif"></a>', "https://office.example/tzgg/list2.htm"),
        ('<a href="javascript:;" onclick="go(\'/tzgg/p/2.html\')">下页</a>', "https://office.example/tzgg/p/2.html"),
        ('<a rel="nofollow next" href="/news?page=2">2</a>', "https://office.example/news?page=2"),
        ('<link rel="next" href="/news/page/2/">', "https://office.example/news/page/2/"),
        ('<a href="/older">Older posts »</a>', "https://office.example/older"),
        ('<script>createPageHTML(12, 0, "index", "html");</script>', "https://office.example/tzgg/index_1.html"),
        ("<script>createPageHTML( 12,3,'list','shtml' )</script>", "https://office.example/tzgg/list_4.shtml"),
    ],
)
def test_a_page_leads_to_the_next(markup: str, there: str) -> None:
    assert linked_page(f"<html><body><a href='/'>首页</a>{markup}</body></html>", URL) == there


@pytest.mark.parametrize(
    "markup",
    [
        '<a href="t20260105_1.html">下一页的故事：一名被骗者的自述</a>',  # a title
        '<a href="https://elsewhere.example/2">下一页</a>',
        '<a href="https://office.example/tzgg/">下一页</a>',  # this very page
        '<a href="#">下一页</a>',
        '<a href="index_2.html">上一页</a>',
        '<script>createPageHTML(12, 11, "index", "html");</script>',  # the last one
        '<script>createPageHTML(1, 0, "index", "html");</script>',
        "",
    ],
)
def test_a_page_that_leads_nowhere(markup: str) -> None:
    assert linked_page(f"<html><body>{markup}</body></html>", URL) is None


@pytest.mark.parametrize(
    ("url", "first", "there"),
    [  # facts/cms-families.md, section 3: the classical mistake is to be off by one
        ("https://a.example/x/", 1, "https://a.example/x/index_1.html"),
        ("https://a.example/x/index.html", 2, "https://a.example/x/index_2.html"),
        ("https://a.example/x/index_2.html", 2, "https://a.example/x/index_3.html"),
        ("https://a.example/x/index_1.html", 1, "https://a.example/x/index_2.html"),
        ("https://a.example/x/home.htm", 1, "https://a.example/x/home_1.htm"),
        ("https://a.example/x/home_9.htm?v=1", 1, "https://a.example/x/home_10.htm"),
        ("https://a.example/x", 1, None),
    ],
)
def test_pages_that_are_files_are_numbered(url: str, first: int, there: str | None) -> None:
    assert numbered_page(url, first) == there


@pytest.mark.parametrize(
    ("url", "there"),
    [
        ("https://a.example/api?page=1&size=20", "https://a.example/api?page=2&size=20"),
        ("https://a.example/api?size=20&pageNo=9", "https://a.example/api?size=20&pageNo=10"),
        (
            "https://a.example/data_itemId=7,pageIndex=1,pageSize=18.json",
            "https://a.example/data_itemId=7,pageIndex=2,pageSize=18.json",
        ),
        ("https://a.example/api?pageSize=20", None),
        ("https://a.example/api?homepage=1", None),
    ],
)
def test_pages_that_a_parameter_counts(url: str, there: str | None) -> None:
    assert counted_page(url) == there


@given(st.text(alphabet="<>\"'a=/ \n下一页next()createPageHTML,0123", max_size=300))
def test_any_page_is_survived(text: str) -> None:
    for found in (linked_page(text, URL), numbered_page(URL + text, 1), counted_page(URL + text)):
        assert found is None or found.startswith("http")
