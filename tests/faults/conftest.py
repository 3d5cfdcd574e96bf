"""What tests of faults share: the canary at the forbidden addresses, and a ward to put cases into."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.hostile import Canary
from tests.faults.ward import Meet


@pytest.fixture
def meet(tmp_path: Path) -> Iterator[Meet]:
    """Meets cases; nobody may come by the canary while it does."""
    with Canary() as canary:
        yield Meet(tmp_path, canary)
