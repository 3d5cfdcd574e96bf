"""What is refused before a page is fetched, and what every platform has in common."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

from crawler import platforms
from crawler.exceptions import ConfigError
from crawler.items import Column, Due, Page, PageClass, Source
from tests.platforms.conftest import NOW, URL


@pytest.mark.parametrize(
    ("column", "said"),
    [
        ({"platform": "telegraph"}, "example/main: platform: unknown 'telegraph'; there are feed, html, json"),
        ({"options": {"colour": 1}}, "example/main: html.colour: unknown key"),
        ({"platform": "feed", "options": {"article": "book"}}, "example/main: feed.article"),
        ({"platform": "feed", "options": {"key": "title"}}, "example/main: feed.key"),
        ({"platform": "json"}, "example/main: json.url: Field required"),
        (
            {"platform": "json", "options": {"url": "{id}", "items": "data.["}},
            "example/main: json.items: 'data.[' is not a JMESPath",
        ),
        (
            {"platform": "json", "options": {"url": "https://x/{a b}"}},
            "example/main: json.url: 'a b' is not a JMESPath",
        ),
        (
            {"platform": "json", "options": {"url": "u", "article": {}}},
            "example/main: json.article.body: Field required",
        ),
        ({"links": "ul >> a["}, "example/main: links: 'ul >> a[' is not a CSS selector"),
        ({"body": "//div"}, "example/main: body: '//div' is not a CSS selector"),
    ],
)
def test_a_column_that_no_page_could_make_right_is_refused_by_name(
    source: Source, column: dict[str, Any], said: str
) -> None:
    with pytest.raises(ConfigError) as refused:
        platforms.check(source, Column.model_validate({"url": URL, **column}))
    assert str(refused.value).startswith(said)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("name", sorted(platforms.PLATFORMS))
@pytest.mark.parametrize("status", [404, 429, 503])
def test_an_error_answer_is_never_a_list(source: Source, name: str, status: int) -> None:
    column = Column(url=URL, platform=name, options={"url": "u"} if name == "json" else {})
    listing = platforms.read_list(Page(URL, status, b"<h1>Sorry</h1>", "text/html"), source, column)
    assert listing.page_class not in (PageClass.LIST, PageClass.FEED, PageClass.UNKNOWN)
    assert listing.why
    assert listing.links == ()


@pytest.mark.parametrize("name", sorted(platforms.PLATFORMS))
def test_a_challenge_in_place_of_a_list_is_called_one(source: Source, name: str) -> None:
    body = b"<html><script>document.cookie='k='+Date.now();location.reload()</script></html>"
    column = Column(url=URL, platform=name, options={"url": "u"} if name == "json" else {})
    listing = platforms.read_list(Page(URL, 521, body, "text/html"), source, column)
    assert listing.page_class is PageClass.CHALLENGE
    assert pickle.loads(pickle.dumps(listing)) == listing


def test_an_article_that_the_list_carried_is_read_without_a_page(source: Source) -> None:
    due = Due(
        "example/main",
        "https://news.example.org/1.html",
        "news.example.org/1.html",
        "留学生防骗指南",
        text="<p>接到自称大使馆的电话，先挂断，再按官网号码打回去。</p><p>不要把护照页拍给陌生人。</p>",
        published="2026-03-01T08:00:00+08:00",
        published_precision="minute",
    )
    article = platforms.read_article(Page(due.url, 200, b"", fetched_at=NOW), source, Column(url=URL), due)
    assert article.page_class is PageClass.ARTICLE
    assert article.key == due.key
    assert article.title == "留学生防骗指南"
    assert article.body.splitlines() == [
        "接到自称大使馆的电话，先挂断，再按官网号码打回去。",
        "不要把护照页拍给陌生人。",
    ]
    assert article.published
    assert (article.published.at, article.published.precision) == (due.published, "minute")
