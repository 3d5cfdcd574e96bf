"""The number by which a CMS knows a document, and when two titles may be one document's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.reading.address import KEY_LENGTH
from crawler.reading.documents import document_key, is_document_key, same_title

HEX = "0123456789abcdef" * 2


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "https://a.gov.cn/tzgg/202601/t20260105_123456.html",
            "http://a.gov.cn/zxdt/aqtx/202601/t20260106_123456.shtml",
        ),
        ("https://a.gov.cn/art/2026/1/5/art_7_12345.html", "https://a.gov.cn/art/2026/1/5/art_1229_12345.html"),
        (f"https://a.gov.cn/art/2026/art_{HEX}.html", f"https://a.gov.cn/xw/art/2026/art_{HEX.upper()}.html"),
        (
            "https://a.gov.cn/jwzx/content/post_4123456.html",
            "https://a.gov.cn/gkmlpt/content/4/4123/post_4123456.html#12",
        ),
        ("https://a.gov.cn/lianbo/202601/content_7012345.htm", "https://a.gov.cn/yaowen/202601/content_7012345.htm"),
        (
            "https://a.gov.cn/csrc/c100028/c7512345/content.shtml",
            "https://a.gov.cn/csrc/c100029/c7512345/content.shtml",
        ),
        (f"https://a.gov.cn/csrc/c100028/202601/{HEX}.shtml", f"https://a.gov.cn/csrc/c100199/202601/{HEX}.shtml"),
        (f"https://a.cn/politics/20260105/{HEX}/c.html", f"https://a.cn/legal/20260105/{HEX}/c.html"),
        ("https://a.cn/2026-01/05/c_1130001234.htm", "https://a.cn/legal/2026-01/05/c_1130001234.htm"),
        ("http://a.gov.cn/x/1/20260105093000012345/index.html", "http://a.gov.cn/y/2/20260105093000012345/"),
        (
            "https://a.gov.cn/cn/view/pages/ItemDetail.html?docId=1201&itemId=915&generaltype=0",
            "https://a.gov.cn/cn/static/data/DocInfo/SelectByDocId/data_docId=1201.json",
        ),
    ],
)
def test_a_document_has_one_number_at_all_its_addresses(one: str, other: str) -> None:
    key = document_key(one)
    assert key is not None
    assert is_document_key(key)
    assert document_key(other) == key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://a.gov.cn/x/t20260105_123456.html", "https://b.gov.cn/x/t20260105_123456.html"),  # another publisher
        ("https://a.gov.cn/x/t20260105_123456.html", "https://a.gov.cn/x/t20260105_123457.html"),
        ("https://a.gov.cn/x/t20260105_123456.html", "https://a.gov.cn/content/post_123456.html"),  # another system
        ("https://a.gov.cn/art/2026/1/5/art_7_12345.html", "https://a.gov.cn/art/2026/1/6/art_7_12345.html"),
    ],
)
def test_different_documents_have_different_numbers(one: str, other: str) -> None:
    assert document_key(one) != document_key(other)


@pytest.mark.parametrize(
    "url",
    [
        "https://a.gov.cn/x/t20260105_12.html",  # counts the texts of one of several sites under the host
        "https://a.gov.cn/x/t20260105_123456_2.html",  # the second page of a document
        "https://a.gov.cn/col/col7/index.html",
        "https://a.gov.cn/2026/01/05/warning.html",
        "https://paper.example/html/2026-01/05/content_1234.htm",
        "mailto:a@b.example",
        "",
    ],
)
def test_what_is_no_number_of_a_known_system_is_none(url: str) -> None:
    assert document_key(url) is None


@given(st.text(max_size=200))
def test_any_text_is_survived(text: str) -> None:
    for url in (text, f"https://a.example/{text}", f"https://a.example/t20260105_12345.html{text}"):
        key = document_key(url)
        assert key is None or len(key) <= KEY_LENGTH


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("关于防范境外招工骗局的提醒", "关于防范境外招工骗局的提醒 "),
        ("关于防范境外招工骗局的紧急提…", "关于防范境外招工骗局的紧急提醒（第二号）"),
        ("关于防范“境外招工”骗局的提醒", "关于防范境外招工骗局的提醒"),
    ],
)
def test_titles_of_one_document(one: str, other: str) -> None:
    assert same_title(one, other)
    assert same_title(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [("", ""), ("关于甲的通知", "关于乙的通知"), ("通知", "通知公告"), ("通…", "通知公告"), ("", "关于甲的通知")],
)
def test_titles_that_may_be_two_documents(one: str, other: str) -> None:
    assert not same_title(one, other)
