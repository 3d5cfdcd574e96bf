import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.reading.around import Around
from crawler.reading.dates import date_in_url, from_epoch, not_future, parse_date
from crawler.reading.published import Said, at_end, in_lines, labelled, publication
from tests.reading.pages import FETCHED

ZONE = "Asia/Shanghai"


def at(text: str) -> tuple[str, str] | None:
    found = parse_date(text, ZONE)
    return (found.at, found.precision) if found else None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-01-20", ("2026-01-20T00:00:00+08:00", "day")),
        ("2026年1月20日", ("2026-01-20T00:00:00+08:00", "day")),
        ("2026.1.20", ("2026-01-20T00:00:00+08:00", "day")),
        ("2026 年 1 月 20 日 8:05", ("2026-01-20T08:05:00+08:00", "minute")),
        ("2026-01-20 09:05", ("2026-01-20T09:05:00+08:00", "minute")),
        ("2026-01-20-09:05:07", ("2026-01-20T09:05:07+08:00", "second")),
        ("2026年01月20日09时05分", ("2026-01-20T09:05:00+08:00", "minute")),
        ("2026年1月20日 8时", ("2026-01-20T00:00:00+08:00", "day")),
        ("2026 01/20 09:05:07", ("2026-01-20T09:05:07+08:00", "second")),
        ("2026-01-20T01:05:07Z", ("2026-01-20T01:05:07+00:00", "second")),
        ("2026-01-20T01:05:07.123+00:00", ("2026-01-20T01:05:07+00:00", "second")),
        ("20260120", ("2026-01-20T00:00:00+08:00", "day")),
        ("20 January 2026 at 9:05pm", ("2026-01-20T21:05:00+08:00", "minute")),
        ("January 20th, 2026", ("2026-01-20T00:00:00+08:00", "day")),
    ],
)
def test_a_date_is_read_as_exactly_as_it_is_written(text: str, expected: tuple[str, str]) -> None:
    assert at(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "01-20",
        "1月20日",
        "3分钟前",
        "昨天",
        "0000-00-00",
        "99999-99-99",
        "2026-13-40",
        "abcd",
        "1 Foo 2026",
        "12026-01-20",
    ],
)
def test_what_is_no_full_date_is_none(text: str) -> None:
    assert at(text) is None


@given(st.text(max_size=60))
def test_no_text_makes_it_fail(text: str) -> None:
    parse_date(text, ZONE)
    labelled(text, ZONE)


def test_seconds_and_milliseconds_are_one_moment() -> None:
    assert from_epoch(1_768_871_100, ZONE) == from_epoch(1_768_871_100_000, ZONE)
    assert from_epoch(5, ZONE) is None
    assert from_epoch(float("inf"), ZONE) is None


def test_the_future_is_not_believed() -> None:
    assert not_future(parse_date("2036-01-01", ZONE), FETCHED) is None
    assert not_future(parse_date("2036-01-01", ZONE), 0.0)
    assert not_future(parse_date("2026-02-02 23:00", ZONE), FETCHED)


@pytest.mark.parametrize(
    "url",
    [
        "http://a.example/jw/202601/t20260120_4417.html",
        "http://a.example/art/2026/1/20/art_74_9.html",
        "http://a.example/2026-01/20/c_1.htm",
        "http://a.example/n1/2026/0120/c1004-3.html",
        "http://a.example/20260120/0123456789abcdef/c.html",
    ],
)
def test_addresses_name_a_day_and_say_that_it_is_the_addresss(url: str) -> None:
    found = date_in_url(url, ZONE)
    assert found
    assert (found.at[:10], found.precision, found.basis) == ("2026-01-20", "day", "url")


def said(**known: object) -> str | None:
    facts: dict[str, object] = {
        "zone": ZONE, "fetched_at": FETCHED, "url": "http://a.example/1.html", "markup": "<html></html>",
        "meta": {}, "around": Around(), "lines": [], "listed": None,
    }  # fmt: skip
    found = publication(Said(**(facts | known)))  # type: ignore[arg-type]
    return found.at[:16] if found else None


def test_a_labelled_date_outranks_a_nearer_one_and_an_update() -> None:
    above = ("更新时间：2026-01-30", "2026-01-29 栏目", "来源：海城日报 发布时间：2026-01-20 09:05")
    assert said(around=Around(above)) == "2026-01-20T09:05"


def test_a_list_of_teasers_and_a_clock_are_not_the_date() -> None:
    above = (
        "现在是 2026-02-02 10:00:00",
        "消息一 2026-01-30 消息二 2026-01-29",
        "活动已于2026年1月28日结束，现将情况公布。",
    )
    assert said(around=Around(above)) is None


def test_printed_outranks_meta_and_the_finer_of_one_day_is_taken() -> None:
    printed = Around(("2026-01-20 来源：海城日报",))
    assert said(around=printed, meta={"pubdate": "2026-01-25 10:00"}) == "2026-01-20T00:00"
    assert said(around=printed, meta={"pubdate": "2026-01-20 10:00"}) == "2026-01-20T10:00"


def test_meta_script_list_and_address_are_asked_in_turn() -> None:
    url, script, listed = (
        "http://a.example/20260113/1.html",
        '{"datePublished": "2026-01-11T08:00:00+08:00"}',
        parse_date("2026-01-12", ZONE),
    )
    assert said(url=url, markup=script, listed=listed, meta={"publishdate": "2026-01-10"}) == "2026-01-10T00:00"
    assert said(url=url, markup=script, listed=listed) == "2026-01-11T08:00"
    assert said(url=url, listed=listed) == "2026-01-12T00:00"
    assert said(url=url) == "2026-01-13T00:00"


def test_midnight_in_a_machines_field_is_a_day() -> None:
    found = publication(
        Said(ZONE, FETCHED, "http://a.example/", "", {"pubdate": "2026-01-20 00:00:00"}, Around(), [], None)
    )
    assert found
    assert found.precision == "day"


def test_an_update_alone_dates_the_text() -> None:
    assert said(around=Around(("更新时间：2026-01-20 10:00",))) == "2026-01-20T10:00"


def test_a_page_that_says_nothing_has_no_date() -> None:
    assert said(markup="<html><body><p>没有日期</p></body></html>") is None


def test_dates_in_sentences_do_not_date_a_text() -> None:
    assert in_lines(["2026年1月11日，二百四十四名嫌疑人被押解回国。", "自2025年10月14日起实施。"], ZONE) is None
    assert in_lines(["2026-01-20 09:05 海城日报"], ZONE)


def test_a_letter_is_dated_at_its_end() -> None:
    found = at_end(["请广大市民注意。", "海城市公安局", "2026年1月20日"], ZONE)
    assert found
    assert found.at[:10] == "2026-01-20"
