"""Dates without a year, and dates told from now: completed from what the carrier says, never from the clock alone."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.reading.dating.dates import parse_date
from crawler.reading.dating.partial_dates import (
    dateline,
    latest,
    month_and_day,
    nearest,
    told_from,
    wholly_month_and_day,
)

ZONE = "Asia/Shanghai"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10-08 12:00", ("2025-10-08T12:00:00+08:00", "minute")),
        ("10-08", ("2025-10-08T00:00:00+08:00", "day")),
        ("10月8日 上午9:30", ("2025-10-08T09:30:00+08:00", "minute")),
        ("8-3 12:00", ("2025-08-03T12:00:00+08:00", "minute")),
        ("Oct 8", ("2025-10-08T00:00:00+08:00", "day")),
        ("8 October", ("2025-10-08T00:00:00+08:00", "day")),
    ],
)
def test_a_month_and_day_take_the_nearest_year(text: str, expected: tuple[str, str]) -> None:
    parts = month_and_day(text)
    assert parts
    found = nearest(parts, date(2025, 11, 1), ZONE)
    assert found
    assert (found.at, found.precision) == expected


@pytest.mark.parametrize(
    "text", ["", "1-2", "3/4", "12:30", "2025-10-08", "10-08-25", "第1-2页", "电话 010-08", "May", "8"]
)
def test_what_is_no_month_and_day_is_none(text: str) -> None:
    assert month_and_day(text) is None


@pytest.mark.parametrize("text", ["[01-17]", "（01-17）", " 01/17 ", "1月17日", "01.17", "【01-17】"])
def test_brackets_around_a_month_and_day_do_not_matter(text: str) -> None:
    assert wholly_month_and_day(text)


def test_the_turn_of_the_year_is_minded() -> None:
    parts = month_and_day("12-30")
    assert parts
    assert str(nearest(parts, date(2026, 1, 5), ZONE)).count("2025-12-30")
    assert str(latest(parts, date(2026, 1, 5), ZONE)).count("2025-12-30")
    assert str(latest(parts, date(2026, 12, 30), ZONE)).count("2026-12-30")


def test_a_leap_day_is_put_into_a_leap_year() -> None:
    parts = month_and_day("02-29")
    assert parts
    assert str(latest(parts, date(2027, 6, 1), ZONE)).count("2024-02-29")
    assert latest({**parts, "m": "13"}, date(2027, 6, 1), ZONE) is None


@pytest.mark.parametrize(
    "line",
    [
        "新华社北京1月17日电（记者甲）海城警方提醒出境人员。",
        "新华社云州1月17日电 题：一场骗局",
        "中新网1月17日电 据海城市公安局消息",
        "人民网北京1月17日电（记者乙）",
        "本报云州1月17日讯 （记者丙）",
        "本报北京1月17日电",
        "（新华社北京1月17日电）",
        "新華社北京1月17日電",
        "央视网消息 新华社北京１月１７日电",
    ],
)
def test_a_dateline_names_month_and_day(line: str) -> None:
    parts = dateline([line])
    assert parts
    assert (parts["m"], parts["d"]) == ("1", "17")


@pytest.mark.parametrize(
    "line",
    [
        "新华社记者1月17日从公安部获悉",
        "1月17日，警方通报",
        "本报讯（记者丁）近日",
        "新华社北京电",
        "1月17日电信诈骗案宣判",
    ],
)
def test_a_day_in_a_sentence_is_no_dateline(line: str) -> None:
    assert dateline([line]) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("昨天 09:30", ("2026-01-19T09:30:00+08:00", "minute")),
        ("今天 09:30", ("2026-01-20T09:30:00+08:00", "minute")),
        ("刚刚", ("2026-01-20T00:00:00+08:00", "day")),
        ("昨天", ("2026-01-19T00:00:00+08:00", "day")),
        ("前天", ("2026-01-18T00:00:00+08:00", "day")),
        ("3小时前", ("2026-01-19T00:00:00+08:00", "day")),
        ("5分钟前", ("2026-01-20T00:00:00+08:00", "day")),
        ("2天前", ("2026-01-18T00:00:00+08:00", "day")),
        ("2 hours ago", ("2026-01-19T00:00:00+08:00", "day")),
    ],
)
def test_what_is_told_from_now_is_told_from_the_carriers_now(text: str, expected: tuple[str, str]) -> None:
    now = parse_date("2026-01-20 01:30:00", ZONE)
    assert now
    found = told_from(text, now, ZONE)
    assert found
    assert (found.at, found.precision) == expected


def test_hours_before_a_mere_day_say_nothing() -> None:
    day = parse_date("2026-01-20", ZONE)
    assert day
    assert told_from("3小时前", day, ZONE) is None


@given(st.text(max_size=80))
def test_any_text_survives(text: str) -> None:
    now = parse_date("2026-01-20 01:30:00", ZONE)
    assert now
    for parts in (month_and_day(text), wholly_month_and_day(text), dateline([text])):
        if parts:
            nearest(parts, date(2026, 1, 20), ZONE)
    told_from(text, now, ZONE)


@given(st.dates(date(2000, 1, 1), date(2090, 12, 31)), st.integers(0, 182))
def test_within_half_a_year_the_nearest_year_is_the_right_one(day: date, ago: int) -> None:
    known = date.fromordinal(day.toordinal() + ago)
    parts = month_and_day(f"{day:%m-%d}")
    assert parts
    if (day.month, day.day) != (2, 29):
        found = nearest(parts, known, ZONE)
        assert found
        assert found.at[:10] == day.isoformat()
