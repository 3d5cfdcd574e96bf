"""The invented articles of the demo, read from `demo/pages/*.txt`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

PAGES = Path(__file__).parent / "pages"
_HEAD = re.compile(r"== (\d+) (\d+) (.+)")


@dataclass(frozen=True)
class Text:
    """One article: a number that is its address, its age in days when the demo starts, its words."""

    number: int
    days: int
    title: str
    paragraphs: tuple[str, ...]


def read_texts(name: str) -> tuple[Text, ...]:
    """The articles of ``demo/pages/<name>.txt`` in file order.  Raises ValueError for a malformed file."""
    lines = [line for line in (PAGES / f"{name}.txt").read_text("utf-8").splitlines() if line and line[:2] != "# "]
    heads = [i for i, line in enumerate(lines) if line.startswith("== ")]
    return tuple(_text(lines[i:j]) for i, j in zip(heads, [*heads[1:], len(lines)], strict=True))


def _text(lines: list[str]) -> Text:
    if not (found := _HEAD.fullmatch(lines[0])) or len(lines) < 2:
        raise ValueError(f"not an article: {lines[0]!r}")
    return Text(int(found[2]), int(found[1]), found[3], tuple(lines[1:]))
