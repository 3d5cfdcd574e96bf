"""One daemon a data directory and a database file: a lock that the operating system frees when its holder dies."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from crawler.exceptions import AlreadyRunning, StoreError

NAME = "fenghuo.lock"


@contextmanager
def single_instance(*folders: Path) -> Iterator[None]:
    """Hold the locks of all ``folders`` for the length of the block.  Raises AlreadyRunning, StoreError."""
    with ExitStack() as held:
        for folder in dict.fromkeys(folder.resolve() for folder in folders):
            held.enter_context(_alone(folder))
        yield


@contextmanager
def _alone(data_dir: Path) -> Iterator[None]:
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        file = os.open(data_dir / NAME, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as e:
        raise StoreError(f"{data_dir}: {e.strerror}; the data directory must be writable") from e
    try:
        _take(file, data_dir)
        yield
    finally:
        os.close(file)


def holder(data_dir: Path) -> int | None:
    """The process id of the daemon that holds the lock, None when nobody does."""
    try:
        with single_instance(data_dir):
            return None
    except AlreadyRunning:
        return _pid((data_dir / NAME).read_bytes())


def _take(file: int, data_dir: Path) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        pid = _pid(os.pread(file, 32, 0))
        raise AlreadyRunning(
            f"{data_dir}: a daemon is already running here (process {pid}); end it, or set another data_dir"
        ) from None
    os.ftruncate(file, 0)
    os.pwrite(file, str(os.getpid()).encode(), 0)


def _pid(text: bytes) -> int:
    return int(text) if text.strip().isdigit() else 0
