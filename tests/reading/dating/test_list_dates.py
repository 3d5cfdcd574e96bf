"""Dates of lists: split, without years, in order; and dates in fields of feeds and JSON."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.reading.dating.list_dates import printed_dates, written_date

ZONE = "Asia/Shanghai"
NOW = datetime(2026, 3, 5, 4, 0, tzinfo=UTC).timestamp()


def days(rows: list[list[str]], now: float = NOW) -> list[str | None]:
    return [found.at[:10] if found else None for found in printed_dates(rows, ZONE, now)]


def column(*texts: str) -> list[list[str]]:
    return [["某某消息", text] for text in texts]


@pytest.mark.parametrize(
    "pieces",
    [
        ["2026-02-11"],
        ["某某消息", "( 2026-02-11 )"],
        ["[2026.02.11]"],
        ["2026年2月11日"],
        ["发布时间：2026-02-11 09:30"],
        ["来源：海城日报 2026/02/11"],
        ["11", "2026-02"],
        ["11", "2026.02"],
        ["2026-02", "11"],
        ["11", "2026年02月"],
        ["11日", "2026年2月"],
        ["11", "2026/02"],
        ["02-11", "2026"],
        ["2026", "02-11"],
        ["02/11", "2026"],
        ["02月11日", "2026"],
        ["2026年", "2月11日"],
        ["11", "02月", "2026"],
        ["11", "Feb", "2026"],
        ["Feb", "11", "2026"],
        ["2026", "Feb", "11"],
        ["FEB", "11,", "2026"],
        ["02-11"],
        ["[02-11]"],
        ["2月11日"],
        ["02月", "11"],
        ["11", "2月"],
        ["11", "Feb"],
        ["11 February 2026"],
        ["February 11, 2026"],
        ["Wed, 11 Feb 2026 09:30:00 +0800"],
        ["26-02-11"],
        ["20260211"],
        ["民國115年2月11日"],
        ["二〇二六年二月十一日"],
        ["更新时间：2026-02-11"],
        ["截止时间：2026-02-20", "2026-02-11"],
        ["自2026年1月1日起施行，请遵守。", "2026-02-11"],
        ["\n\t 02-11 ", "", "  "],
        ["02-11 09:30"],
    ],
)
def test_an_items_date_is_read_however_it_is_split(pieces: list[str]) -> None:
    assert days([pieces]) == ["2026-02-11"]


@pytest.mark.parametrize(
    "pieces",
    [
        [],
        [""],
        ["某某消息"],
        ["2031-01-01"],
        ["0000-00-00"],
        ["3分钟前"],
        ["昨天"],
        ["第 1/2 页"],
        ["3", "某某消息"],
        ["02-30"],
        ["截止时间：2026-02-20"],
        ["会议时间：2026-02-20 地点：市政府"],
        ["自2026年1月1日起施行，请遵守。"],
        ["阅读 10-11 次"],
        ["电话 010-02"],
        ["12:30"],
    ],
)
def test_what_is_no_date_of_the_item_is_none(pieces: list[str]) -> None:
    assert days([pieces]) == [None]


def test_a_missing_year_is_the_latest_that_does_not_lie_ahead() -> None:
    assert days(column("03-05", "03-06", "03-07")) == ["2026-03-05", "2026-03-06", "2025-03-07"]
    assert days(column("12-30")) == ["2025-12-30"]


def test_a_list_from_new_to_old_passes_into_earlier_years() -> None:
    printed = ("03-01", "01-10", "12-30", "06-15", "02-20", "11-20", "04-01")
    assert days(column(*printed)) == [
        "2026-03-01", "2026-01-10", "2025-12-30", "2025-06-15", "2025-02-20", "2024-11-20", "2024-04-01",
    ]  # fmt: skip


def test_an_item_kept_on_top_does_not_pull_the_others_back() -> None:
    assert days(column("05-20", "03-01", "02-28", "02-20")) == ["2025-05-20", "2026-03-01", "2026-02-28", "2026-02-20"]
    assert days(column("2023-05-20", "03-01", "02-28", "02-20"))[1:] == ["2026-03-01", "2026-02-28", "2026-02-20"]


def test_a_list_in_no_order_takes_each_date_by_itself() -> None:
    printed = ("03-01", "02-10", "01-05", "12-20", "02-25", "09-01", "03-04", "10-02", "02-02")
    assert days(column(*printed)) == [
        "2026-03-01", "2026-02-10", "2026-01-05", "2025-12-20", "2026-02-25", "2025-09-01", "2026-03-04", "2025-10-02",
        "2026-02-02",
    ]  # fmt: skip


def test_where_the_fetch_is_unknown_the_year_is_that_of_a_neighbour() -> None:
    assert days(column("01-03", "2024-12-30", "12-20"), 0.0) == ["2025-01-03", "2024-12-30", "2024-12-20"]
    assert days(column("01-03", "01-02"), 0.0) == [None, None]


@given(st.lists(st.dates(date(2020, 1, 1), date(2026, 3, 5)), min_size=2, max_size=40, unique=True))
def test_a_dense_list_from_new_to_old_gets_all_its_years(drawn: list[date]) -> None:
    newest = date(2026, 3, 5)
    gaps = [timedelta(days=(abs(d.toordinal()) % 60) + 1) for d in drawn]
    told = [newest - sum(gaps[: n + 1], timedelta()) for n in range(len(gaps))]
    assert days(column(*(f"{d:%m-%d}" for d in told))) == [d.isoformat() for d in told]


@given(st.lists(st.lists(st.text(alphabet="0123年月日-/. JanFeb[]()", max_size=14), max_size=5), max_size=8))
def test_any_list_survives_and_nothing_lies_in_the_future(rows: list[list[str]]) -> None:
    found = printed_dates(rows, ZONE, NOW)
    assert len(found) == len(rows)
    assert all(f is None or datetime.fromisoformat(f.at).timestamp() <= NOW + 86_400 for f in found)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1768871107, "2026-01-20T09:05:07+08:00 second"),
        (1768871107000, "2026-01-20T09:05:07+08:00 second"),
        ("1768871107", "2026-01-20T09:05:07+08:00 second"),
        (1768838400, "2026-01-20T00:00:00+08:00 day"),
        ("Tue, 20 Jan 2026 01:05:07 GMT", "2026-01-20T01:05:07+00:00 second"),
        ("Tue, 20 Jan 2026 09:05 +0800", "2026-01-20T09:05:00+08:00 minute"),
        ("20 Jan 26 09:05:07 EST", "2026-01-20T09:05:07-05:00 second"),
        ("2026-01-20T01:05:07Z", "2026-01-20T01:05:07+00:00 second"),
        ("2026-01-20 09:05:07", "2026-01-20T09:05:07+08:00 second"),
        ("2026-01-20 00:00:00", "2026-01-20T00:00:00+08:00 day"),
        ("2026-01-20", "2026-01-20T00:00:00+08:00 day"),
        ("01-20", "2026-01-20T00:00:00+08:00 day"),
        ("20260120", "2026-01-20T00:00:00+08:00 day"),
    ],
)
def test_a_field_is_read_in_every_notation(value: object, expected: str) -> None:
    found = written_date(value, ZONE, NOW)
    assert found
    assert f"{found.at} {found.precision}" == expected


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        "",
        "aaaa",
        "3分钟前",
        "0000-00-00",
        "99999-99-99",
        "2036-01-01 00:00",
        {},
        [],
        5,
        float("nan"),
        "1e400",
    ],
)
def test_a_field_that_holds_none_has_none(value: object) -> None:
    assert written_date(value, ZONE, NOW) is None
