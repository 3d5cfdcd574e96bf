"""How commands print: JSON for programs, tables on a terminal, tab-separated lines into a pipe, progress on stderr."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import typer

from crawler.descriptors import give_up
from crawler.exceptions import FenghuoError

_OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_RAW_IN_JSON = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
Progress = Callable[[int, int | None], None]
"""Told how much is done, and of how much (None: unknown)."""


def as_json(value: Any) -> None:
    """Print one JSON document, readable and in UTF-8; what JSON leaves raw and a terminal may obey is escaped."""
    text = json.dumps(value, ensure_ascii=False, indent=2)
    _out(_RAW_IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", text))


def say(text: str) -> None:
    """Print text, of a publisher or of ours: several lines, none of which a terminal could obey."""
    _out(printable(text))


def table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print rows as a table on a terminal, else as tab-separated lines without headings or cuts."""
    texts = [[cell(c) for c in row] for row in rows]
    if not sys.stdout.isatty():
        if texts:
            _out("\n".join("\t".join(row) for row in texts))  # of a thousand lines each is flushed apart
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    grid = Table(*headings, box=None, pad_edge=False, header_style="bold")
    for row in texts:
        grid.add_row(*map(Text, row))
    Console().print(grid)


def fields(pairs: Iterable[tuple[str, object]]) -> None:
    """Print named values, one a line, those without a value left out."""
    known = [(name, text) for name, value in pairs if (text := cell(value))]
    width = max((len(name) for name, _ in known), default=0)
    for name, text in known:
        _out(f"{name:<{width}}  {text}")


def cell(value: object) -> str:
    """A value in one line."""
    return "" if value is None else printable(" ".join(str(value).split()))


def printable(text: str) -> str:
    """``text`` with what a terminal would obey made visible: ESC and its kin as ␛, the rest as �.

    A title could else rename the window, move the cursor, or turn the reading order round (CVE-2003-0063 and after).
    """
    return _OBEYED.sub(lambda found: chr(0x2400 + ord(found[0])) if found[0] < " " else "�", text)


def note(text: str) -> None:
    """Say one line to the person at the terminal, out of the way of what is printed."""
    try:
        typer.echo(cell(text), err=True)
    except OSError:  # there is nobody left to tell
        give_up(sys.stderr)


def _out(text: str) -> None:
    try:
        typer.echo(text)
    except BrokenPipeError:  # whoever read it has read enough
        raise
    except OSError as e:
        raise unwritten(e) from e


def unwritten(e: OSError) -> FenghuoError:
    """What there is to say of output that cannot be written; it is given up."""
    give_up(sys.stdout)
    return FenghuoError(f"standard output: {e.strerror}; what was printed is not whole")


def local(at: str | None) -> str:
    """An RFC 3339 time as local time to the minute, "" for None."""
    return datetime.fromisoformat(at).astimezone().strftime("%Y-%m-%d %H:%M") if at else ""


@contextmanager
def progress(label: str) -> Iterator[Progress]:
    """A bar on stderr while the block runs, on a terminal only."""
    if not sys.stderr.isatty():
        yield lambda done, total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn(label), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(label, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
