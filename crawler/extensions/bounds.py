"""What reading a page may cost its worker process, in CPU time and memory: the system ends what costs more."""

from __future__ import annotations

import os
import resource
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

_T = TypeVar("_T")

MEMORY = 120_000_000
"""Bytes by which a reading may grow: 150 MB a page with what the page itself takes here and in the crawl."""
TOO_LARGE = 77
"""The exit code of a worker whose page took more."""
_MUCH = 0.8  # share of MEMORY that, once in use, means that something may have been refused and been made do without
_SANE = 10_000_000  # bytes of data that any Python process has; a system that says less does not count them
_SELF = Path("/proc/self")


def bounded(seconds: float, function: Callable[..., _T], *args: Any) -> _T:
    """What ``function`` returns, in a worker; the process ends after ``seconds`` of CPU time or ``MEMORY`` bytes.

    A parser written in C hears no exception, and the clock alone would blame a page for what else the machine does.
    One that gets no memory may go on with half a page: a worker that came near its bound returns nothing.
    """
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        with _no_more_than(MEMORY):
            return function(*args)
    except MemoryError:
        os._exit(TOO_LARGE)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


@contextmanager
def _no_more_than(most: int) -> Iterator[None]:
    """Let this process grow by ``most`` bytes; where the system does not tell how large it is, by any."""
    data, before = _data(), _peak()
    if data < _SANE or before is None:
        yield
        return
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (data + most, hard))
    try:
        yield
    finally:  # whatever came of it: libraries in C have errors of their own for want of memory
        resource.setrlimit(resource.RLIMIT_DATA, (hard, hard))
        if (_peak(anew=False) or 0) - before > _MUCH * most:
            raise MemoryError


def _data() -> int:
    """Bytes of memory that this process may write to (what RLIMIT_DATA counts); 0 where nobody says."""
    try:
        return int((_SELF / "statm").read_text("ascii").split()[5]) * resource.getpagesize()
    except (OSError, IndexError):
        return 0


def _peak(*, anew: bool = True) -> int | None:
    """The most bytes of memory this process ever had; ``anew``: from now on, so what it has now (proc(5))."""
    try:
        if anew:
            (_SELF / "clear_refs").write_text("5")
        lines = (_SELF / "status").read_text("ascii").splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM")), None)
