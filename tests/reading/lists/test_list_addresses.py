"""Addresses of articles, of columns and of documents."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.reading.lists.list_addresses import is_document, likely, publisher, shape


@pytest.mark.parametrize(
    "href",
    [
        "./202601/t20260117_900123.html",
        "../../art/2026/1/7/art_74_9001.html",
        "/n2254/n2255/c9001/content.html",
        "https://a.example/zwgk/content/post_9001.html",
        "/c100/202601/0123456789abcdef0123456789abcdef.shtml",
        "/zwgk/01234567-89ab-cdef-0123-456789abcdef.html",
        "/goutong/113/2026011708301234567/index.html",
        "/2026/01/a-notice-of-the-police/",
        "show.asp?id=7",
        "/view.jsp?classid=3&newsid=71",
        "/#/detail/7",
        "https://mp.weixin.qq.com/s/AbcdefghijklmnopqrstuV",
        "/files/agenda.pdf?v=2",
        "thread-20512-1-1.html",
        "/node/20512",
    ],
)
def test_an_articles_address_is_likely_one(href: str) -> None:
    assert likely(href) == 1.0


@pytest.mark.parametrize(
    "href",
    [
        "/",
        "./",
        "/xxgk/",
        "/tzgg/index.html",
        "index_2.html",
        "/col/col12345/index.html",
        "/list.asp?cid=7",
        "/tag/20260117",
        "/node_70898.htm",
        "/news/page/2",
        "/search?q=2026",
        "/user/64409395803/",
        "https://www.example.org",
        "/about/contact",
    ],
)
def test_a_columns_address_is_not(href: str) -> None:
    assert likely(href) == 0.0


def test_an_address_of_words_is_half_likely() -> None:
    assert likely("/news/police-warn-of-job-offers") == 0.5


def test_articles_of_a_column_have_one_shape() -> None:
    assert shape("./202601/t20260117_9001.html") == shape("./202512/t20251201_8.html") == "./0/0.html"
    assert shape("http://a.example/x/1.html") == shape("https://b.example/x/77.html") == "/x/0.html"
    assert shape("../jtgl/202601/t1.html") != shape("./202601/t1.html")


@pytest.mark.parametrize(
    ("url", "whose"),
    [
        ("https://www.a.example.org/x", "example.org"),
        ("//sub.haicheng.gov.cn:8080/", "haicheng.gov.cn"),
        ("http://10.0.0.7/x", "10.0.0.7"),
        ("./x.html", ""),
    ],
)
def test_a_publisher_is_known_by_the_end_of_its_host(url: str, whose: str) -> None:
    assert publisher(url) == whose


@given(st.text())
def test_any_text_survives(text: str) -> None:
    assert 0.0 <= likely(text) <= 1.0
    assert isinstance(shape(text) + publisher(text), str)
    assert is_document(text) in (True, False)
