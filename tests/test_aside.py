"""What is read for a person is read in a process that can be ended."""

from __future__ import annotations

import asyncio
import os
import time

import pytest

from crawler.aside import aside
from crawler.exceptions import ConfigError, Unreadable


def twice(number: int) -> tuple[int, int]:
    print("this goes nowhere")
    return 2 * number, os.getpid()


def refuse(said: str) -> None:
    raise ConfigError(said)


def hang() -> None:
    time.sleep(60)


def die() -> None:
    os._exit(9)


def test_the_result_comes_from_another_process() -> None:
    result, where = asyncio.run(aside(twice, 21))
    assert result == 42
    assert where != os.getpid()


def test_an_error_of_ours_is_raised_here() -> None:
    with pytest.raises(ConfigError, match="not so"):
        asyncio.run(aside(refuse, "not so"))


def test_what_hangs_is_ended() -> None:
    with pytest.raises(Unreadable, match="not done within"):
        asyncio.run(aside(hang, seconds=0.5))


def test_what_dies_is_told() -> None:
    with pytest.raises(Unreadable, match="status 9"):
        asyncio.run(aside(die))
