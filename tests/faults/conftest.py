"""What tests of faults share: the canary at the forbidden addresses, a ward to put cases into, and a house."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import rounds
from crawler import platforms
from crawler.configuration import Configuration
from tests.faults.hostile import Canary
from tests.faults.house import House
from tests.faults.ward import Meet
from tests.publisher import Publisher
from tests.server import Server, answer


@pytest.fixture(scope="session", autouse=True)
def _warm() -> None:
    """What workers are forked from knows how to read, so that no poll of a test imports it anew."""
    platforms.warm_up()


@pytest.fixture
def meet(tmp_path: Path) -> Iterator[Meet]:
    """Meets cases; nobody may come by the canary while it does."""
    with Canary() as canary:
        yield Meet(tmp_path, canary)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with Publisher() as office, Server({"/hook": answer(b"ok")}) as sink:
        office.seed()
        made = House(tmp_path, office, sink)
        rounds.poll(Configuration(made.file))  # the silent baseline, here: what children are forked from is warm
        yield made
