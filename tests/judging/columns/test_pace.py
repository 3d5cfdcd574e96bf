"""When a column is looked at next: never too late, never too soon, sooner where more is likely, within the budget."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.items import Authority, Kind
from crawler.judging.columns.pace import STIRRED_FOR, Basis, Plan, Wish, closest, factors, next_look, weight
from crawler.judging.columns.rhythm import DAY, HOUR, OFFICE, Rhythm, level

AT = 1_700_000_000.0
PLAN = Plan(3 * HOUR, 60.0, "Asia/Shanghai", factor=20.0)
rhythms = st.builds(
    Rhythm,
    seen=st.floats(0, 1e5),
    days=st.floats(0, 500),
    learnt=st.just(AT),
    shape=st.sampled_from([b"", bytes(168), bytes([255] * 168), bytes(range(168))]),
)
factors_ = st.floats(0, 1e6)
instants = st.floats(1e9, 2e9)


def local(*when: int, zone: str = "Asia/Shanghai") -> float:
    return datetime(*when, tzinfo=ZoneInfo(zone)).timestamp()  # type: ignore[arg-type]


@given(rhythms, factors_, instants, st.floats(1, 14 * DAY), st.none() | st.floats(-DAY, 0), st.floats(0, 1))
def test_a_look_is_never_later_than_promised_and_never_sooner_than_the_floor(
    rhythm: Rhythm, factor: float, at: float, every: float, stirred: float | None, spread: float
) -> None:
    shortest, stir = min(closest(every), every), None if stirred is None else at + stirred
    plan = Plan(every, shortest, "Europe/Berlin", factor=factor, stirred=stir, spread=spread)
    due, _ = next_look(rhythm, plan, at)
    assert at + shortest <= due <= at + every


@given(rhythms, factors_, instants, st.floats(1, 100), st.floats(1, 100))
def test_more_items_or_a_larger_budget_never_mean_a_later_look(
    rhythm: Rhythm, factor: float, at: float, more: float, richer: float
) -> None:
    plan = replace(PLAN, factor=factor)
    due, _ = next_look(rhythm, plan, at)
    busier = replace(rhythm, seen=rhythm.seen * more)
    assert next_look(busier, plan, at)[0] <= due
    assert next_look(rhythm, replace(plan, factor=factor * richer), at)[0] <= due


@given(rhythms, factors_, instants, st.floats(0, 6 * HOUR))
def test_a_later_look_is_never_followed_by_an_earlier_one(
    rhythm: Rhythm, factor: float, at: float, later: float
) -> None:
    plan, still = replace(PLAN, factor=factor, longest=12 * HOUR), replace(rhythm, learnt=2e9 + DAY)
    assert next_look(still, plan, at)[0] <= next_look(still, plan, at + later)[0] + 1e-3


def test_an_office_is_looked_at_more_often_at_ten_than_at_night_or_on_sunday() -> None:
    gaps = [next_look(Rhythm(20, 10, 2e9), PLAN, t)[0] - t for t in (
        local(2025, 3, 4, 10), local(2025, 3, 4, 20), local(2025, 3, 9, 20), local(2025, 3, 5, 2))]  # fmt: skip
    assert gaps == sorted(gaps)
    assert gaps[0] < gaps[-1] / 2


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York"])
def test_office_hours_follow_the_clock_on_the_wall_when_it_is_changed(zone: str) -> None:
    plan = replace(PLAN, zone=zone)
    winter, summer = local(2025, 1, 7, 9, zone=zone), local(2025, 7, 8, 9, zone=zone)
    one, other = (next_look(Rhythm(20, 10, 2e9), plan, t)[0] - t for t in (winter, summer))
    assert one == pytest.approx(other, abs=0.01)
    gap = next_look(Rhythm(20, 10, 2e9), plan, local(2025, 7, 8, 8, zone=zone))[0] - local(2025, 7, 8, 8, zone=zone)
    assert gap > one * 1.1  # an hour earlier by that clock the office has not begun


@pytest.mark.parametrize(
    "day", [local(2025, 3, 30, 1, zone="Europe/Berlin"), local(2025, 10, 26, 1, zone="Europe/Berlin")]
)
def test_looks_go_on_through_the_night_in_which_clocks_are_changed(day: float) -> None:
    plan, at, made = replace(PLAN, zone="Europe/Berlin"), day, []
    while at < day + 6 * HOUR:
        before, (at, _) = at, next_look(Rhythm(20, 10, 2e9), plan, at)
        made.append(at - before)
    assert max(made) <= plan.longest
    assert min(made) >= plan.shortest


def test_a_related_notice_elsewhere_brings_looks_closer_for_an_hour_and_no_longer() -> None:
    calm, _ = next_look(Rhythm(), PLAN, AT)
    stirred, basis = next_look(Rhythm(), replace(PLAN, stirred=AT - 60), AT)
    assert (stirred < calm, basis) == (True, Basis.STIRRED)
    assert next_look(Rhythm(), replace(PLAN, stirred=AT - STIRRED_FOR), AT) == next_look(Rhythm(), PLAN, AT)


def test_without_a_budget_looks_come_as_promised() -> None:
    assert next_look(Rhythm(900, 1, AT), replace(PLAN, factor=0.0), AT) == (AT + PLAN.longest, Basis.EVERY)


def test_the_reason_is_told() -> None:
    assert next_look(Rhythm(20, 1, AT), PLAN, AT)[1] is Basis.RHYTHM
    assert next_look(Rhythm(20, 1, AT), replace(PLAN, host_bound=True), AT)[1] is Basis.HOST
    assert next_look(Rhythm(20, 1, AT), replace(PLAN, factor=1e9), AT)[1] is Basis.FLOOR


def test_warnings_of_offices_come_first_and_reprints_last() -> None:
    weights = [weight(Authority.POLICE, Kind.WARNING), weight(Authority.POLICE, None), weight(Authority.MEDIA, None)]
    assert weights == sorted(weights, reverse=True)
    assert len(set(weights)) == 3


worlds = st.lists(
    st.tuples(st.sampled_from(["a", "b", "c"]), st.floats(0, 1e4), st.sampled_from([OFFICE, bytes([level(1)] * 168)])),
    min_size=1,
    max_size=12,
)


def wishes(world: list[tuple[str, float, bytes]]) -> list[Wish]:
    return [Wish(host, Rhythm(seen, 100.0, AT, shape), PLAN, AT) for host, seen, shape in world]


@given(worlds, st.floats(0, 2000), st.dictionaries(st.sampled_from("abc"), st.floats(0, 50)))
def test_the_budget_is_kept_save_for_what_is_promised(
    world: list[tuple[str, float, bytes]], budget: float, caps: Mapping[str, float]
) -> None:
    all_wishes = wishes(world)
    factor = factors(all_wishes, budget, caps)
    spent = sum(w.looks(min(factor, caps.get(w.host, factor))) for w in all_wishes)
    promised = len(world) * DAY / PLAN.longest
    assert spent <= max(budget, promised) * 1.0001
    assert all(w.looks(factor) >= DAY / PLAN.longest * 0.999 for w in all_wishes)


def test_a_budget_that_can_be_spent_is_spent() -> None:
    some = wishes([("a", 400.0, OFFICE), ("b", 10.0, OFFICE)])
    assert sum(w.looks(factors(some, 96.0, {})) for w in some) == pytest.approx(96.0, rel=1e-3)


def test_looks_that_are_made_are_as_many_as_were_planned() -> None:
    rhythm = Rhythm(400.0, 100.0, 2e9)
    factor = factors([Wish("a", rhythm, PLAN, AT)], 48.0, {})
    at, end, made = AT, AT + 28 * DAY, 0
    while at < end:
        at, made = next_look(rhythm, replace(PLAN, factor=factor), at)[0], made + 1
    assert made / 28 == pytest.approx(48.0, rel=0.04)
