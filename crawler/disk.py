"""Files that others read and write: what must outlive a power cut is on the disk, and what was saved is noticed."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

Stamp = tuple[int, int, int]


def stamp(file: str | os.PathLike[str]) -> Stamp | None:
    """What changes when ``file`` is saved: when it was, its size and number; None when it is not there."""
    try:
        found = os.stat(file)  # noqa: PTH116 - of a thousand files every two seconds, and at every request for a feed
    except (OSError, ValueError):  # no such file, or no name of one
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def flush(path: Path) -> None:
    """Wait until ``path`` is on the disk: a file's bytes, or the names that a folder holds.  Raises OSError.

    A file that was created or renamed is there for good only when its folder has been flushed, too (fsync(2)).
    """
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def draft(file: Path, text: str) -> Iterator[Path]:
    """A hidden file beside ``file`` that holds ``text`` on the disk, to be linked or renamed; gone after the block.

    Only its owner can read it.  Raises OSError.
    """
    descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}-")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as new:
            new.write(text)
        flush(Path(name))
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)
