"""JSON lists and documents, also wrapped, mistyped and hostile ones."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler import platforms
from crawler.items import Column, Due, Page, PageClass, Source
from tests.platforms.conftest import NOW, URL, Read

OPTIONS: dict[str, Any] = {
    "items": "data.rows",
    "url": "https://www.example.org/view?id={id}",
    "fetch_url": "https://www.example.org/raw/{id}.json",
    "title": "title",
    "published": "time",
}
ROW = {"id": 2081122334455667788, "title": "<em>警惕</em>&nbsp;“投资导师”", "time": "2026-03-01 08:30:15"}


def rows(*found: Any) -> str:
    return json.dumps({"code": 200, "data": {"rows": found}}, ensure_ascii=False)


def test_templates_give_the_address_for_people_and_the_one_for_machines(read: Read) -> None:
    (link,) = read("json", rows(ROW), **OPTIONS).links
    assert link.url == "https://www.example.org/view?id=2081122334455667788"
    assert link.fetch_url == "https://www.example.org/raw/2081122334455667788.json"
    assert link.key == "www.example.org/view?id=2081122334455667788"
    assert link.title == "警惕 “投资导师”"
    assert link.published
    assert (link.published.at, link.published.precision) == ("2026-03-01T08:30:15+08:00", "second")


@pytest.mark.parametrize(
    ("template", "row", "url"),
    [
        ("link", {"link": "//cdn.example.org/a.htm"}, "https://cdn.example.org/a.htm"),
        ("{link}", {"link": "../b.htm?x=1&y=2"}, "https://news.example.org/b.htm?x=1&y=2"),
        ("a.b[0]", {"a": {"b": ["/c.htm"]}}, "https://news.example.org/c.htm"),
        ("/d/{a.b}/{n}.htm", {"a": {"b": "x y"}, "n": 7}, "https://news.example.org/d/x%20y/7.htm"),
        ("/e/{id}", {"id": "1?to=//evil.example#"}, "https://news.example.org/e/1%3Fto%3D//evil.example%23"),
    ],
)
def test_an_address_is_an_expression_or_a_template_with_quoted_parts(
    read: Read, template: str, row: Any, url: str
) -> None:
    (link,) = read("json", json.dumps([row]), url=template).links
    assert link.url == url


@pytest.mark.parametrize(
    "wrap",
    ["{}", "\ufeff{}", "cb({});", "/**/ jQuery_1.cb( {} )", "var list = {};", " {} \n"],
    ids=["plain", "BOM", "JSONP", "JSONP with comment", "assignment", "white space"],
)
@pytest.mark.parametrize("charset", ["utf-8", "gb18030"])
def test_wrappers_and_charsets_are_seen_through(read: Read, wrap: str, charset: str) -> None:
    body = wrap.replace("{}", rows({"id": 7, "title": "提醒（甲）"}))
    assert [link.title for link in read("json", body.encode(charset), **OPTIONS).links] == ["提醒（甲）"]


def test_rows_that_are_wrong_are_skipped_counted_and_cost_no_other(read: Read) -> None:
    wrong = [1, "x", None, [], {}, {"id": None}, {"id": {}}, {"id": True}, {"id": ""}, {"id": "x" * 5000}]
    listing = read("json", rows(*wrong, {"id": "9", "title": ["no"], "time": {"not": "one"}}), **OPTIONS)
    assert [(link.url[-2:], link.title, link.published) for link in listing.links] == [("=9", "", None)]
    assert listing.why == "10 of 11 rows name no usable address"


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ('{"code": 500, "data": null}', "json.items: 'data.rows' gives nothing instead of a list"),
        ('{"data": {"rows": {"a": 1}}}', "json.items: 'data.rows' gives an object instead of a list"),
        ("[" * 100_000, "not JSON (maximum recursion depth"),
        ('{"data": {"rows": [', "not JSON (Expecting value"),
        ("{'data': 1}", "not JSON (Expecting property name"),
        ("x" * 3000, "not JSON (Expecting value"),
    ],
)
def test_what_is_not_the_list_says_why_in_one_line(read: Read, body: str, why: str) -> None:
    listing = read("json", body, **OPTIONS)
    assert (listing.page_class, listing.links) == (PageClass.UNKNOWN, ())
    assert listing.why.startswith(why)
    assert "\n" not in listing.why


@pytest.mark.parametrize(
    "number", ["1" + "0" * 5000, "NaN", "Infinity", "-Infinity", "1e999", "-1", "12345678901234567890123"]
)
def test_numbers_of_any_size_are_survived(read: Read, number: str) -> None:
    body = f'{{"data": {{"rows": [{{"id": {number}, "time": {number}}}, {{"id": 1, "id": 2, "time": {number}}}]}}}}'
    links = read("json", body, **OPTIONS).links
    assert links[-1].url.endswith("=2")
    assert links[-1].published is None


def test_half_surrogates_and_nul_do_not_leave_the_reader(read: Read) -> None:
    (link,) = read("json", r'{"data": {"rows": [{"id": 1, "title": "a\ud800\u0000b"}]}}', **OPTIONS).links
    assert link.title.encode() == b"a? b"


def test_rows_are_bounded(read: Read) -> None:
    assert len(read("json", rows(*({"id": n} for n in range(2_000))), **OPTIONS).links) == 500


def test_an_empty_list_is_a_list_and_says_so(read: Read) -> None:
    listing = read("json", rows(), **OPTIONS)
    assert (listing.page_class, listing.links, listing.why) == (PageClass.LIST, (), "the list has no rows")


def test_the_text_of_a_row_is_carried_where_an_expression_names_it(read: Read) -> None:
    (link,) = read("json", rows({"id": 1, "body": ["<p>甲</p>", None, "<p>乙</p>"]}), **OPTIONS, text="body").links
    assert link.text == "<p>甲</p>\n<p>乙</p>"


ARTICLE = {
    "body": "data.html",
    "title": "data.title",
    "published": "data.time",
}
DUE = Due(
    "example/main",
    "https://www.example.org/raw/7.json",
    "www.example.org/view?id=7",
    shown="https://www.example.org/view?id=7",
    title="列表上的题",
)


def article_of(source: Source, body: str) -> Any:
    column = Column(url=URL, platform="json", options={**OPTIONS, "article": ARTICLE})
    return platforms.read_article(Page(DUE.url, 200, body.encode(), fetched_at=NOW), source, column, DUE)


def test_an_article_in_json_has_the_address_for_people(source: Source) -> None:
    html = "<style>p{margin:0}</style><div><p>“内部渠道”不可信，请到柜台办理。</p><p>如已转账，立即报警。</p></div>"
    data = {"id": 7, "title": "办理业务的提示", "time": "2026-03-01 08:30:15", "html": html}
    article = article_of(source, json.dumps({"data": data}))
    assert (article.page_class, article.why) == (PageClass.ARTICLE, "")
    assert (article.url, article.key) == ("https://www.example.org/view?id=7", DUE.key)
    assert (article.title, article.published.at) == ("办理业务的提示", "2026-03-01T08:30:15+08:00")
    assert article.body == "“内部渠道”不可信，请到柜台办理。\n如已转账，立即报警。"


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ('{"data": null}', "article.body: 'data.html' gives no text"),
        ('{"data": {"html": 5.5e400}}', "article.body: 'data.html' gives no text"),
        ("{oops", "not JSON"),
        ("<html><script>document.cookie='a=1';location.reload()</script></html>", "only a script"),
    ],
)
def test_a_document_without_its_article_is_never_an_empty_article(source: Source, body: str, why: str) -> None:
    article = article_of(source, body)
    assert article.page_class not in (PageClass.ARTICLE, PageClass.DELETED)
    assert article.why.startswith(why)
    assert (article.key, article.body) == (DUE.key, "")


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["id", "title", "time", "rows", "data"]), inner)
    ),
    max_leaves=12,
)


@settings(max_examples=200, deadline=None)
@given(ANYTHING)
def test_no_value_breaks_the_reader(value: Any) -> None:
    source = Source.model_validate({"id": "x", "name": "x", "authority": "media", "url": URL})
    column = Column(url=URL, platform="json", options=OPTIONS)
    for body in (json.dumps(value), json.dumps({"data": {"rows": [value]}})):
        listing = platforms.read_list(Page(URL, 200, body.encode(), fetched_at=NOW), source, column)
        assert listing.links or listing.why
