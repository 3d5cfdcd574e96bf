"""The chain as a law: whatever is written can be checked, whatever is changed is found at its place."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.evidence.chain import GENESIS, Link, canonical, digest, flaw, linked

said = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
events = st.lists(st.dictionaries(st.sampled_from(["type", "subject", "statement"]), said), min_size=1, max_size=12)


def chained(events: list[dict[str, object]]) -> list[Link]:
    links: list[Link] = []
    for event in events:
        links.append(linked(links[-1] if links else None, event))
    return links


def broken(links: list[Link]) -> list[int]:
    before = [None, *links]
    return [link.number for last, link in zip(before, links, strict=False) if flaw(last, link)]


@given(events)
def test_what_was_written_holds(events: list[dict[str, object]]) -> None:
    links = chained(events)
    assert broken(links) == []
    assert [link.number for link in links] == list(range(1, len(links) + 1))
    assert all({**event}.items() <= link.event.items() for event, link in zip(events, links, strict=True))


@given(events, st.data())
def test_a_word_that_was_changed_is_found_where_it_stands(events: list[dict[str, object]], data: st.DataObject) -> None:
    links = chained(events)
    at = data.draw(st.integers(0, len(links) - 1))
    links[at] = replace(links[at], text=links[at].text.replace('"number"', '"Number"'))
    assert broken(links)[0] == at + 1


@given(events.filter(lambda e: len(e) > 1), st.data())
def test_a_changed_link_with_its_hash_made_good_is_found_by_the_next_one(
    events: list[dict[str, object]], data: st.DataObject
) -> None:
    links = chained(events)
    at = data.draw(st.integers(0, len(links) - 2))
    text = canonical({**links[at].event, "forged": True})
    links[at] = replace(links[at], text=text, hash=digest(text))
    assert broken(links) == [at + 2]


@given(events.filter(lambda e: len(e) > 2), st.data())
def test_a_removed_link_is_found_by_the_one_behind_it(events: list[dict[str, object]], data: st.DataObject) -> None:
    links = chained(events)
    at = data.draw(st.integers(0, len(links) - 2))
    del links[at]
    assert broken(links)[0] == at + 2


@given(events.filter(lambda e: len(e) > 1), st.data())
def test_links_that_changed_places_are_found(events: list[dict[str, object]], data: st.DataObject) -> None:
    links = chained(events)
    at = data.draw(st.integers(0, len(links) - 2))
    one, two = links[at], links[at + 1]
    links[at], links[at + 1] = replace(two, number=one.number), replace(one, number=two.number)
    assert broken(links)[0] == at + 1
    assert "moved here" in flaw(links[at - 1] if at else None, links[at])


def test_a_link_is_checked_by_the_hash_of_its_line_alone() -> None:
    first = linked(None, {"type": "verdict", "值": "境外"})
    assert first.text == f'{{"number":1,"previous":"{GENESIS}","type":"verdict","值":"境外"}}'
    assert linked(first, {}).event["previous"] == digest(first.text)


@pytest.mark.parametrize("value", [1.5, {"a": [0.1]}, [{"b": 2.0}]])
def test_a_float_has_no_place_in_it(value: object) -> None:
    with pytest.raises(TypeError, match="float"):
        canonical(value)
