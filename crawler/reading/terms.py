"""The lists of words and names that reading goes by, one TOML file a subject under `data/`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

_DATA = Path(__file__).parent / "data"


@cache
def terms(subject: str) -> dict[str, list[str]]:
    """Every list of ``data/<subject>.toml`` by its name.  Raises KeyError on a missing list, when it is asked for."""
    return tomllib.loads((_DATA / f"{subject}.toml").read_text("utf-8"))


def any_of(patterns: Iterable[str]) -> re.Pattern[str]:
    """One pattern, case ignored, that matches where any of ``patterns`` does."""
    return re.compile("|".join(f"(?:{p})" for p in patterns), re.IGNORECASE)
