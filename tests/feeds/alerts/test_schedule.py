"""When a failed message is tried again, and when it is given up."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.alerts.schedule import LONGEST_PAUSE, SCHEDULE, SPAN, Answer, next_try, parse_retry_after, quiet_until
from tests.feeds.alerts.given import hook

FAILED = Answer(False, 500)
NOW = 1_700_000_000.0


def test_the_schedule_is_that_of_standard_webhooks() -> None:
    hour = 3600
    assert list(SCHEDULE) == [0, 5, 300, 1800, 2 * hour, 5 * hour, 10 * hour, 14 * hour, 20 * hour, 24 * hour]
    assert 75 * hour + 35 * 60 + 5 == SPAN


def test_a_dead_receiver_is_tried_ten_times_over_75_hours() -> None:
    age, tries = 0.0, 1
    while (wait := next_try(FAILED, tries, age, 0.0)) is not None:
        age, tries = age + wait, tries + 1
    assert (tries, age) == (10, SPAN)


@pytest.mark.parametrize("tries", [1, 10])
def test_what_is_refused_for_good_is_not_tried_again(tries: int) -> None:
    assert next_try(Answer(False, 554, refused=True, final=True), tries, 0.0, 0.0) is None


@given(st.integers(1, 9), st.floats(0, 1))
def test_jitter_only_delays_and_by_a_tenth_at_most(tries: int, chance: float) -> None:
    wait = next_try(FAILED, tries, 0.0, chance)
    assert wait is not None
    assert SCHEDULE[tries] <= wait <= SCHEDULE[tries] * 1.1


@given(st.floats(0, LONGEST_PAUSE), st.integers(1, 30), st.floats(0, 1))
def test_nothing_is_sent_before_retry_after(pause: float, tries: int, chance: float) -> None:
    wait = next_try(Answer(False, 429, retry_after=pause), tries, 0.0, chance)
    assert wait is not None
    assert wait >= pause


def test_short_pauses_do_not_use_up_the_schedule() -> None:
    busy = Answer(False, 429, retry_after=1.0)
    assert next_try(busy, 12, 700.0, 0.0) == 60.0
    assert next_try(FAILED, 13, 800.0, 0.0) is not None
    assert next_try(busy, 5000, SPAN, 0.0) is None


def test_a_receiver_that_is_gone_is_not_tried_again() -> None:
    assert next_try(Answer(False, 410, gone=True), 1, 0.0, 0.0) is None


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("5", 5.0),
        (" 120 ", 120.0),
        ("99999999999", LONGEST_PAUSE),
        ("9" * 400, LONGEST_PAUSE),
        ("Tue, 14 Nov 2023 22:13:50 GMT", 30.0),
        ("Tue, 14 Nov 2023 20:00:00 GMT", 1.0),
        ("0", 1.0),
        ("Wed, 14 Nov 2040 20:00:00 GMT", LONGEST_PAUSE),
        ("soon", None),
        ("-5", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_is_read_as_seconds_or_date_and_capped(header: str | None, seconds: float | None) -> None:
    assert parse_retry_after(header, NOW) == seconds


@given(st.text(max_size=40))
def test_no_retry_after_header_is_an_error(header: str) -> None:
    seconds = parse_retry_after(header, NOW)
    assert seconds is None or 1 <= seconds <= LONGEST_PAUSE


def at(text: str, zone: str = "+08:00") -> float:
    return datetime.fromisoformat(f"{text}{zone}").timestamp()


@pytest.mark.parametrize(
    ("quiet", "timezone", "now", "until"),
    [
        ("23:00-07:00", "Asia/Shanghai", at("2025-01-17T22:59"), None),
        ("23:00-07:00", "Asia/Shanghai", at("2025-01-17T23:00"), at("2025-01-18T07:00")),
        ("23:00-07:00", "Asia/Shanghai", at("2025-01-18T06:59"), at("2025-01-18T07:00")),
        ("23:00-07:00", "Asia/Shanghai", at("2025-01-18T07:00"), None),
        ("12:00-14:00", "Asia/Shanghai", at("2025-01-18T13:00"), at("2025-01-18T14:00")),
        ("12:00-14:00", "Europe/London", at("2025-01-18T13:00"), None),
        ("01:00-06:00", "Europe/London", at("2025-03-30T01:30", "+00:00"), at("2025-03-30T06:00", "+01:00")),
        ("23:00-07:00", "America/New_York", at("2025-11-01T23:30", "-04:00"), at("2025-11-02T07:00", "-05:00")),
    ],
)
def test_quiet_hours_are_those_of_the_clocks_in_their_zone(
    quiet: str, timezone: str, now: float, until: float | None
) -> None:
    assert quiet_until(hook("feishu://t", quiet=quiet, timezone=timezone), now) == until


def test_without_quiet_hours_it_is_never_quiet() -> None:
    assert quiet_until(hook("feishu://t"), NOW) is None


@given(st.floats(0, 2e9), st.sampled_from(["00:00-23:59", "23:00-07:00", "02:30-02:31"]))
def test_quiet_hours_end_within_a_day_and_never_before_they_are_asked_about(now: float, quiet: str) -> None:
    until = quiet_until(hook("feishu://t", quiet=quiet, timezone="Europe/London"), now)
    assert until is None or now < until <= now + 25 * 3600
