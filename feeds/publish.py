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
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
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
from crawler.store.wire import publications
from feeds import channels
from feeds.entries import Feed
from feeds.following import Following
from feeds.formats import FORMATS, render

FOLDER = "feeds"  # below data_dir
_STAMP = ".stamp"  # for which addresses and names the files were rendered
_LAYOUT = "2"  # raise it when a format changes, so that files are rendered anew
log = structlog.get_logger(__name__)


def publish(
    store: Store,
    settings: Settings,
    catalogue: Catalogue,
    *,
    force: bool = False,
    following: Following | None = None,
) -> list[str]:
    """Bring the feed files below ``data_dir`` up to date; returns the names of those whose bytes changed.

    ``force`` renders every feed, which a restored backup or a doubtful folder needs.  ``following``: what this process
    has published before, where others publish theirs from the same store; without it, all is rendered there.  Raises
    StoreError when the disk refuses (the feeds before stay whole, the changes stay to be consumed), or the database
    does.
    """
    folder = settings.data_dir / FOLDER
    if following is None and store.shared:
        following = Following()
    try:
        with _alone(folder):
            return _publish(store, settings, catalogue, folder, force, following)
    except OSError as e:
        said = "the disk is full; free some space" if e.errno in (errno.ENOSPC, errno.EDQUOT) else e.strerror
        log.error("feeds.not_written", folder=str(folder), error=said)
        raise StoreError(
            f"{e.filename or folder}: feeds cannot be written: {said}; readers still get the last ones"
        ) from e


def _publish(
    store: Store, settings: Settings, catalogue: Catalogue, folder: Path, force: bool, following: Following | None
) -> list[str]:
    stamp = _stamp(settings, catalogue)
    everything = force or not _holds(folder / _STAMP, stamp) or (following is not None and following.everything)
    with store.read() as tx:
        pending = following.unpublished(changes.pending(tx, following.after)) if following else changes.pending(tx)
    if not (everything or pending or _missing(folder)):
        if following is not None:
            following.published(())
        return []
    if notices := [notice for _, notice in pending if notice]:
        with store.begin() as tx:
            publications.record(tx, notices)
    with store.read() as tx:
        paths = _paths(tx, [notice for _, notice in pending], folder, everything)
        written = write_feeds(_load(tx, paths, settings, catalogue), folder)
    if everything:
        _replace(folder / _STAMP, stamp)
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


def write_feeds(feeds: Iterable[Feed], folder: Path) -> list[str]:
    """Write each feed in each format where its bytes differ from the file's; returns the names of files written.

    Raises OSError; a file is then either the old or the new one, never a part.
    """
    written = []
    for feed in feeds:
        for suffix in FORMATS:
            name = f"{feed.path}.{suffix}"
            body, poisoned = render(feed, suffix)
            for entry in poisoned:
                log.error("entry.left_out", feed=name, entry=entry.id)
            if _replace(folder / name, body):
                written.append(name)
    for directory in {(folder / name).parent for name in written}:
        flush(directory)
    return written


def _paths(tx: Connection, changed: list[str | None], folder: Path, everything: bool) -> list[str]:
    """The feeds to render: those that a change touches, those that are missing, or all of them."""
    notices = dict.fromkeys(notice for notice in changed if notice)
    touched = set(channels.MAIN) if everything else set(channels.MAIN) - {"health"} if notices else set()
    health = {"health"} if None in changed else set()
    looked_at = {row.source for row in columns.rows(tx) if row.last_look} if everything else set()
    sources = looked_at | changes.sources_of(tx, notices)
    return sorted(_missing(folder) | touched | health | {f"source/{s}" for s in sources})


def _missing(folder: Path) -> set[str]:
    return {path for path in channels.MAIN if not all((folder / f"{path}.{s}").is_file() for s in FORMATS)}


def _load(tx: Connection, paths: Iterable[str], settings: Settings, catalogue: Catalogue) -> Iterator[Feed]:
    """One feed after the other, so that a thousand need the memory of one."""
    imprint = channels.imprint_of(tx, settings, catalogue)
    found = (channels.channel(path, catalogue) for path in paths)
    return (channels.load(tx, asked, imprint) for asked in found if asked)


def _stamp(settings: Settings, catalogue: Catalogue) -> bytes:
    """What every file depends on besides the store."""
    said = "\n".join((_LAYOUT, settings.base_url, settings.hub, settings.cap.sender, _names(catalogue)))
    return hashlib.sha256(said.encode()).hexdigest().encode()


@lru_cache(maxsize=1)  # it is asked for every second
def _names(catalogue: Catalogue) -> str:
    return "\n".join(f"{s.id} {s.name} {s.name_en}" for _, s in sorted(catalogue.sources.items()))


def archive(settings: Settings) -> str:
    """The folder of what was archived under these addresses; what moved is archived anew, under its new ones."""
    return f".archive-{hashlib.sha256(f'{_LAYOUT} {settings.base_url}'.encode()).hexdigest()[:12]}"


# --------------------------------------------------------------------------------------------------------------------
# Files


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One publisher at a time: of two, the one with the older look at the store must not write last."""
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / ".lock", "a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _holds(path: Path, body: bytes) -> bool:
    try:
        return path.read_bytes() == body
    except OSError:
        return False


def _replace(path: Path, body: bytes) -> bool:
    """Put ``body`` at ``path`` as a whole, unless it is there already; true when it was written."""
    if _holds(path, body):
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
