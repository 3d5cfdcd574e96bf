"""Proofs: one notice with everything that it rests on, out of the store."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection

from crawler.evidence.chain import Link
from crawler.exceptions import StoreError, UnknownNotice
from crawler.items import Notice
from crawler.store.evidence import anchors, captures, chain
from crawler.store.evidence.anchors import Anchor
from crawler.store.wire import notices


@dataclass(frozen=True, slots=True)
class Kept:
    """A capture: its number, its address, its WARC records as they were kept, and the body they hold."""

    id: int
    url: str
    records: bytes
    body: bytes


@dataclass(frozen=True, slots=True)
class Proof:
    """A notice, its captures, and the chain from the first link that speaks of it to an anchor behind the last one."""

    notice: Notice
    captures: tuple[Kept, ...]
    links: tuple[Link, ...]
    about: frozenset[int]  # the numbers of the links that speak of it
    anchors: tuple[Anchor, ...]
    missing: tuple[str, ...] = ()  # captures that cannot be given, and why


def proof_of(tx: Connection, notice_id: str, folder: Path) -> Proof:
    """The proof of a notice.  Raises UnknownNotice; also where the chain does not speak of it."""
    notice = notices.get(tx, notice_id)
    verdicts = [Link(row.number, row.link, row.hash) for row in chain.about(tx, "verdict", [notice.id])]
    if not verdicts:
        raise UnknownNotice(f"{notice.id}: the chain does not speak of it; `fenghuo verify` says more")
    rests_on = sorted({int(link.event["capture"]) for link in verdicts if link.event.get("capture")})
    kept, missing = _captures(tx, rests_on, folder)
    told = [row.number for type in ("capture", "dropped") for row in chain.about(tx, type, [str(c) for c in kept])]
    about = {link.number for link in verdicts} | set(told)
    stamped = sorted(anchors.every(tx, folder), key=lambda a: a.number)
    behind = next((a.number for a in stamped if a.number >= max(about)), None)
    head = chain.head(tx)
    until = behind or (head.number if head else max(about))
    links = tuple(chain.between(tx, min(about), until))
    there = tuple(a for a in stamped if min(about) <= a.number <= until)
    return Proof(notice, tuple(k for k in kept.values() if k), links, frozenset(about), there, missing)


def _captures(tx: Connection, ids: list[int], folder: Path) -> tuple[dict[int, Kept | None], tuple[str, ...]]:
    """Captures and whose bytes they have, None for one that cannot be read; and why not."""
    kept: dict[int, Kept | None] = {}
    missing = []
    wanted = list(ids)
    while wanted:
        id = wanted.pop(0)
        row = captures.get(tx, id)
        try:
            kept[id] = Kept(id, row.url, captures.records_of(row, folder), captures.body_of(tx, row, folder))
        except StoreError as e:
            kept[id] = None
            missing.append(str(e))
        if row.same_as and row.same_as not in kept:
            wanted.append(row.same_as)
    return dict(sorted(kept.items())), tuple(missing)
