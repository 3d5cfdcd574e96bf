"""Two texts side by side, line by line, each marked where it differs from the other.  Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from crawler.judging.change.edits import Run, compare

_CONTEXT = 1  # unchanged lines that are shown beside a changed one

Mark = Literal["=", "-", "+", "~"]  # stayed, went, came, moved
Fragment = tuple[Mark, str]
_UNMOVED: Mapping[str, Mark] = {"same": "=", "moved": "~"}


@dataclass(slots=True)
class Line:
    """One line of the old text beside the one that stands in its place; ``folded`` unchanged ones are left out."""

    old: list[Fragment] = field(default_factory=list)
    new: list[Fragment] = field(default_factory=list)
    folded: int = 0

    @property
    def changed(self) -> bool:
        """Whether the two sides differ in more than their marks."""
        return any(kind != "=" for kind, _ in (*self.old, *self.new))


def beside(old: str, new: str) -> list[Line]:
    """The lines of both texts, unchanged ones folded but for those beside a change."""
    lines = list(_lines(old, new))
    near = {n + step for n, line in enumerate(lines) if line.changed for step in range(-_CONTEXT, _CONTEXT + 1)}
    shown: list[Line] = []
    for n, line in enumerate(lines):
        if n in near:
            shown.append(line)
        elif shown and shown[-1].folded:
            shown[-1].folded += 1
        else:
            shown.append(Line(folded=1))
    return shown


def _lines(old: str, new: str) -> Iterator[Line]:
    line = Line()
    for run in (run for passage in compare(old, new) for run in passage):
        for before, after, ends in _cut(run):
            _add(line, run, before, after)
            if ends:
                yield line
                line = Line()
    if line.old or line.new:
        yield line


def _cut(run: Run) -> Iterator[tuple[str, str, bool]]:
    """A run line by line, as long as both sides break where the other does; whether a line ends there."""
    before, after = run.old.split("\n"), run.new.split("\n")
    if len(before) != len(after):
        yield run.old.rstrip("\n"), run.new.rstrip("\n"), run.old.endswith("\n") or run.new.endswith("\n")
        return
    for n, (one, other) in enumerate(zip(before, after, strict=True)):
        yield one, other, n < len(before) - 1


def _add(line: Line, run: Run, old: str, new: str) -> None:
    if old:
        line.old.append((_UNMOVED.get(run.kind, "-"), old))
    if new:
        line.new.append((_UNMOVED.get(run.kind, "+"), new))
