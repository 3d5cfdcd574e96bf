"""SQLite files in the making, beside the place they are for: nobody sees half of one, and killed ones are swept."""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path

_OURS = re.compile(r"\..+\.\d+(\.\d+)?\.new")
_MAGIC = b"SQLite format 3\0"
_HEADS = (_MAGIC, b"\0" * len(_MAGIC), b"")  # whole, with its first page still to be written, and hardly begun
_BESIDE = ("", "-wal", "-shm", "-journal")  # what SQLite may leave with a file


@contextmanager
def fresh(target: Path) -> Iterator[Path]:
    """An empty hidden file beside ``target``, to be filled and renamed or linked; gone after the block.

    Raises OSError.
    """
    sweep(target.parent)
    file, lock = _locked(target)
    try:
        yield file
    finally:
        _remove(file)
        os.close(lock)  # last: closing any descriptor of a file ends what SQLite had locked in it (fcntl(2))


def sweep(folder: Path) -> None:
    """Remove the files in ``folder`` that killed processes were making.

    What tells them from one in the making is a lock, which the system frees with its holder: a process id is soon
    given to somebody else, and in another container means nothing.
    """
    with suppress(OSError):  # whoever makes something there is told better
        for left in (file for file in folder.iterdir() if _OURS.fullmatch(file.name)):
            with suppress(OSError):  # in use, or not ours to remove
                _sweep(left)


def _sweep(left: Path) -> None:
    descriptor = os.open(left, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.pread(descriptor, len(_MAGIC), 0) in _HEADS:
            _remove(left)
    finally:
        os.close(descriptor)


def _locked(target: Path) -> tuple[Path, int]:
    """A new file and its lock; the next one where somebody has that name, or swept it before we had locked it."""
    for n in count():
        file = target.with_name(f".{target.name}.{os.getpid()}.{n}.new")
        with suppress(FileExistsError):
            lock = os.open(file, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o644)
            if _hold(lock):
                return file, lock
            os.close(lock)
    raise AssertionError("there is always a next number")


def _hold(lock: int) -> bool:
    """Lock; whether the file is there still and ours."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return os.fstat(lock).st_nlink > 0


def _remove(file: Path) -> None:
    for end in _BESIDE:
        file.with_name(f"{file.name}{end}").unlink(missing_ok=True)
