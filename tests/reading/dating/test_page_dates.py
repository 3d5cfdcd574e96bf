"""Dates that markup states: JSON-LD, scripts, `<time>`, labels anywhere; never those of other articles."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.items import Published
from crawler.reading.articles.locate import Element, parse
from crawler.reading.dating.page_dates import in_elements, in_linked_data, in_script, labelled_blocks

ZONE = "Asia/Shanghai"
TITLE = "海城警方提醒：谨防跨境骗局"


def tree(markup: str) -> Element:
    root = parse(f"<html><body>{markup}</body></html>")
    assert root is not None
    return root


def said(found: Published | None) -> tuple[str, str] | None:
    return (found.at, found.precision) if found else None


def linked(data: str) -> tuple[str, str] | None:
    return said(in_linked_data(tree(f'<script type="application/ld+json">{data}</script>'), TITLE, ZONE))


def test_linked_data_names_the_date_of_publication_not_of_change() -> None:
    date = '"datePublished": "2026-01-20T09:05:07+08:00", "dateModified": "2026-01-25T10:00:00+08:00"'
    assert linked(f'{{"@type": "NewsArticle", {date}}}') == ("2026-01-20T09:05:07+08:00", "second")
    assert linked(f'{{"@graph": [{{"@type": "WebSite"}}, {{"@type": "Article", {date}}}]}}')
    assert linked('{"pubDate": "2026-01-20T09:05:07"}') == ("2026-01-20T09:05:07+08:00", "second")
    assert linked('{"dateModified": "2026-01-25"}') is None
    assert linked('{"datePublished": null}') is None
    assert linked("{broken") is None
    assert linked("[" * 3000) is None


def test_of_several_articles_in_linked_data_that_with_the_title_counts() -> None:
    other = '{"headline": "别的消息", "datePublished": "2026-01-30"}'
    assert linked(f'[{other}, {{"headline": "{TITLE}", "datePublished": "2026-01-20"}}]') == (
        "2026-01-20T00:00:00+08:00",
        "day",
    )
    assert linked(f'[{other}, {{"headline": "又一条", "datePublished": "2026-01-20"}}]') is None


@pytest.mark.parametrize(
    "script",
    [
        '{"publishTime": "2026-01-20 09:05:07"}',
        '{"publishTime":1768871107}',
        '{"publish_time":"1768871107000"}',
        "{publishTime: '2026-01-20 09:05:07'}",
        'var pubtime = "2026-01-20 09:05:07";',
        r'"{\"publishTime\":\"2026-01-20 09:05:07\"}"',
        '{"datePublished": "2026-01-20T09:05:07+08:00", "publishTime": "2026-01-01"}',
        '{"pubTimeLong": 1768871107000, "pubTime": "3小时前"}',
    ],
)
def test_a_script_names_a_moment_in_any_notation(script: str) -> None:
    assert said(in_script(script, TITLE, ZONE)) == ("2026-01-20T09:05:07+08:00", "second")


@pytest.mark.parametrize(
    "script",
    [
        "",
        '{"publishTime": ""}',
        '{"publishTime": 0}',
        '{"republishTime": "2026-01-20"}',
        "?publishTime=2026-01-20",
        '{"time": "2026-01-20"}',
    ],
)
def test_other_keys_are_no_date(script: str) -> None:
    assert in_script(script, TITLE, ZONE) is None


def test_where_a_script_holds_other_articles_that_by_the_title_counts() -> None:
    other = '{"title": "别的消息", "publishTime": "2026-01-30 10:00"}'
    own = f'{{"title": "{TITLE}", "publishTime": "2026-01-20 09:05"}}'
    assert said(in_script(f"[{other}, {own}]", TITLE, ZONE)) == ("2026-01-20T09:05:00+08:00", "minute")
    assert in_script(f"[{other}, {own}]", "", ZONE) is None


def test_articles_of_one_day_give_the_day_alone() -> None:
    script = '[{"publishTime": "2026-01-20 10:00"}, {"publishTime": "2026-01-20 11:00"}]'
    assert said(in_script(script, "", ZONE)) == ("2026-01-20T00:00:00+08:00", "day")


@pytest.mark.parametrize(
    "markup",
    [
        '<time datetime="2026-01-20T09:05+08:00">今天</time>',
        "<time>2026年1月20日 09:05</time>",
        '<span itemprop="datePublished">2026-01-20 09:05</span>',
        '<span itemprop="datePublished" content="2026-01-20 09:05">1小时前</span>',
        '<time>2026-01-31</time><time pubdate datetime="2026-01-20 09:05"></time>',
        '<time datetime="2026-01-20 09:05"></time><ul><li><a href="/x">别的</a><time>2026-01-30</time></li></ul>',
        '<time datetime="2026-01-20 09:05"></time><div class="related"><time>2026-01-30</time></div>',
        '<time datetime="2026-01-20 09:05"></time><time itemprop="dateModified">2026-01-30</time>',
    ],
)
def test_an_element_names_the_date_teasers_aside(markup: str) -> None:
    assert said(in_elements(tree(markup), ZONE)) == ("2026-01-20T09:05:00+08:00", "minute")


@pytest.mark.parametrize(
    "markup",
    [
        "",
        "<time>2026-01-20</time><time>2026-01-30</time>",
        "<footer><time>2026-01-20</time></footer>",
        '<a href="/x"><time>2026-01-20</time></a>',
        '<span property="name">2026-01-20</span>',
        '<meta itemprop="dateModified" content="2026-01-20">',
    ],
)
def test_elements_that_disagree_or_lie_elsewhere_name_none(markup: str) -> None:
    assert in_elements(tree(markup), ZONE) is None


def test_labelled_blocks_are_found_wherever_they_stand_but_in_teasers() -> None:
    markup = (
        "<p>来源：本站<br>发布时间：2026-01-20 23:00</p><b>发布时间：</b><i>2026-01-21</i>"
        '<ul><li><a href="/x">别的</a> 发布时间：2026-01-30</li></ul><div class="footer">发布时间：2026-01-31</div>'
        "<script>发布时间：2026-02-01</script>"
    )
    blocks = list(labelled_blocks(tree(markup)))
    assert blocks[0] == "来源：本站 发布时间：2026-01-20 23:00"
    assert "发布时间： 2026-01-21" in blocks
    assert not any(d in block for block in blocks for d in ("01-30", "01-31", "02-01"))


@given(st.text(alphabet='{}[]"\\:publishTime2026-01, <time>', max_size=200))
def test_any_script_survives(text: str) -> None:
    in_script(text, "publish", ZONE)
    linked(text)
