"""WARC files: captures are moved from their rows into files that only grow; full ones are followed by others.

Bytes are on disk for good before a row says that they are: a crash between the two leaves them in the row, too.  A
capture whose bytes are dropped keeps its row, its hashes and its place in the chain.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import Connection, bindparam, exists, func, select, update

from crawler.disk import flush
from crawler.evidence import warc
from crawler.exceptions import StoreError
from crawler.store import Store, journal, meta
from crawler.store.backup import STATE
from crawler.store.evidence import backlog, captures, chain
from crawler.store.tables import captures as rows
from crawler.store.tables import waiting

_BATCH = 64  # captures moved in one transaction
_LOCK = 0x57415243  # of PostgreSQL: one process moves captures at a time
_WAITING = select(rows.c.id, rows.c.record).where(waiting).order_by(rows.c.id).limit(_BATCH)
_MOVED = update(rows).where(rows.c.id == bindparam("b_id"))
_MOVED = _MOVED.values(record=None, file=bindparam("b_file"), position=bindparam("b_position"))


def pack(store: Store, folder: Path, now: float, *, largest: int) -> int:
    """Move all captures that wait into files of about ``largest`` bytes in ``folder``; returns how many.

    Raises StoreError when a file cannot be written; the captures go on waiting then.
    """
    moved = 0
    while some := _pack_some(store, folder, now, largest):
        moved += some
    return moved


def drop(store: Store, before: float, now: float) -> int:
    """Let go of the bytes of captures that were fetched before ``before``; returns how many.

    A capture that a newer one has its bytes from stays as long as that one.  `compact` frees the disk.
    """
    newer = rows.alias()
    used = exists().where(newer.c.same_as == rows.c.id, newer.c.dropped.is_(None), newer.c.fetched_at >= before)
    old = select(*rows.c["id", "sha256", "record_sha256"]).where(
        rows.c.fetched_at < before, rows.c.dropped.is_(None), ~used
    )
    dropped = 0
    while True:
        with store.begin() as tx:
            journal.alone(tx)
            some = tx.execute(old.order_by(rows.c.id).limit(_BATCH)).all()
            for row in some:
                said = {"body_sha256": row.sha256, "record_sha256": row.record_sha256, "why": "retention"}
                chain.append(tx, "dropped", str(row.id), now, said)
            gone = {"record": None, "file": None, "position": None, "dropped": now}
            tx.execute(update(rows).where(rows.c.id.in_([row.id for row in some])).values(gone))
        dropped += len(some)
        if len(some) < _BATCH:
            return dropped


def compact(store: Store, folder: Path, now: float, *, largest: int) -> int:
    """Free the disk of what was dropped; returns the bytes.

    A full file of which half or less is still named gives its captures back to their rows, from where they are packed
    anew, and is removed when no row names it any more.  One that holds a damaged capture stays.  Raises StoreError.
    """
    with store.read() as tx:
        state, used = _state(tx), {row.file: int(row.used) for row in tx.execute(_USED)}
    freed = 0
    for name in state.files:
        file = folder / name
        size = file.stat().st_size if file.is_file() else 0
        if name != state.file and used.get(name, 0) * 2 <= size and _give_back(store, folder, name):
            pack(store, folder, now, largest=largest)
            file.unlink(missing_ok=True)
            with store.begin() as tx:
                state = _state(tx)
                _put(tx, replace(state, files=tuple(n for n in state.files if n != name)))
            freed += size
    return freed


def files(tx: Connection) -> tuple[str, ...]:
    """The names of the files that hold captures of this database, oldest first."""
    return _state(tx).files


# --------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _State:
    """The file that is written to, where its last capture ends, and all files of this database."""

    file: str = ""
    end: int = 0
    files: tuple[str, ...] = ()


_USED = select(rows.c.file, func.sum(rows.c.record_size).label("used")).where(rows.c.file.is_not(None))
_USED = _USED.group_by(rows.c.file)
_OF_FILE = select(rows).where(rows.c.file == bindparam("name")).order_by(rows.c.id).limit(_BATCH)


def _state(tx: Connection) -> _State:
    said = json.loads(meta.get(tx, STATE) or "{}")
    return _State(said["file"], said["end"], tuple(said["files"])) if said else _State()


def _put(tx: Connection, state: _State) -> None:
    meta.put(tx, STATE, json.dumps(asdict(state)))


def _give_back(store: Store, folder: Path, name: str) -> bool:
    """Bring the captures of a file back into their rows; false when one of them cannot be read."""
    while True:
        with store.begin() as tx:
            some = tx.execute(_OF_FILE, {"name": name}).all()
            if not some:
                return True
            try:
                back = [{"b_id": row.id, "b_record": captures.records_of(row, folder)} for row in some]
            except StoreError:
                return False
            tx.execute(_BACK, back)


_BACK = update(rows).where(rows.c.id == bindparam("b_id"))
_BACK = _BACK.values(record=bindparam("b_record"), file=None, position=None)


def _pack_some(store: Store, folder: Path, now: float, largest: int) -> int:
    with store.read() as tx:
        if not backlog.any_waiting(tx):
            return 0
    with store.begin() as tx:
        if tx.dialect.name == "postgresql":
            tx.execute(select(func.pg_advisory_xact_lock(_LOCK)))
        some = tx.execute(_WAITING).all()
        try:
            _move(tx, some, folder, now, largest)
        except OSError as e:
            raise StoreError(f"{folder}: captures cannot be written: {e.strerror}; they wait in the database") from e
    return len(some)


def _move(tx: Connection, some: Sequence[Any], folder: Path, now: float, largest: int) -> None:
    state = _state(tx)
    with _open(state, folder, now, largest) as file:
        name, moved = Path(file.name).name, []
        for row in some:
            moved.append({"b_id": row.id, "b_file": name, "b_position": file.tell()})
            file.write(row.record)
        end = file.tell()
        file.flush()
        os.fsync(file.fileno())
    if moved:
        tx.execute(_MOVED, moved)
    known = state.files if name in state.files else (*state.files, name)
    _put(tx, _State(name, end, known))


def _open(state: _State, folder: Path, now: float, largest: int) -> BinaryIO:
    """The file to append to; a new one when it is full, missing, or does not end where the last capture did.

    What a crash or another database wrote behind that end is left alone: a file only grows.
    """
    path = folder / state.file
    if state.file and state.end < largest and path.is_file() and path.stat().st_size == state.end:
        return path.open("ab")
    return _new(folder, now)


def _new(folder: Path, now: float) -> BinaryIO:
    folder.mkdir(parents=True, exist_ok=True)
    name = f"fenghuo-{datetime.fromtimestamp(now, UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}.warc.gz"
    file = (folder / name).open("xb")
    file.write(warc.info(name, now, f"Fenghuo {version('fenghuo')}"))
    for directory in (folder, folder.parent):
        flush(directory)
    return file
