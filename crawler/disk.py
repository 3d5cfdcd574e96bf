"""What must outlive a power cut: a file's bytes, and the names in a folder, are on the disk."""

from __future__ import annotations

import os
from pathlib import Path


def flush(path: Path) -> None:
    """Wait until ``path`` is on the disk: a file's bytes, or the names that a folder holds.  Raises OSError.

    A file that was created or renamed is there for good only when its folder has been flushed, too (fsync(2)).
    """
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
