"""A round that is killed anywhere loses nothing and doubles nothing, and the next one makes it good."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from tests.counts import COUNTED
from tests.faults.house import House

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]  # seconds on a busy machine; a few on an idle one

KILLS = 8  # of the moments of a round, evenly; `python -m benchmarks crash` tries every system call
WATCHED = {"open", "os.rename", "os.remove", "os.link", "os.truncate", "socket.connect", "sqlite3.connect"}


def points(house: House) -> int:
    """How many moments a round has at which it can be killed."""
    reading, writing = os.pipe()
    house.round(lambda: _at_each(lambda _: os.write(writing, b".")))
    os.set_blocking(reading, False)
    found = len(os.read(reading, 1_000_000))
    os.close(reading)
    os.close(writing)
    return found


def _at_each(act: Callable[[int], Any]) -> None:
    """Call ``act`` with the number of each moment at which this process touches files, the network or the database."""
    count = iter(range(1_000_000))

    def moment(*_: object) -> None:
        act(next(count))

    def audit(name: str, args: tuple[Any, ...]) -> None:
        if name in WATCHED and not (name == "open" and (args[2] & os.O_ACCMODE) == os.O_RDONLY):
            moment()

    for name in ("before_cursor_execute", "commit", "begin"):
        event.listen(Engine, name, moment)
    sys.addaudithook(audit)


def test_a_round_killed_at_any_moment_is_made_good_by_the_next(house: House) -> None:
    house.publish()
    number = points(house)
    assert number > 50
    number = number * 9 // 10  # a later round has somewhat fewer: less has to be opened
    for n in range(0, number, max(1, number // KILLS)):
        house.publish()
        status = house.round(lambda n=n: _at_each(lambda m: os.kill(os.getpid(), signal.SIGKILL) if m == n else None))
        assert os.WIFSIGNALED(status)
        COUNTED["kills"] += 1
        assert house.round() == 0
        house.assert_sound()
