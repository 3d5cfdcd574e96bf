"""Anchors: time stamps on links of the chain, in the store and as files beside the WARC files.

The files are for the day when somebody cuts the end off the chain and the rows with it: they still name the link that
was there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path

from sqlalchemy import Connection, select

from crawler.disk import flush
from crawler.evidence import stamps
from crawler.evidence.chain import Link
from crawler.evidence.warc import date
from crawler.store import upsert
from crawler.store.evidence import chain
from crawler.store.tables import anchors

_SUFFIX = ".tsr"


@dataclass(frozen=True, slots=True)
class Anchor:
    """A time stamp on the link of a number; ``authority`` is who was asked."""

    number: int
    token: bytes
    authority: str = ""


def last(tx: Connection) -> float:
    """When the chain was stamped last, 0.0 when never."""
    return tx.execute(select(anchors.c.at).order_by(anchors.c.number.desc()).limit(1)).scalar() or 0.0


def of(tx: Connection, number: int) -> bool:
    """Whether the link of this number is stamped."""
    return tx.execute(select(anchors.c.number).where(anchors.c.number == number)).first() is not None


def add(tx: Connection, link: Link, token: bytes, authority: str, folder: Path) -> None:
    """Keep a stamp on ``link``, in ``folder`` first.  Raises OSError, ValueError."""
    stamp = stamps.read(token)
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{link.number:012d}{_SUFFIX}"
    file.write_bytes(token)
    flush(file)
    flush(folder)
    at = stamp.at.replace(tzinfo=stamp.at.tzinfo or UTC).timestamp()
    row = {"number": link.number, "hash": link.hash, "at": at, "authority": authority, "token": token}
    upsert.add(tx, anchors, [row])


def every(tx: Connection, folder: Path) -> Iterator[Anchor]:
    """All stamps, of the store and of the folder; one that is in both and the same comes once."""
    kept = [
        Anchor(row.number, row.token, row.authority) for row in tx.execute(select(anchors).order_by(anchors.c.number))
    ]
    yield from kept
    known = {(a.number, a.token) for a in kept}
    for file in sorted(folder.glob(f"*{_SUFFIX}")):
        if file.stem.isdigit() and (int(file.stem), token := file.read_bytes()) not in known:
            yield Anchor(int(file.stem), token)


def flaw(tx: Connection, anchor: Anchor, roots: Path | None) -> str:
    """Why the chain is not as it was stamped, or the stamp not to be trusted; "" when both are sound."""
    try:
        stamp = stamps.read(anchor.token)
        found: Sequence[Link] = chain.between(tx, anchor.number, anchor.number)
        if not found:
            return (
                f"link {anchor.number} was stamped at {date(stamp.at.timestamp())} and is gone: the chain was cut off"
            )
        if found[0].hash != stamp.imprint:
            return f"link {anchor.number} is not the one that was stamped at {date(stamp.at.timestamp())}"
        if roots:
            stamps.trust(anchor.token, found[0].text, roots)
    except ValueError as e:
        return f"{e}"
    except OSError as e:
        return f"evidence.timestamp_roots: {roots}: {e.strerror}"
    return ""
