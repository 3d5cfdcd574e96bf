"""Captures: what a publisher answered, kept as evidence: WARC records with their SHA-256, and a link of the chain.

The bytes of a capture stand in its row until `crawler.store.evidence.warcs` has them in a file, so that they are on
disk as soon as whatever they prove is.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select

from crawler.evidence import warc
from crawler.evidence.statement import captured
from crawler.exceptions import StoreError, UnknownNotice
from crawler.items import Page
from crawler.store import journal
from crawler.store.evidence import chain
from crawler.store.tables import captures

_SAME = select(*captures.c["id", "url", "fetched_at"]).where(
    captures.c.payload_sha256 == bindparam("payload"),
    captures.c.sha256 == bindparam("body"),
    captures.c.same_as.is_(None),
    captures.c.dropped.is_(None),
)
_SAME = _SAME.order_by(captures.c.id).limit(1)
_ADD = insert(captures)
_GET = select(captures).where(captures.c.id == bindparam("id"))


def add(tx: Connection, page: Page, link: str | None) -> int:
    """Keep ``page`` as what ``link`` (None: a list) answered; returns the capture's id."""
    journal.alone(tx)
    payload, body = warc.sha256(warc.payload_of(page)), warc.sha256(page.body)
    same = tx.execute(_SAME, {"payload": payload, "body": body}).one_or_none() if page.exchange else None
    records = warc.records_of(page, warc.Original(same.url, same.fetched_at) if same else None)
    values = {
        "url": page.url,
        "link": link,
        "fetched_at": page.fetched_at,
        "status": page.status,
        "content_type": page.content_type,
        "address": page.address,
        "certificate": warc.certificate_of(page),
        "headers": dict(page.headers),
        "sha256": body,
        "size": len(page.body),
        "payload_sha256": payload,
        "same_as": same.id if same else None,
        "record_sha256": warc.sha256(records),
        "record_size": len(records),
        "record": records,
    }
    key = tx.execute(_ADD, values).inserted_primary_key
    assert key is not None
    chain.append(tx, "capture", str(key[0]), page.fetched_at, {"statement": captured(values)})
    return int(key[0])


def load(tx: Connection, capture: int, folder: Path) -> Page:
    """The page kept under an id; ``folder``: where the WARC files are.

    Raises UnknownNotice, or StoreError when its bytes were dropped, are missing or not those that were kept.
    """
    row = get(tx, capture)
    body = body_of(tx, row, folder)
    return Page(row.url, row.status, body, row.content_type, row.headers, row.fetched_at, row.address)


def get(tx: Connection, capture: int) -> Any:
    """The row of a capture.  Raises UnknownNotice."""
    row = tx.execute(_GET, {"id": capture}).one_or_none()
    if row is None:
        raise UnknownNotice(f"capture {capture}: nothing is kept under this id")
    return row


def records_of(row: Any, folder: Path) -> bytes:
    """The WARC records of a capture as they were kept.  Raises StoreError."""
    return _checked(row, row.record if row.record is not None else _in_file(row, folder))


def body_of(tx: Connection, row: Any, folder: Path) -> bytes:
    """The body of a capture, of a revisit that of its original.  Raises StoreError."""
    try:
        body = warc.body_in(records_of(row, folder))
    except ValueError as e:
        raise _broken(row, f"its record cannot be read: {e}") from e
    if body is None:
        return body_of(tx, get(tx, row.same_as), folder)
    if warc.sha256(body) != row.sha256:
        raise _broken(row, "its body does not have the hash it was kept with")
    return body


def of_link(tx: Connection, key: str) -> list[int]:
    """The captures of a link, oldest first."""
    wanted = select(captures.c.id).where(captures.c.link == key)
    return list(tx.execute(wanted.order_by(captures.c.fetched_at, captures.c.id)).scalars())


def _in_file(row: Any, folder: Path) -> bytes:
    if row.dropped is not None:
        raise _broken(row, "its bytes were dropped as too old; their hash is in the chain")
    try:
        with (folder / str(row.file)).open("rb") as file:
            file.seek(row.position)
            return file.read(row.record_size)
    except OSError as e:
        raise _broken(row, f"{folder / str(row.file)} cannot be read: {e.strerror}") from e


def _checked(row: Any, records: bytes) -> bytes:
    if warc.sha256(records) != row.record_sha256:
        raise _broken(row, "its bytes do not have the hash they were kept with")
    return records


def _broken(row: Any, why: str) -> StoreError:
    return StoreError(f"capture {row.id} of {row.url}: {why}")
