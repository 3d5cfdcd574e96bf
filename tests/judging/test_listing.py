"""What a list that was read amounts to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.items import Column, Expect, Link, Listing, Outcome, PageClass
from crawler.judging.listing import list_outcome, vanished

COLUMN = Column(url="https://gov.example/list/")
LINKS = tuple(Link(f"https://gov.example/{n}", f"gov.example/{n}", f"标题{n}") for n in range(5))


def outcome(
    listing: Listing, column: Column = COLUMN, before: tuple[str, ...] = (), new: int = 0, baseline: bool = False
):
    return list_outcome(listing, column, before=before, new=new, baseline=baseline)


def test_a_list_with_something_new_is_new_and_without_is_changed() -> None:
    assert outcome(Listing(PageClass.LIST, LINKS), new=1) == (Outcome.NEW, "")
    assert outcome(Listing(PageClass.FEED, LINKS)) == (Outcome.CHANGED, "")


def test_the_first_look_is_a_baseline_whatever_is_new() -> None:
    assert outcome(Listing(PageClass.LIST, LINKS), new=5, baseline=True) == (Outcome.BASELINE, "")


@pytest.mark.parametrize("stands", [PageClass.CHALLENGE, PageClass.BLOCKED, PageClass.LOGIN])
def test_what_stands_before_the_list_is_a_challenge(stands: PageClass) -> None:
    found, why = outcome(Listing(stands), before=("a",))
    assert found is Outcome.CHALLENGED
    assert stands in why


@pytest.mark.parametrize("page", [PageClass.ERROR, PageClass.SHELL, PageClass.UNKNOWN, PageClass.ARTICLE])
def test_a_page_that_is_no_list_is_a_failure_that_keeps_what_is_known(page: PageClass) -> None:
    found, why = outcome(Listing(page, why="the reason"), before=("a", "b"))
    assert found is Outcome.FAILED
    assert "the reason" in why
    assert "held 2 links" in why


def test_a_list_that_lost_its_items_is_empty_not_a_deletion() -> None:
    found, why = outcome(Listing(PageClass.LIST), before=("a", "b"))
    assert found is Outcome.EMPTY
    assert "held 2 links" in why


def test_a_selector_that_matches_nothing_is_a_changed_layout() -> None:
    column = COLUMN.model_copy(update={"links": "ul.gone a"})
    assert outcome(Listing(PageClass.LIST, why="ul.gone a matches nothing"), column, ("a",))[0] is Outcome.LAYOUT


def test_fewer_items_than_expected_is_a_changed_layout() -> None:
    column = COLUMN.model_copy(update={"expect": Expect(min_items=6)})
    assert outcome(Listing(PageClass.LIST, LINKS), column)[0] is Outcome.LAYOUT


def test_what_falls_off_the_end_has_not_vanished() -> None:
    assert vanished(["d", "c", "b", "a"], ["e", "d", "c", "b"]) == []


def test_what_leaves_the_middle_has_vanished() -> None:
    assert vanished(["d", "c", "b", "a"], ["d", "b", "a"]) == ["c"]


def test_a_list_that_is_all_new_says_nothing_of_the_old() -> None:
    assert vanished(["b", "a"], ["d", "c"]) == []


@given(
    st.lists(st.integers(0, 30), unique=True), st.lists(st.integers(31, 60), unique=True, max_size=5), st.integers(0, 5)
)
def test_publishing_and_falling_off_never_looks_like_a_deletion(before: list[int], fresh: list[int], fall: int) -> None:
    old = [str(n) for n in before]
    now = [str(n) for n in fresh] + old[: max(0, len(old) - fall)]
    assert vanished(old, now) == []


def test_a_list_of_few_strangers_in_place_of_many_known_links_is_a_changed_layout() -> None:
    before = tuple(f"gov.example/old/{n}" for n in range(20))
    found, why = outcome(Listing(PageClass.LIST, LINKS), before=before, new=5)
    assert found is Outcome.LAYOUT
    assert "rebuilt" in why
    assert outcome(Listing(PageClass.LIST, LINKS), before=before[:8], new=5)[0] is Outcome.NEW
