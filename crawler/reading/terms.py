"""The lists of words and names that reading goes by, one TOML file a subject under `data/`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

_DATA = Path(__file__).parent / "data"


@cache
def terms(subject: str) -> dict[str, list[str]]:
    """Every list of ``data/<subject>.toml`` by its name.  Raises KeyError on a missing list, when it is asked for."""
    return _tables(subject)


def _tables(subject: str) -> dict[str, Any]:
    return tomllib.loads((_DATA / f"{subject}.toml").read_text("utf-8"))


def any_of(patterns: Iterable[str]) -> re.Pattern[str]:
    """One pattern, case ignored, that matches where any of ``patterns`` does.

    Without groups around them: where each begins with a character, a search leaps to where one of these stands.
    """
    return re.compile("|".join(patterns), re.IGNORECASE)


@cache
def rules(subject: str, table: str) -> re.Pattern[str]:
    """One pattern of all lists of a table; ``lastgroup`` of its match is the list's name.

    ``<name>`` in a pattern stands for any pattern of the list ``name`` in the table ``words``.
    """
    said = _tables(subject)
    words = {f"<{name}>": "|".join(patterns) for name, patterns in said.get("words", {}).items()}
    named = (f"(?P<{name}>{'|'.join(_filled(p, words) for p in patterns)})" for name, patterns in said[table].items())
    return re.compile("|".join(named), re.IGNORECASE)


def _filled(pattern: str, words: dict[str, str]) -> str:
    for name, patterns in words.items():
        pattern = pattern.replace(name, patterns)
    return f"(?:{pattern})"
