"""Every way to write a date, in a text, an address and a machine's field."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.reading.dating.dates import (
    all_dates,
    as_day,
    date_in_url,
    from_epoch,
    from_field,
    local_day,
    not_future,
    parse_date,
)
from tests.reading.pages import FETCHED

ZONE = "Asia/Shanghai"
HAND = "〇一二三四五六七八九"


def at(text: str, zone: str = ZONE) -> tuple[str, str] | None:
    found = parse_date(text, zone)
    return (found.at, found.precision) if found else None


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-20",
        "2026年1月20日",
        "2026年01月20号",
        "2026年1月20號",
        "2026 年 1 月 20 日",
        "2026年元月20日",
        "２０２６年１月２０日",
        "2026.1.20",
        "2026/1/20",
        "[2026-01-20]",
        "（2026-01-20）",
        "2026 01/20",
        "二〇二六年一月二十日",
        "二○二六年一月二十日",
        "二零二六年元月二十日",
        "二О二六年一月廿日",
        "民國115年1月20日",
        "中華民國115年01月20日",
        "20260120",
        "26-01-20",
        "26年1月20日",
        "20/01/2026",
        "01/20/2026",
        "20 January 2026",
        "20th of January, 2026",
        "20-Jan-2026",
        "January 20th, 2026",
        "Jan. 20, 2026",
        "JAN 20 2026",
        "Tuesday, January 20, 2026",
        "2026年1月20日 8时",
        "2026-01-20 25:70",
        "2026-01-20 晚12:30",
    ],
)
def test_a_day_is_a_day_however_it_is_written(text: str) -> None:
    assert at(text) == ("2026-01-20T00:00:00+08:00", "day")


@pytest.mark.parametrize(
    ("text", "clock", "precision"),
    [
        ("2026-01-20 09:05", "09:05:00+08:00", "minute"),
        ("2026年1月20日09:05", "09:05:00+08:00", "minute"),
        ("2026-01-2009:05", "09:05:00+08:00", "minute"),
        ("2026 年 1 月 20 日 8:05", "08:05:00+08:00", "minute"),
        ("2026-01-20\n\t\t09:05", "09:05:00+08:00", "minute"),
        ("2026-01-20-09:05:07", "09:05:07+08:00", "second"),
        ("2026年01月20日09时05分", "09:05:00+08:00", "minute"),
        ("2026年01月20日9时5分", "09:05:00+08:00", "minute"),
        ("2026年1月20日9点05分07秒", "09:05:07+08:00", "second"),
        ("2026年1月20日上午9:05", "09:05:00+08:00", "minute"),
        ("2026年1月20日下午3:05", "15:05:00+08:00", "minute"),
        ("2026年1月20日晚8点30分", "20:30:00+08:00", "minute"),
        ("2026年1月20日凌晨12:30", "00:30:00+08:00", "minute"),
        ("2026年1月20日中午12:30", "12:30:00+08:00", "minute"),
        ("2026年1月20日中午1:30", "13:30:00+08:00", "minute"),
        ("2026年1月20日下午15:05", "15:05:00+08:00", "minute"),
        ("2026-01-20 星期二 09:05", "09:05:00+08:00", "minute"),
        ("2026年1月20日（星期二）上午9:05", "09:05:00+08:00", "minute"),
        ("2026 01/20 09:05:07", "09:05:07+08:00", "second"),
        ("２０２６－０１－２０　０９：０５", "09:05:00+08:00", "minute"),
        ("2026-01-20T01:05:07Z", "01:05:07+00:00", "second"),
        ("2026-01-20T01:05Z", "01:05:00+00:00", "minute"),
        ("2026-01-20T01:05:07.123+00:00", "01:05:07+00:00", "second"),
        ("2026-01-20T09:05:07.123", "09:05:07+08:00", "second"),
        ("2026-01-20T09:05:07+0800", "09:05:07+08:00", "second"),
        ("2026-01-20T09:05+08", "09:05:00+08:00", "minute"),
        ("2026-01-20T01:05-05:00", "01:05:00-05:00", "minute"),
        ("2026-01-20 09:05-10:30", "09:05:00+08:00", "minute"),
        ("2026-01-20 09:05 GMT+9", "09:05:00+09:00", "minute"),
        ("2026年1月20日 格林尼治标准时间01:05", "01:05:00+00:00", "minute"),
        ("2026年1月20日 北京时间09:05", "09:05:00+08:00", "minute"),
        ("2026-01-20 09:05 CST", "09:05:00+08:00", "minute"),
        ("Tue, 20 Jan 2026 01:05:07 GMT", "01:05:07+00:00", "second"),
        ("Tue, 20 Jan 2026 09:05:07 +0800", "09:05:07+08:00", "second"),
        ("20 Jan 26 09:05 EST", "09:05:00-05:00", "minute"),
        ("Tue Jan 20 09:05:07 CST 2026", "09:05:07+08:00", "second"),
        ("Tue Jan 20 2026 09:05:07 GMT+0800 (中国标准时间)", "09:05:07+08:00", "second"),
        ("20 January 2026 at 9:05pm", "21:05:00+08:00", "minute"),
        ("January 20, 2026, 5:30 p.m. EDT", "17:30:00-04:00", "minute"),
        ("20260120090507", "09:05:07+08:00", "second"),
        ("20260120T010507Z", "01:05:07+00:00", "second"),
        ("202601200905", "09:05:00+08:00", "minute"),
        ("20260120 09:05", "09:05:00+08:00", "minute"),
        ("26-01-20 23:16", "23:16:00+08:00", "minute"),
        ("民國115年1月20日下午3:05", "15:05:00+08:00", "minute"),
    ],
)
def test_a_clock_and_its_offset_are_read_as_exactly_as_they_are_written(text: str, clock: str, precision: str) -> None:
    assert at(text) == (f"2026-01-20T{clock}", precision)


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
        "2026年2月30日",
        "2025-02-29",
        "1980-01-01",
        "abcd",
        "1 Foo 2026",
        "12026-01-20",
        "海ICP备20260120号",
        "编号第20260120号",
        "A20260120",
        "4.2026.1.20",
        "02/03/2026",
        "115-01-20",
        "2010-2026",
        "版权所有 2019-2026",
        "12-03-45-67",
        "010-26012026",
    ],
)
def test_what_is_no_full_date_is_none(text: str) -> None:
    assert at(text) is None


@pytest.mark.parametrize(
    ("text", "zone", "day"),
    [
        ("02/03/2026", "America/New_York", "2026-02-03"),
        ("02/03/2026", "Europe/London", "2026-03-02"),
        ("02/03/2026", "Asia/Hong_Kong", "2026-03-02"),
        ("115-01-20", "Asia/Taipei", "2026-01-20"),
        ("115/1/20", "Asia/Taipei", "2026-01-20"),
        ("115年1月20日", "Asia/Taipei", "2026-01-20"),
    ],
)
def test_where_the_publisher_is_says_how_to_read_a_number(text: str, zone: str, day: str) -> None:
    found = at(text, zone)
    assert found
    assert found[0][:10] == day


def test_without_loose_forms_only_plain_years_count() -> None:
    assert not list(all_dates("20260120 与 26-01-20", ZONE, loose=False))
    assert [p.at[:10] for _, p in all_dates("见 2026-01-20", ZONE, loose=False)] == ["2026-01-20"]


def written(day: date) -> list[str]:
    """Every way to write ``day``."""
    y, m, d = day.year, day.month, day.day
    ten = lambda n: ("" if n < 10 else ("" if n < 20 else HAND[n // 10]) + "十") + (HAND[n % 10] if n % 10 else "")  # noqa: E731
    by_hand = "".join(HAND[int(c)] for c in str(y))
    return [
        f"{y}年{m}月{d}日", f"{y}年{m:02}月{d:02}日", f"{y}-{m:02}-{d:02}", f"{y}/{m}/{d}", f"{y}.{m:02}.{d:02}",
        f"{y}{m:02}{d:02}", f"{y} 年 {m} 月 {d} 日", f"{by_hand}年{ten(m)}月{ten(d)}日", f"民國{y - 1911}年{m}月{d}日",
        f"{y % 100:02}-{m:02}-{d:02}", f"{d} {day:%B} {y}", f"{day:%b}. {d}, {y}", f"{day:%A}, {day:%B} {d}, {y}",
        f"{day:%a, %d %b %Y} 09:30:00 +0800", f"{y}-{m:02}-{d:02}T09:30:00+08:00", f"[{y}-{m:02}-{d:02}]",
    ]  # fmt: skip


@given(st.dates(date(1995, 1, 1), date(2069, 12, 31)))
def test_every_way_to_write_a_day_is_read_back(day: date) -> None:
    for text in (w for w in written(day) if day.year > 1999 or not w.startswith((f"{day:%Y%m%d}", "民國"))):
        found = parse_date(text, ZONE)
        assert found, text
        assert found.at[:10] == day.isoformat(), text


@given(st.datetimes(datetime(2000, 1, 1), datetime(2069, 12, 31)), st.sampled_from(["", "Z", "+08:00", "-0500"]))
def test_a_moment_is_read_back_to_the_second(moment: datetime, offset: str) -> None:
    found = parse_date(f"{moment:%Y-%m-%dT%H:%M:%S}{offset}", ZONE)
    assert found
    assert found.precision == "second"
    assert datetime.fromisoformat(found.at).replace(tzinfo=None) == moment.replace(microsecond=0)


@given(st.text(alphabet="0123456789年月日-/.: TZ+一二〇十民國元上下午晚JanMay,()", max_size=60))
def test_no_text_makes_it_fail_and_what_is_read_is_a_moment(text: str) -> None:
    for zone in (ZONE, "Asia/Taipei", "America/New_York"):
        if found := parse_date(text, zone):
            assert 1995 <= datetime.fromisoformat(found.at).year < 2100
        date_in_url(text, zone)
        from_field(text, zone)


@given(st.text(max_size=200))
def test_any_text_survives(text: str) -> None:
    assert len(list(all_dates(text, ZONE))) <= len(text)


@pytest.mark.parametrize(
    "text", ["2026-" * 20_000, "一" * 100_000, "2026年1月" * 20_000, "9" * 100_000, " Jan " * 20_000]
)
def test_hostile_texts_are_read_in_linear_time(text: str) -> None:
    before = datetime.now(UTC)
    list(all_dates(text, ZONE))
    assert datetime.now(UTC) - before < timedelta(seconds=5)


def test_seconds_and_milliseconds_are_one_moment() -> None:
    assert from_epoch(1_768_871_100, ZONE) == from_epoch(1_768_871_100_000, ZONE)
    assert from_epoch(5, ZONE) is None
    assert from_epoch(float("inf"), ZONE) is None


@pytest.mark.parametrize(
    ("value", "expected", "precision"),
    [
        ("1768871107", "2026-01-20T09:05:07+08:00", "second"),
        ("1768871107000", "2026-01-20T09:05:07+08:00", "second"),
        ("1768838400", "2026-01-20T00:00:00+08:00", "day"),
        ("2026-01-20 00:00:00", "2026-01-20T00:00:00+08:00", "day"),
        ("2026-01-20T00:00:00Z", "2026-01-20T00:00:00+00:00", "day"),
        ("2026-01-19T16:00:00Z", "2026-01-20T00:00:00+08:00", "day"),
        ("2026-01-20-09:05:07", "2026-01-20T09:05:07+08:00", "second"),
        (" 2026-01-20 09:05 ", "2026-01-20T09:05:00+08:00", "minute"),
    ],
)
def test_a_machines_field_stores_a_day_as_midnight(value: str, expected: str, precision: str) -> None:
    found = from_field(value, ZONE)
    assert found
    assert (found.at, found.precision) == (expected, precision)


@pytest.mark.parametrize("value", ["", "0", "12345", "17688", "3分钟前", "aaaa", "9999999999999", "{{date}}"])
def test_a_field_without_a_date_has_none(value: str) -> None:
    assert from_field(value, ZONE) is None


def test_the_future_is_not_believed() -> None:
    assert not_future(parse_date("2036-01-01", ZONE), FETCHED) is None
    assert not_future(parse_date("2036-01-01", ZONE), 0.0)
    assert not_future(parse_date("2026-02-02 23:00", ZONE), FETCHED)


def test_the_day_is_that_of_the_publishers_zone() -> None:
    late = parse_date("2026-01-19T17:30:00Z", ZONE)
    assert late
    assert local_day(late, ZONE) == "2026-01-20"
    assert as_day(late, ZONE).at == "2026-01-20T00:00:00+08:00"
    assert local_day(late, "America/New_York") == "2026-01-19"


@pytest.mark.parametrize(
    "url",
    [
        "http://a.example/jw/202601/t20260120_4417.html",
        "http://a.example/art/2026/1/20/art_74_9.html",
        "http://a.example/2026-01/20/c_1.htm",
        "http://a.example/2026/01-20/103.shtml",
        "http://a.example/c/2026-01-20/doc-i.shtml",
        "http://a.example/n1/2026/0120/c1004-3.html",
        "http://a.example/202601/20/c1004.html",
        "http://a.example/20260120/0123456789abcdef/c.html",
        "http://a.example/omn/20260120A01B2C00.html",
        "http://a.example/upload/news_20260120093012.html",
        "http://a.example/2026/01/20",
        "http://a.example/blog/2026/01/20/title/?from=2025-01-01",
    ],
)
def test_addresses_name_a_day_and_say_that_it_is_the_addresss(url: str) -> None:
    found = date_in_url(url, ZONE)
    assert found
    assert (found.at[:10], found.precision, found.basis) == ("2026-01-20", "day", "url")


@pytest.mark.parametrize(
    "url",
    [
        "http://a.example/content/post_20261399.html",
        "http://a.example/id/120260120.html",
        "http://a.example/a?date=2026-01-20",
        "http://a.example/a#/2026/01/20/",
        "http://a.example/2026/99/99/",
        "http://a.example/c/2026/index.html",
        "http://a.example/n2254098/n4904352/c9876543/content.html",
        "http://a.example/p/202601201234567.html",
    ],
)
def test_other_numbers_in_addresses_are_no_date(url: str) -> None:
    assert date_in_url(url, ZONE) is None
