"""What a person asks the daemon to fetch and read, in a process of its own: it may hang or die, the daemon goes on.

Standard input brings what is to be called with what, pickled; standard output takes its result, or the error of ours
that it raised.  The process ends with its deadline, and with the daemon.
"""

from __future__ import annotations

import asyncio
import os
import pickle
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar, cast

from crawler.exceptions import FenghuoError, Unreadable
from crawler.lighten import lighten

SECONDS = 90  # a list, its page, a feed and three articles, politely
_T = TypeVar("_T")


async def aside(function: Callable[..., _T], *args: object, seconds: float = SECONDS) -> _T:
    """The result of ``function(*args)``, worked out in another process.  Raises what it raises, of our errors.

    Raises Unreadable when it takes longer than ``seconds`` or ends the process.
    """
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "crawler.aside", stdin=pipe, stdout=pipe, start_new_session=True
    )
    try:
        async with asyncio.timeout(seconds):
            said, _ = await process.communicate(pickle.dumps((function, args, seconds)))
    except TimeoutError:
        raise Unreadable(
            f"not done within {seconds:g} s; ask for less, or the page is hostile or its site slow"
        ) from None
    finally:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)  # and whatever it had started
        await process.wait()
    if process.returncode != 0:
        raise Unreadable(f"reading ended the process, status {process.returncode}; the page is hostile or huge")
    result = pickle.loads(said)  # of our own process, through a pipe that nobody else holds  # nosec B301
    if isinstance(result, FenghuoError):
        raise result
    return cast(_T, result)


def main() -> None:
    """Do what standard input says."""
    function, args, seconds = pickle.load(sys.stdin.buffer)  # of our own process  # nosec B301
    signal.alarm(int(seconds) + 5)  # should the daemon have been killed meanwhile
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever prints, prints there
    try:
        result = function(*args)
    except FenghuoError as e:
        result = e
    with answers:
        pickle.dump(result, answers)


if __name__ == "__main__":
    lighten()
    main()
