"""Whatever bytes come in, every parser ends with a result or an error of ours, and its laws hold."""

from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.mutate import mutated, seeds
from tests.fuzz.targets import TARGETS, run

EXAMPLES = 25  # a target in the suite; `make fuzz` has no such limit


@pytest.mark.parametrize("target", TARGETS)
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 2**32))
def test_changed_pages_are_survived(target: str, seed: int) -> None:
    run(target, mutated(target, random.Random(seed)))


@pytest.mark.parametrize("target", TARGETS)
@settings(max_examples=EXAMPLES, deadline=None)
@given(body=st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_any_bytes_are_survived(target: str, body: bytes) -> None:
    run(target, body)


@pytest.mark.parametrize(
    ("target", "body"),
    [
        (
            "feed",
            b'<rss><channel><item><title>x</title><atom:link href="/1"/></item></channel></rss>',
        ),  # no such prefix
        ("feed", b"<rss><channel><item><title>a&#xD8&#xD800;00;b</title></item></channel></rss>"),  # half a character
    ],
)
def test_what_fuzzing_found_is_survived(target: str, body: bytes) -> None:
    run(target, body)


@pytest.mark.parametrize("target", TARGETS)
def test_there_is_something_to_begin_with(target: str) -> None:
    assert seeds(target)
