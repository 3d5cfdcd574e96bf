"""What tests of faults share: the canary at the forbidden addresses, and a ward to put cases into."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from crawler import platforms
from tests.faults.hostile import Canary
from tests.faults.ward import Meet


@pytest.fixture(scope="session", autouse=True)
def _warm() -> None:
    """What workers are forked from knows how to read, so that no poll of a test imports it anew."""
    platforms.warm_up()


@pytest.fixture
def meet(tmp_path: Path) -> Iterator[Meet]:
    """Meets cases; nobody may come by the canary while it does."""
    with Canary() as canary:
        yield Meet(tmp_path, canary)
