"""Which hours count as watched: only those that lie between looks which were as close as promised."""

from __future__ import annotations

import math
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from crawler.judging.columns.coverage import HOUR, Watched, completed, hours, longest, mask, share, still_owed, unbroken


def kept_by(times: list[float], every: float) -> set[int]:
    """The hours that good looks at ``times`` complete."""
    since, last, kept = None, None, set()
    for at in times:
        since = unbroken(since, last, at, every)
        kept |= set(completed(since, last, at))
        last = at
    return kept


def test_looks_every_quarter_keep_every_whole_hour_between_the_first_and_the_last() -> None:
    assert kept_by([n * 900.0 + 60 for n in range(17)], 900) == {1, 2, 3}


def test_a_pause_longer_than_promised_takes_the_hours_it_touches() -> None:
    times = [n * 900.0 for n in range(40) if not 12 < n < 18]  # from 3:00 to 4:30 nobody looked
    assert kept_by(times, 900) == {0, 1, 2, 5, 6, 7, 8}


def test_a_column_promised_once_in_six_hours_is_kept_by_as_many_looks() -> None:
    assert kept_by([0.0, 6 * HOUR, 12 * HOUR], 6 * HOUR) == set(range(12))


@given(st.lists(st.floats(0, 400), max_size=60), st.floats(60, 6 * HOUR))
def test_an_hour_is_kept_exactly_when_no_moment_of_it_lies_in_too_long_a_pause(gaps: list[float], every: float) -> None:
    times, at = [], 0.0
    for gap in gaps:
        at += gap * 60
        times.append(at)
    pauses = [(a, b) for a, b in pairwise(times) if b - a > longest(every)]
    expected = (
        {
            hour
            for hour in range(math.ceil(times[0] / HOUR), int(times[-1] // HOUR))
            if not any(a < (hour + 1) * HOUR and b > hour * HOUR for a, b in pauses)
        }
        if times
        else set()
    )
    assert kept_by(times, every) == expected


@given(st.lists(st.floats(-1e10, 1e10), max_size=20), st.floats(0, 1e7))
def test_a_clock_that_is_set_back_or_far_ahead_is_survived(times: list[float], every: float) -> None:
    assert all(isinstance(hour, int) for hour in kept_by(times, min(every, 1e6)))


def test_what_the_next_look_may_still_complete_is_not_owed_yet() -> None:
    assert still_owed(10.2 * HOUR, 12.9 * HOUR, 6 * HOUR) == 10
    assert still_owed(10.2 * HOUR, 20.9 * HOUR, 6 * HOUR) == 20  # it is late: what it missed is known
    assert still_owed(None, 20.9 * HOUR, 6 * HOUR) == 20


def test_a_share_counts_what_was_owed_and_nothing_else() -> None:
    one = Watched("a/b", since=100, begun=102, ended=106, kept=0b110111)
    assert (one.owed, one.kept_hours, share([one])) == (4, 3, 0.75)
    assert share([one, Watched("a/c", since=100, begun=100, ended=104)]) == 3 / 8
    assert share([]) is None
    assert share([Watched("a/b", since=100, begun=106, ended=104)]) is None


@given(st.integers(-5, 80), st.integers(-5, 80))
def test_a_mask_has_the_bits_it_says(start: int, stop: int) -> None:
    assert hours(mask(start, stop), 90) == [start <= n < stop for n in range(90)]
