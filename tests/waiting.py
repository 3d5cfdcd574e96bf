"""Waiting, in tests of whole processes, for what must come true."""

from __future__ import annotations

import time
from collections.abc import Callable


def until(what: Callable[[], bool], seconds: float = 40.0) -> None:
    """Wait for something that must come true."""
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "did not come true"
        time.sleep(0.1)
