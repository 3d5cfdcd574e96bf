"""Verifying: the whole of the evidence is read once, and everything that is not as it was written is named.

The chain comes first, link by link; then every capture and every notice is compared with what the chain says of it, so
that what was removed, put in or edited on either side shows on the other; then what others have stamped.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from crawler.evidence.chain import Link, flaw
from crawler.evidence.statement import captured, differing, flaws, worded
from crawler.exceptions import StoreError
from crawler.store.evidence import anchors, captures, chain
from crawler.store.keys import among, rows_of
from crawler.store.tables import captures as capture_rows
from crawler.store.tables import notices, revisions

_BATCH = 25  # rows at once; a capture may still hold some megabytes
_UNTOLD = "no link of the chain speaks of it: it was put in, or the end of the chain was cut off"
_REMOVED = "the chain speaks of it, and it is gone: it was removed"
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something that is not as it was written: what it is, and the link of the chain that tells (0: none does)."""

    what: str  # "link", "capture", "notice" or "anchor"
    id: str
    link: int
    why: str


@dataclass
class Report:
    """What was read, and what was found wrong; a sound one has no flaws."""

    links: int = 0
    head: Link | None = None
    captures: int = 0
    dropped: int = 0  # of the captures: their bytes were let go, their hashes stand
    notices: int = 0
    anchors: int = 0
    flaws: list[Flaw] = field(default_factory=list)

    @property
    def broken_link(self) -> Flaw | None:
        """The first link that is broken."""
        return next((f for f in self.flaws if f.what == "link"), None)


def verify(
    tx: Connection, folder: Path, *, head: str = "", roots: Path | None = None, on_progress: Progress = lambda _: None
) -> Report:
    """Read everything; ``folder``: where the WARC files and stamps are.

    ``head``: a hash that was the chain's head once; ``roots``: whom a time stamp must go back to; ``on_progress`` is
    told how many rows were read.
    """
    report, told = Report(), _Told(head=head)
    _chain(tx, report, told, on_progress)
    _captures(tx, report, told, folder, on_progress)
    _notices(tx, report, told, on_progress)
    for what, left in (("capture", told.captures), ("notice", told.notices)):
        report.flaws += (Flaw(what, id, link, _REMOVED) for id, link in left.items())
    for anchor in anchors.every(tx, folder):
        report.anchors += 1
        if why := anchors.flaw(tx, anchor, roots):
            report.flaws.append(Flaw("anchor", str(anchor.number), anchor.number, why))
    return report


@dataclass
class _Told:
    """What the chain speaks of and was not met yet, each with the first link that does."""

    captures: dict[str, int] = field(default_factory=dict)
    notices: dict[str, int] = field(default_factory=dict)
    head: str = ""  # "" once it was met


def _chain(tx: Connection, report: Report, told: _Told, on_progress: Progress) -> None:
    before: Link | None = None
    for row in chain.every(tx):
        link = Link(row.number, row.link, row.hash)
        if why := flaw(before, link) or _mislabelled(row, link):
            report.flaws.append(Flaw("link", str(link.number), link.number, why))
        kept = {"capture": told.captures, "verdict": told.notices}.get(row.type)
        if kept is not None:
            kept.setdefault(row.subject, row.number)
        told.head = "" if link.hash == told.head else told.head
        before, report.links = link, report.links + 1
        on_progress(report.links)
    report.head = before
    if told.head:
        why = f"no link has the hash {told.head}: the end of the chain was cut off, or written anew"
        report.flaws.append(Flaw("link", "head", report.links, why))


def _mislabelled(row: Any, link: Link) -> str:
    said = link.event  # a flaw was found where it cannot be read
    return "" if (said.get("type"), said.get("subject")) == (row.type, row.subject) else "it is kept under another name"


def _captures(tx: Connection, report: Report, told: _Told, folder: Path, on_progress: Progress) -> None:
    for rows in _batches(tx, capture_rows, capture_rows.c.id):
        ids = [str(row.id) for row in rows]
        said, let_go = _events(tx, "capture", ids), _events(tx, "dropped", ids)
        for row in rows:
            id, dropped = str(row.id), row.dropped is not None
            told.captures.pop(id, None)
            report.captures, report.dropped = report.captures + 1, report.dropped + dropped
            for link, why in _of_capture(tx, row, said[id], let_go[id], folder):
                report.flaws.append(Flaw("capture", id, link, why))
        on_progress(report.links + report.captures)


def _of_capture(
    tx: Connection, row: Any, said: Sequence[_Event], dropped: Sequence[_Event], folder: Path
) -> Iterator[tuple[int, str]]:
    if not said:
        yield 0, _UNTOLD
        return
    number, event = said[0]
    if names := differing(event.get("statement", {}), captured(row._mapping)):
        yield number, f"{row.url}: it is not as the chain says: {', '.join(names)}"
    if row.dropped is not None:
        if not dropped:
            yield number, f"{row.url}: its bytes are gone, and no link of the chain says that they were dropped"
        return
    try:
        captures.body_of(tx, row, folder)
    except StoreError as e:
        yield number, str(e).partition(": ")[2]


def _notices(tx: Connection, report: Report, told: _Told, on_progress: Progress) -> None:
    for rows in _batches(tx, notices, notices.c.id):
        ids = [row.id for row in rows]
        said, texts = _events(tx, "verdict", ids), _wordings(tx, ids)
        for row in rows:
            told.notices.pop(row.id, None)
            report.notices += 1
            for link, why in flaws(said[row.id], row._mapping, texts[row.id]):
                report.flaws.append(Flaw("notice", row.id, link, why))
        on_progress(report.links + report.captures + report.notices)


_Event = tuple[int, Mapping[str, Any]]


def _events(tx: Connection, type: str, subjects: Sequence[str]) -> dict[str, list[_Event]]:
    """What the chain says of each subject; links that cannot be read were named when the chain was."""
    found: dict[str, list[_Event]] = defaultdict(list)
    for row in chain.about(tx, type, subjects):
        try:
            found[row.subject].append((row.number, Link(row.number, row.link, row.hash).event))
        except ValueError:
            continue
    return found


_WORDINGS = select(*revisions.c["notice_id", "number", "title", "body"]).where(among(revisions.c.notice_id))


def _wordings(tx: Connection, ids: Sequence[str]) -> dict[str, dict[int, str]]:
    found: dict[str, dict[int, str]] = defaultdict(dict)
    for row in rows_of(tx, _WORDINGS, ids):
        found[row.notice_id][row.number] = worded(row.title, row.body)
    return found


def _batches(tx: Connection, table: Any, key: Any) -> Iterator[Sequence[Any]]:
    """All rows of a table in the order of their key, some at a time."""
    wanted = select(table).order_by(key).limit(_BATCH)
    rows = tx.execute(wanted).all()
    while rows:
        yield rows
        rows = tx.execute(wanted.where(key > getattr(rows[-1], key.name))).all()
