"""The health of a column: a failing one is never shown as well, and every column is looked at again."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.items import Expect, Look, Outcome, State
from crawler.judging.columns.health import LONGEST_WAIT, RETRY_CEILING, Health, after_look, remind, spread

DAY = 86400.0
GOOD = [o for o in Outcome if o.ok]
BAD = [o for o in Outcome if not o.ok]
SOUND = {State.OK, State.QUIET}


def look(outcome: Outcome, at: float = 1000.0, **more: Any) -> Look:
    return Look("mps/jfts", at, outcome, **more)


def after(*outcomes: Outcome, every: float = 900.0) -> Health:
    health = Health()
    for i, outcome in enumerate(outcomes):
        health = after_look(health, look(outcome, 1000.0 + i * every), every=every)
    return health


@st.composite
def histories(draw: st.DrawFn) -> list[Look]:
    at, made = 0.0, []
    for outcome in draw(st.lists(st.sampled_from(Outcome), min_size=1, max_size=12)):
        at += draw(st.floats(1, 90 * DAY))
        wait = draw(st.none() | st.floats(0, 1e12))
        made.append(look(outcome, at, items=draw(st.none() | st.integers(0, 50)), retry_after=wait))
    return made


@given(histories(), st.floats(0, 7 * DAY), st.none() | st.floats(1, 60 * DAY))
def test_after_any_history_the_state_is_sound_exactly_when_the_last_look_observed_the_list(
    history: list[Look], every: float, newest_within: float | None
) -> None:
    health = Health()
    for made in history:
        before, health = health, after_look(health, made, every=every, expect=Expect(newest_within=newest_within))
        assert made.outcome.ok or health.state not in SOUND
        assert (health.state in SOUND) is (made.outcome.ok and "usually" not in health.why)
        assert (health.failures == 0) is made.outcome.ok
        assert (health.why == "") is (health.state is State.OK)
        assert made.at < health.due <= made.at + max(every, 1.0, RETRY_CEILING, LONGEST_WAIT * 1.1)
        assert health.items == before.items or made.outcome.ok


@given(st.sampled_from(GOOD), st.floats(1, 30 * DAY))
def test_a_good_look_is_followed_by_another_within_the_interval_promised(outcome: Outcome, every: float) -> None:
    health = after_look(Health(), look(outcome, 1e9), every=every)
    assert 0.9 * every - 1e-6 <= health.due - 1e9 <= every + 1e-6


@pytest.mark.parametrize("outcome", BAD)
def test_one_failed_look_degrades_and_a_second_breaks(outcome: Outcome) -> None:
    one, two = {
        Outcome.CHALLENGED: (State.CHALLENGED, State.CHALLENGED),
        Outcome.UNEQUIPPED: (State.DEGRADED, State.DEGRADED),  # the publisher is well; a browser is ours to install
    }.get(outcome, (State.DEGRADED, State.BROKEN))
    assert after(Outcome.BASELINE, outcome).state is one
    assert after(Outcome.BASELINE, outcome, outcome).state is two


@pytest.mark.parametrize("outcome", BAD)
def test_a_failing_column_says_why_also_when_the_look_does_not(outcome: Outcome) -> None:
    assert after(outcome).why
    assert after_look(Health(), look(outcome, why="521 from the firewall"), every=60).why == "521 from the firewall"


@pytest.mark.parametrize("outcome", GOOD)
def test_a_good_look_closes_whatever_was_wrong(outcome: Outcome) -> None:
    health = after(Outcome.BASELINE, Outcome.FAILED, Outcome.CHALLENGED, outcome)
    assert (health.state, health.failures, health.why) == (State.OK, 0, "")


def test_retries_double_from_one_minute_to_the_ceiling() -> None:
    waits, health, at = [], Health(), 0.0
    for _ in range(12):
        health = after_look(health, look(Outcome.FAILED, at), every=3600)
        waits.append(health.due - at)
        at = health.due
    assert waits == sorted(waits)
    assert 54 <= waits[0] <= 60
    assert waits[1] == pytest.approx(2 * waits[0])
    assert 3240 <= waits[-1] <= 3600


def test_a_column_looked_at_once_a_day_is_retried_within_six_hours() -> None:
    health = after(*[Outcome.FAILED] * 20, every=DAY)
    assert health.due - (health.last_look or 0) <= RETRY_CEILING


def test_retry_after_is_never_undercut_and_never_longer_than_a_day_and_a_bit() -> None:
    asked = after_look(Health(), look(Outcome.FAILED, retry_after=7200.0), every=900)
    assert asked.due >= 1000 + 7200
    absurd = after_look(Health(), look(Outcome.FAILED, retry_after=99999999999.0), every=900)
    assert DAY <= absurd.due - 1000 <= 1.1 * DAY


def test_the_first_look_that_observed_the_list_is_the_baseline() -> None:
    assert after(Outcome.FAILED).baseline_at is None
    assert after(Outcome.FAILED, Outcome.BASELINE, Outcome.NEW).baseline_at == 1900.0


def test_a_failed_look_forgets_nothing() -> None:
    good = after_look(Health(), look(Outcome.BASELINE, items=20), every=900)
    bad = after_look(good, look(Outcome.EMPTY, 2000.0, items=0), every=900)
    assert (bad.items, bad.last_ok, bad.baseline_at) == (20, 1000.0, 1000.0)


def test_articles_that_cannot_be_read_degrade_a_list_that_is_observed_until_they_can() -> None:
    health = after(Outcome.BASELINE)
    for at, unread, since in ((2000.0, "one", 2000.0), (3000.0, "two", 2000.0)):
        health = after_look(health, look(Outcome.UNCHANGED, at), every=900, unread=unread)
        assert (health.state, health.since, health.why, health.failures) == (State.DEGRADED, since, unread, 0)
    health = after_look(health, look(Outcome.UNCHANGED, 4000.0), every=900)
    assert (health.state, health.since, health.why) == (State.OK, 4000.0, "")


def test_a_column_is_quiet_after_three_times_its_longest_silence() -> None:
    health = after_look(Health(), look(Outcome.BASELINE, 0.0), every=900)
    health = after_look(health, look(Outcome.NEW, 10 * DAY), every=900)
    assert after_look(health, look(Outcome.UNCHANGED, 39 * DAY), every=900).state is State.OK
    quiet = after_look(health, look(Outcome.UNCHANGED, 41 * DAY), every=900)
    assert quiet.state is State.QUIET
    assert "31 days" in quiet.why
    assert after_look(quiet, look(Outcome.NEW, 42 * DAY), every=900).state is State.OK


def test_a_holiday_makes_no_column_quiet_unless_it_is_expected_to_speak() -> None:
    busy = after(Outcome.BASELINE, Outcome.NEW, Outcome.NEW)
    later = look(Outcome.UNCHANGED, 1000.0 + 10 * DAY)
    assert after_look(busy, later, every=900).state is State.OK
    assert after_look(busy, later, every=900, expect=Expect(newest_within=7 * DAY)).state is State.QUIET


def test_a_date_on_the_list_is_what_a_declared_silence_is_measured_by() -> None:
    old = look(Outcome.BASELINE, 100 * DAY, newest=60 * DAY)
    assert after_look(Health(), old, every=900, expect=Expect(newest_within=30 * DAY)).state is State.QUIET
    assert after_look(Health(), old, every=900).state is State.OK  # many a list is old when it is first seen
    fresh = look(Outcome.BASELINE, 100 * DAY, newest=90 * DAY)
    assert after_look(Health(), fresh, every=900, expect=Expect(newest_within=30 * DAY)).state is State.OK


def test_a_list_whose_dates_are_months_apart_is_not_quiet_after_weeks() -> None:
    rare = after_look(Health(), look(Outcome.BASELINE, 0.0, gap=40 * DAY), every=900)
    assert after_look(rare, look(Outcome.UNCHANGED, 60 * DAY), every=900).state is State.OK
    assert after_look(rare, look(Outcome.UNCHANGED, 121 * DAY), every=900).state is State.QUIET


def test_a_list_that_loses_most_of_its_items_is_suspect_until_that_is_usual() -> None:
    health = after_look(Health(), look(Outcome.BASELINE, 0.0, items=20), every=900)
    health = after_look(health, look(Outcome.CHANGED, 900.0, items=3), every=900)
    assert (health.state, health.failures) == (State.DEGRADED, 0)
    assert health.why == "only 3 items on the list, which usually has 20; open it in a browser"
    health = after_look(health, look(Outcome.UNCHANGED, 1 * DAY), every=900)
    assert (health.state, health.since) == (State.DEGRADED, 900.0)
    for day in range(2, 8):
        health = after_look(health, look(Outcome.UNCHANGED, day * DAY), every=900)
    assert health.state is State.OK


def test_a_feed_that_is_short_every_week_end_is_not_suspect_for_ever() -> None:
    health, states = after_look(Health(), look(Outcome.BASELINE, 0.0, items=20), every=900), []
    for day in range(1, 120):
        items = 2 if day % 7 in (5, 6) else 20
        health = after_look(health, look(Outcome.CHANGED, day * DAY, items=items), every=900)
        states.append(health.state)
    assert State.DEGRADED in states[:14]
    assert State.DEGRADED not in states[-28:]


def test_a_short_list_may_lose_most_of_its_items() -> None:
    health = after_look(Health(), look(Outcome.BASELINE, 0.0, items=5), every=900)
    assert after_look(health, look(Outcome.CHANGED, 900.0, items=1), every=900).state is State.OK


def test_what_is_odd_about_a_list_that_was_read_degrades_it_and_is_said() -> None:
    health = after_look(after(Outcome.BASELINE), look(Outcome.NEW, 2000.0, why="selectors no longer match"), every=900)
    assert (health.state, health.why, health.failures) == (State.DEGRADED, "selectors no longer match", 0)
    assert after_look(health, look(Outcome.UNCHANGED, 3000.0), every=900).state is State.OK


def test_an_incident_is_shown_again_after_a_day_three_days_a_week_and_then_every_two_weeks() -> None:
    shown, reminders = 0.0, []
    for hour in range(24 * 60):
        if remind(0.0, shown, hour * 3600.0):
            shown = hour * 3600.0
            reminders.append(hour / 24)
    assert reminders == [1, 4, 11, 25, 39, 53]


@given(st.floats(0, 1e9), st.floats(0, 1e9), st.floats(0, 1e9))
def test_what_was_just_shown_is_not_shown_again(opened: float, after: float, wait: float) -> None:
    shown = opened + after
    assert not remind(opened, shown, shown)
    assert remind(opened, shown, shown + 14 * DAY + 1)


def test_a_state_keeps_the_moment_it_began() -> None:
    assert after(Outcome.BASELINE, Outcome.UNCHANGED, Outcome.NEW).since == 1000.0
    assert after(Outcome.BASELINE, Outcome.FAILED, Outcome.FAILED, Outcome.FAILED).since == 1000.0 + 2 * 900


@given(st.text(max_size=130))
def test_the_spread_of_a_key_is_always_the_same_share(key: str) -> None:
    assert 0 <= spread(key) < 1
    assert spread(key) == spread(key)
