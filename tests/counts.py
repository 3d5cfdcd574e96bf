"""What the tests of faults did, counted wherever it is done and told at the end of the run (tests/conftest.py)."""

from __future__ import annotations

from collections import Counter

COUNTED: Counter[str] = Counter()
"""Of the test that runs now, by what is counted; `NAMES` are what there is."""
NAMES = ("hostile cases", "forbidden addresses", "kills", "injected errors", "inputs fuzzed")
