"""What a list that was read amounts to."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.items import Column, Expect, Link, Listing, Outcome, PageClass, Published
from crawler.judging.columns.listing import backfilled, healed, list_outcome, masses, reissued, rhythm, vanished

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
    strange = Listing(PageClass.LIST, why="ul.gone a matches nothing", inferred=LINKS)
    assert outcome(strange, column, ("a",)) == (Outcome.LAYOUT, "ul.gone a matches nothing")
    bare = Listing(PageClass.LIST, why="ul.gone a matches nothing")
    found, why = outcome(bare, column, ("a",))
    assert found is Outcome.EMPTY  # nothing looks like an item any more
    assert "held 1 links" in why
    assert "ul.gone a" in why


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


def test_few_strangers_that_are_dated_or_that_the_selector_finds_are_a_list_begun_anew() -> None:
    before = tuple(f"gov.example/old/{n}" for n in range(20))
    dated = tuple(replace(link, published=Published("2026-01-02T00:00:00+08:00", "day")) for link in LINKS)
    assert outcome(Listing(PageClass.LIST, dated), before=before, new=5)[0] is Outcome.NEW
    column = COLUMN.model_copy(update={"links": "ul a"})
    assert outcome(Listing(PageClass.LIST, LINKS), column, before, new=5)[0] is Outcome.NEW


def test_a_request_to_come_later_is_no_challenge() -> None:
    asked = Listing(PageClass.BLOCKED, why="HTTP 429: Too Many Requests")
    found, why = list_outcome(asked, COLUMN, before=("a",), new=0, baseline=False, status=429)
    assert found is Outcome.FAILED
    assert "Too Many Requests" in why


# ---- a layout that changed

SELECTED = COLUMN.model_copy(update={"links": "ul.old a"})
MISMATCHED = Listing(PageClass.LIST, why="ul.old a matches nothing", inferred=LINKS)


def test_items_found_without_the_selector_are_the_list_when_most_of_them_are_known() -> None:
    listing = healed(MISMATCHED, SELECTED, {link.key for link in LINKS[2:]})
    found, why = outcome(listing, SELECTED, tuple(link.key for link in LINKS[2:]), new=2)
    assert (found, listing.links) == (Outcome.NEW, LINKS)
    assert why.startswith("selectors no longer match, inferred")
    assert "'ul.old a'" in why


@pytest.mark.parametrize("known", [set(), {LINKS[0].key}, {link.key for link in LINKS[:2]}])
def test_items_most_of_which_nobody_knows_are_not_taken_for_the_list(known: set[str]) -> None:
    assert healed(MISMATCHED, SELECTED, known) == MISMATCHED


def test_a_list_that_its_selector_finds_needs_no_healing() -> None:
    good = Listing(PageClass.LIST, LINKS)
    assert healed(good, SELECTED, {link.key for link in LINKS}) is good


# ---- items issued anew

ANEW = Listing(
    PageClass.LIST, tuple(Link(f"https://new.example/{n}", f"new.example/{n}", f"标题{n}") for n in range(6))
)


def test_many_new_addresses_with_known_titles_are_a_list_that_moved() -> None:
    fresh = masses(ANEW, set())
    listing = reissued(ANEW, fresh, [f"标题 {n}" for n in range(6)])
    found, why = outcome(listing, before=("old",), new=6)
    assert found is Outcome.NEW
    assert "6 links under new addresses bear known titles" in why


def test_many_new_titles_are_news() -> None:
    assert reissued(ANEW, masses(ANEW, set()), ["标题0", "别的"]) == ANEW


def test_a_few_new_links_are_not_held_against_what_is_known() -> None:
    assert masses(ANEW, {link.key for link in ANEW.links[:2]}) == []
    assert masses(Listing(PageClass.LIST, ANEW.links[:4]), set()) == []


# ---- the rhythm of a list


def dated(*days: str) -> list[Link]:
    return [Link(f"https://x.example/{n}", f"x/{n}", "标题", Published(day, "day")) for n, day in enumerate(days)]


def test_the_dates_of_a_list_tell_its_newest_item_and_its_longest_pause() -> None:
    found = dated("2026-01-10T00:00:00+00:00", "2026-01-08T00:00:00+00:00", "2026-01-01T00:00:00+00:00")
    newest, gap = rhythm(found, 1.8e9)
    assert (newest, gap) == (1768003200.0, 7 * 86400.0)


def test_an_item_pinned_for_years_and_one_dated_in_the_future_tell_nothing() -> None:
    days = [f"2026-01-0{n}T00:00:00+00:00" for n in range(1, 7)]
    newest, gap = rhythm(dated("2036-01-01T00:00:00+00:00", "2019-01-01T00:00:00+00:00", *days), 1.8e9)
    assert (newest, gap) == (1767657600.0, 86400.0)


@given(st.lists(st.text(max_size=30) | st.just("9999-12-31T23:59:59-14:00") | st.just("0001-01-01T00:00:00+14:00")))
def test_any_text_for_a_date_is_survived(said: list[str]) -> None:
    newest, gap = rhythm(dated(*said), 1.8e9)
    assert newest is None or 0 < newest <= 1.8e9
    assert gap is None or gap > 0


@pytest.mark.parametrize(
    ("days", "before", "past"),
    [
        (("2025-03-04", "2025-03-03", "2025-03-02", "2024-01-01", "2023-12-31"), (0, 1, 2), {3, 4}),  # pulled in
        (("2025-03-04", "2025-03-03", "2025-03-02", "2025-03-02"), (0, 1, 2), {3}),  # of the same day as the oldest
        (("2025-03-04", "2025-03-03", "2025-03-02", "2025-03-05"), (0, 1, 2), set()),  # newer: news, wherever it stands
        (("2025-03-01", "2025-03-02", "2025-03-03", "2025-03-04"), (0, 1, 2), set()),  # a list that runs upwards
        (("2025-03-04", "2025-03-04", "2025-03-04", "2025-03-04"), (0, 1, 2), set()),  # the dates do not say
        (("2024-01-01", "2025-03-04", "2025-03-03", "2025-03-02"), (1, 2, 3), set()),  # pinned on top: news
        (("2025-03-04", "2025-03-03", "2024-01-01"), (), set()),  # nothing stood there before
    ],
)
def test_what_a_list_pulls_in_at_its_end_is_the_past(
    days: tuple[str, ...], before: tuple[int, ...], past: set[int]
) -> None:
    links = dated(*days)
    assert backfilled(links, [links[n].key for n in before]) == {links[n].key for n in past}


def test_a_damaged_feed_is_odd_when_it_holds_less_than_before() -> None:
    damaged = Listing(PageClass.FEED, LINKS, why="not well-formed, line 9")
    assert outcome(damaged, before=(*"abcdef",)) == (Outcome.CHANGED, "not well-formed, line 9")
    assert outcome(damaged, before=(*"abcde",)) == (Outcome.CHANGED, "")
