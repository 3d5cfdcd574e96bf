"""When a list was overtaken, and which items of its older pages were missed."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.items import Link, Published
from crawler.judging.columns.further import missed, overtaken

NOW = datetime(2026, 1, 10, tzinfo=UTC).timestamp()
BEFORE = ["e", "d", "c", "b", "a"]  # newest first


@pytest.mark.parametrize(
    ("now", "gap"),
    [
        (["j", "i", "h", "g", "f"], True),  # five new ones or more
        (["e", "j", "i", "h", "g"], True),  # the first is pinned
        (["i", "h", "g", "f", "e"], False),
        (["e", "d", "c", "b", "a"], False),
        (["e", "d", "b", "a", "0"], False),  # one was deleted, an old one came up
        (["e", "d", "c", "b", "0"], False),  # the last was deleted
        (["a", "c", "e", "b", "d"], False),  # in another order
        (["e", "d", "c", "b", "a", "0", "1"], False),  # the page became longer
        ([], False),
    ],
)
def test_a_list_is_overtaken_when_what_stood_last_was_pushed_off_by_what_is_new(now: list[str], gap: bool) -> None:
    assert overtaken(BEFORE, now) is gap


def test_without_an_earlier_list_nothing_is_overtaken() -> None:
    assert not overtaken([], ["a"])


@given(st.lists(st.integers(), unique=True, min_size=1), st.integers(0, 20), st.integers(1, 20))
def test_a_list_that_grows_at_its_top_is_overtaken_only_when_a_whole_page_is_new(
    old: list[int], new: int, size: int
) -> None:
    before = [str(n) for n in old][:size]
    now = ([f"new{n}" for n in range(new)] + [str(n) for n in old])[:size]
    assert overtaken(before, now) is (new >= size)


def item(key: str, day: str = "") -> Link:
    return Link(f"https://{key}", key, f"标题{key}", Published(f"{day}T00:00:00+08:00", "day") if day else None)


def test_what_was_missed_ends_at_the_first_known_item() -> None:
    found, reached = missed([item("g"), item("f"), item("e"), item("0")], {"h"}, set(BEFORE), NOW)
    assert ([x.key for x in found], reached) == (["g", "f"], True)


def test_what_stands_on_a_newer_page_too_says_nothing() -> None:
    found, reached = missed([item("e"), item("g"), item("f")], {"e"}, {"d"}, NOW)
    assert ([x.key for x in found], reached) == (["g", "f"], False)


@pytest.mark.parametrize(
    ("day", "counts"), [("2026-01-09", True), ("2026-01-04", True), ("2025-12-30", False), ("", True)]
)
def test_what_is_dated_long_before_the_last_look_was_not_missed(day: str, counts: bool) -> None:
    found, reached = missed([item("x", day)], set(), {"a"}, NOW)
    assert (bool(found), reached) == (counts, not counts)


def test_a_date_that_is_none_is_no_date() -> None:
    odd = Link("https://x", "x", "标题", Published("0000-99-99", "day"))
    assert missed([odd], set(), {"a"}, NOW) == ([odd], False)
