"""What lists teach: how many items a day, and in which hours of the week."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.items import Look, Outcome
from crawler.judging.columns.rhythm import DAY, HOUR, HOURS, OFFICE, Rhythm, hour_of_week, intensity, level, taught

ZONE = "Asia/Shanghai"
MONDAY = datetime(2025, 1, 13, tzinfo=ZoneInfo(ZONE)).timestamp()


def first(*dates: float, at: float = MONDAY, exact: bool = True) -> tuple[Rhythm, bytes]:
    look = Look("a/b", at, Outcome.BASELINE, dates=dates, exact=exact)
    return taught(Rhythm(), b"", look, last_ok=None, zone=ZONE)


def news(
    known: tuple[Rhythm, bytes], at: float, new: int = 1, since: float = 900.0, **more: Any
) -> tuple[Rhythm, bytes]:
    return taught(*known, Look("a/b", at, Outcome.NEW, new=new, **more), last_ok=at - since, zone=ZONE)


@pytest.mark.parametrize("daily", [0.1, 1.0, 3.0])
@pytest.mark.parametrize("exact", [True, False])
def test_the_dates_of_one_list_tell_how_many_items_a_day_there_are(daily: float, exact: bool) -> None:
    rhythm, _ = first(*(MONDAY - n * DAY / daily for n in range(20)), exact=exact)
    assert rhythm.daily(MONDAY) == pytest.approx(daily, rel=0.3)


def test_an_item_that_was_pinned_years_ago_changes_nothing() -> None:
    dates = [MONDAY - n * DAY for n in range(20)]
    assert first(*dates, MONDAY - 2000 * DAY)[0].daily(MONDAY) == first(*dates)[0].daily(MONDAY)


def test_a_list_without_dates_leaves_what_is_usual() -> None:
    assert first()[0].daily(MONDAY) == Rhythm().daily(MONDAY) == 1.0


def test_silence_makes_items_less_likely_and_news_more() -> None:
    known = first(*(MONDAY - n * DAY for n in range(20)))
    silent = known[0].daily(MONDAY + 60 * DAY)
    assert silent < known[0].daily(MONDAY) * 0.8
    assert news(known, MONDAY + 60 * DAY, new=5)[0].daily(MONDAY + 60 * DAY) > silent


def test_an_hour_in_which_items_appear_day_after_day_is_learnt_and_others_stay_likely() -> None:
    known = first()
    for day in range(20):
        known = news(known, MONDAY + day * DAY + 21.5 * HOUR)
    hours = [intensity(n) for n in known[0].shape]
    assert max(range(24), key=lambda h: hours[h]) == 21
    assert hours[21] > 4 * intensity(OFFICE[21])
    assert hours[3] > 0.01


def test_a_date_on_the_list_tells_the_hour_better_than_the_looks_do() -> None:
    known = first()
    for day in range(20):
        at = MONDAY + day * DAY + 11 * HOUR
        known = news(known, at, since=4 * HOUR, dates=(at - 3.5 * HOUR,), exact=True)
    assert max(range(24), key=lambda h: known[0].shape[h]) == 7


def test_what_appeared_while_nobody_looked_tells_how_much_but_not_when() -> None:
    known = news(first(), MONDAY + 3 * DAY, new=4, since=2 * DAY)
    assert known[0].seen == 4
    assert [round(intensity(a) / intensity(b), 1) for a, b in zip(known[0].hours, OFFICE, strict=True)] == [1.0] * HOURS


def test_a_hundred_items_at_once_are_one_act() -> None:
    assert news(first(), MONDAY + DAY, new=100)[0].seen == 10


def test_the_hour_is_that_of_the_columns_own_clock() -> None:
    assert hour_of_week(MONDAY + 8 * HOUR) == 0
    assert hour_of_week(MONDAY + 8 * HOUR - 1) == HOURS - 1


@given(st.lists(st.tuples(st.floats(1, 40 * DAY), st.integers(1, 60), st.floats(1, 3 * DAY)), max_size=8))
def test_whatever_was_seen_every_hour_stays_possible_and_what_is_kept_is_small(
    history: list[tuple[float, int, float]],
) -> None:
    known, at = first(), MONDAY
    for wait, new, since in history:
        at += wait
        known = news(known, at, new=new, since=since)
    rhythm, counts = known
    assert len(rhythm.hours) == HOURS
    assert min(rhythm.hours) > 0
    assert len(rhythm.shape) + len(counts) + 3 * 8 <= 1024
    assert 0 < rhythm.daily(at) < 1000


@given(st.floats(1 / 200, 200))
def test_a_level_says_an_intensity_to_a_few_hundredths(said: float) -> None:
    assert intensity(level(said)) == pytest.approx(said, rel=0.03)
