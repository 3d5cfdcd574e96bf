"""How many looks are under way together: more while nothing is found, fewer when something is."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Coroutine, Iterator

import pytest

from crawler.extensions.window import Window
from crawler.items import Due


class Loop(asyncio.SelectorEventLoop):
    """A loop whose clock stands until it is moved."""

    now = 100.0

    def time(self) -> float:
        return self.now


@pytest.fixture
def loop() -> Iterator[Loop]:
    standing = Loop()
    yield standing
    standing.close()


def due(number: int) -> Due:
    return Due("a/main", f"https://a.example/{number}/")


def taken(window: Window, first: int) -> int:
    """How many more enter before there is no room."""
    number = first
    while window.has_room():
        window.enter(due(number))
        number += 1
    return number - first


def on(loop: Loop, work: Coroutine[None, None, None]) -> None:
    loop.run_until_complete(work)


def test_a_window_begins_with_one_and_widens_up_to_its_most(loop: Loop) -> None:
    async def story() -> None:
        window = Window()
        assert taken(window, 0) == 1
        for _ in range(9):
            window.widen(4)
        assert taken(window, 1) == 3

    on(loop, story())


def test_what_is_found_halves_it_but_two_go_on(loop: Loop) -> None:
    async def story() -> None:
        window = Window()
        for _ in range(7):
            window.widen(64)
        window.narrow()
        assert taken(window, 0) == 4
        for _ in range(5):
            window.narrow()
        window.leave(due(0))
        window.leave(due(1))
        assert taken(window, 9) == 0
        window.leave(due(2))
        assert taken(window, 9) == 1

    on(loop, story())


def test_a_slow_look_is_not_waited_for_longer_than_half_a_second(loop: Loop) -> None:
    async def story() -> None:
        window = Window()
        assert window.next_room() == math.inf
        window.enter(due(1))
        assert (window.has_room(), window.next_room()) == (False, 0.5)
        loop.now += 0.5
        assert (window.has_room(), window.next_room()) == (True, math.inf)
        window.leave(due(1))  # it may still end

    on(loop, story())


def test_looks_that_hang_one_after_the_other_make_room_for_more_and_more(loop: Loop) -> None:
    async def story() -> None:
        window = Window()
        rounds, begun = 0, 0
        while begun < 50:
            begun += taken(window, begun)
            rounds += 1
            loop.now += 0.5
        assert rounds < 12  # of half a second; at a width of one it were fifty

    on(loop, story())
