"""Which changes a web process has published: each once, whatever order their ids are committed in."""

from __future__ import annotations

from feeds.following import LATE, MISSED, Following


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_an_id_that_is_committed_after_a_higher_one_is_not_missed() -> None:
    clock = Clock()
    following = Following(clock)
    assert following.everything
    following.published([1, 3])
    clock.now += LATE / 2
    assert not following.everything
    assert following.unpublished([(1, "a"), (2, "b"), (3, "c")]) == [(2, "b")]
    following.published([2])
    assert following.after == 0


def test_what_was_published_long_ago_is_not_asked_for_again() -> None:
    clock = Clock()
    following = Following(clock)
    following.published([1, 3])
    clock.now += LATE + 1
    following.published([4])
    assert following.after == 3
    assert following.unpublished([(4, "d"), (5, "e")]) == [(5, "e")]


def test_after_a_long_silence_everything_is_rendered() -> None:
    clock = Clock()
    following = Following(clock)
    following.published([])
    clock.now += MISSED + 1
    assert following.everything
