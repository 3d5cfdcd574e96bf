"""When the bytes of feeds change: consumes the store's changes and rewrites just the files these touch.

Rendering is idempotent, and changes are consumed only after the files are on disk, so a crash at any point at most
renders once more.  A file is replaced as a whole, and only when its bytes differ.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import structlog
from sqlalchemy import Connection

from crawler.config.catalogue import Catalogue
from crawler.config.settings import Settings
from crawler.disk import flush
from crawler.exceptions import StoreError
from crawler.store import Store, changes
from crawler.store.delivery import subscriptions
from crawler.store.watch import columns
from crawler.store.wire import noticerows, publications
from feeds import channels, stamp
from feeds.channels import Channel
from feeds.entries import Feed, Imprint
from feeds.following import Following
from feeds.formats import FORMATS, render
from feeds.remembered import Memory
from feeds.splicing import Changed
from feeds.stamp import FOLDER, LAYOUT, holds, missing

log = structlog.get_logger(__name__)


def publish(
    store: Store,
    settings: Settings,
    catalogue: Catalogue,
    *,
    force: bool = False,
    following: Following | None = None,
    memory: Memory | None = None,
) -> list[str]:
    """Bring the feed files below ``data_dir`` up to date; returns the names of those whose bytes changed.

    ``force`` renders every feed, which a restored backup or a doubtful folder needs.  ``following``: what this process
    has published before, where others publish theirs from the same store; without it, all is rendered there.
    ``memory``: what this process has written before; without it, each feed that changes is read as a whole.  Raises
    StoreError when the disk refuses (the feeds before stay whole, the changes stay to be consumed), or the database
    does.
    """
    folder = settings.data_dir / FOLDER
    if following is None and store.shared:
        following = Following()
    try:
        with _alone(folder):
            return _publish(store, settings, catalogue, folder, force, following, memory or Memory())
    except OSError as e:
        said = "the disk is full; free some space" if e.errno in (errno.ENOSPC, errno.EDQUOT) else e.strerror
        log.error("feeds.not_written", folder=str(folder), error=said)
        raise StoreError(
            f"{e.filename or folder}: feeds cannot be written: {said}; readers still get the last ones"
        ) from e


def _publish(
    store: Store,
    settings: Settings,
    catalogue: Catalogue,
    folder: Path,
    force: bool,
    following: Following | None,
    memory: Memory,
) -> list[str]:
    wanted, stamped = stamp.of(settings, catalogue), stamp.path(folder)
    everything = force or not holds(stamped, wanted) or (following is not None and following.everything)
    with store.read() as tx:
        pending = following.unpublished(changes.pending(tx, following.after)) if following else changes.pending(tx)
    if not (everything or pending or missing(folder)):
        if following is not None:
            following.published(())
        return []
    if notices := list(dict.fromkeys(notice for _, notice in pending if notice)):
        with store.begin() as tx:
            publications.record(tx, notices)
    with store.read() as tx:
        touched = noticerows.related_to(tx, notices)
        paths = _paths(tx, touched, folder, everything=everything, health=any(notice is None for _, notice in pending))
        changed = None if everything else Changed.of(tx, touched)
        imprint = channels.imprint_of(tx, settings, catalogue)
        asked = [found for path in paths if (found := channels.channel(path, catalogue))]
        written = [name for channel in asked for name in _brought(tx, channel, imprint, folder, changed, memory)]
    for directory in {(folder / name).parent for name in written}:
        flush(directory)
    if everything:
        _replace(stamped, wanted)
    numbers = [number for number, _ in pending]
    if everything or pending:
        with store.begin() as tx:
            channels.keep_authority(tx, settings)
            if following is None:
                changes.done(tx, numbers)
            if settings.hub:
                subscriptions.changed(tx, written, hub=settings.websub.hub, now=time.time())
    if following is not None:
        following.published(numbers)
    return written


def _brought(
    tx: Connection, asked: Channel, imprint: Imprint, folder: Path, changed: Changed | None, memory: Memory
) -> list[str]:
    """Bring one feed up to date; returns the names of the files written."""
    files = [folder / f"{asked.path}.{suffix}" for suffix in FORMATS]
    feed = memory.load(tx, asked, imprint, changed, files)
    if feed is None:
        return []
    written = _write(feed, folder)
    memory.wrote(asked.path, files)
    return written


def _write(feed: Feed, folder: Path) -> list[str]:
    """Write ``feed`` in each format where its bytes differ from the file's; returns the names of files written.

    Raises OSError; a file is then either the old or the new one, never a part.
    """
    written = []
    for suffix in FORMATS:
        name = f"{feed.path}.{suffix}"
        body, poisoned = render(feed, suffix)
        for entry in poisoned:
            log.error("entry.left_out", feed=name, entry=entry.id)
        if _replace(folder / name, body):
            written.append(name)
    return written


def _paths(tx: Connection, changed: set[str], folder: Path, *, everything: bool, health: bool) -> list[str]:
    """The feeds to render: those that a change of notices or incidents touches, those that are missing, or all."""
    of_notices = set(channels.MAIN) - {channels.HEALTH} if everything or changed else set()
    of_incidents = {channels.HEALTH} if everything or health else set()
    looked_at = {row.source for row in columns.rows(tx) if row.last_look} if everything else set()
    sources = looked_at | changes.sources_of(tx, changed)
    return sorted(missing(folder) | of_notices | of_incidents | {f"source/{s}" for s in sources})


def archive(settings: Settings) -> str:
    """The folder of what was archived under these addresses; what moved is archived anew, under its new ones."""
    return f".archive-{hashlib.sha256(f'{LAYOUT} {settings.base_url}'.encode()).hexdigest()[:12]}"


# --------------------------------------------------------------------------------------------------------------------
# Files


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One publisher at a time: of two, the one with the older look at the store must not write last."""
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / ".lock", "a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _replace(path: Path, body: bytes) -> bool:
    """Put ``body`` at ``path`` as a whole, unless it is there already; true when it was written."""
    if holds(path, body):
        return False
    with _whole(path, body) as temporary:
        temporary.replace(path)
    return True


def keep(path: Path, body: bytes) -> bytes:
    """Put ``body`` at ``path`` unless something is there; what is there from now on, whoever came first."""
    with _whole(path, body) as temporary, suppress(FileExistsError):
        path.hardlink_to(temporary)
    return path.read_bytes()


@contextmanager
def _whole(path: Path, body: bytes) -> Iterator[Path]:
    """A file that holds ``body`` for sure, beside ``path``, for the length of the block."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    try:
        with open(handle, "wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
            os.fchmod(file.fileno(), 0o644)  # a web server of another user may serve the files
        yield Path(temporary)
    finally:
        with suppress(OSError):
            Path(temporary).unlink()
