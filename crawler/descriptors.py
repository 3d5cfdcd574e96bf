"""A process's descriptors: enough of them, and work goes on though a standard stream is closed or full."""

from __future__ import annotations

import os
import resource
import sys
from contextlib import suppress
from typing import TextIO

from crawler.exceptions import FenghuoError

_FEWEST = 64  # descriptors: one source needs 24, and libraries that lack one fail in ways of their own or wait for ever
_MANY = 8192  # a thousand publishers keep their connections open


def enough_descriptors() -> None:
    """Let this process open as many files and connections as it may.  Raises FenghuoError when that is too few."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = _MANY if hard == resource.RLIM_INFINITY else min(hard, _MANY)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    if most < _FEWEST:
        raise FenghuoError(f"this process may open {most} files and connections; let it open {_FEWEST} (ulimit -n)")


def hold_streams() -> None:
    """Lead to the null device what of input, output and errors is closed (``>&-``); to be called first in a process.

    A database or connection that got the number of a closed one would be written into by whatever prints.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free, which is this one
    sys.stdin = sys.stdin or open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - for the life of the process
    sys.stdout = sys.stdout or open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = sys.stderr or open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115


def give_up(stream: TextIO) -> None:
    """Lead ``stream``, which cannot be written, to the null device: what it still holds would fail at the exit, too."""
    with suppress(OSError, ValueError):
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, stream.fileno())
        os.close(null)


class Unfailing:
    """A stream to which a log is written: a full disk or a reader that has gone costs the line, never the work."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write ``text``, or do not."""
        with suppress(OSError):
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        """Let it out, or do not."""
        with suppress(OSError):
            self._stream.flush()
