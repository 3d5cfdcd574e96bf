"""What each written feed holds, so that a changed notice is put in its place and nothing else is read again.

A feed is spliced only where what comes out is, byte for byte, what reading all of it gives; where that is not certain
(something leaves, another part of the archive begins, somebody else wrote the file), it is read anew.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from crawler.items import Notice
from crawler.store.wire import notices, publications, search
from crawler.store.wire.publications import Published
from crawler.store.wire.search import Query
from feeds.entries import Entry

_MOST_CHANGES = 20  # notices; more are read with everything else
Write = Callable[[Notice], tuple[Entry, ...]]
"""What a feed says of a notice."""


@dataclass(frozen=True, slots=True)
class Line:
    """A notice in a feed; times in POSIX seconds."""

    id: str
    first_seen: float
    updated: float
    entries: tuple[Entry, ...]

    @property
    def place(self) -> tuple[float, str]:
        """By which a feed is sorted."""
        return self.first_seen, self.id


@dataclass(frozen=True, slots=True)
class Held:
    """The lines of a feed, newest first: its ``query``'s newest, and whatever was published in its open ``part``."""

    query: Query
    part: str
    begins: int  # the number of the part's first publication
    until: int  # that of the last one of all when the feed was read
    recorded: frozenset[str]  # the ids of notices in the open part
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Changed:
    """Notices that have changed, and where each was published."""

    notices: Mapping[str, Notice]
    published: Mapping[str, Sequence[Published]]

    @classmethod
    def of(cls, tx: Connection, ids: Collection[str]) -> Changed | None:
        """What is known of the notices ``ids``; None where there are many."""
        if len(ids) > _MOST_CHANGES:
            return None
        found = notices.these(tx, ids)
        return cls({n.id: n for n in found}, publications.of(tx, [n.id for n in found]))


def read(tx: Connection, query: Query, write: Write) -> Held:
    """All of a feed."""
    part = publications.last(tx, query)
    begins, until = publications.first_of(tx, part), publications.number(tx)
    inside = search.search(tx, replace(query, part=part, limit=None)) if part else []
    found = {n.id: n for n in (*inside, *search.search(tx, query))}
    return Held(query, part, begins, until, frozenset(n.id for n in inside), lines(found.values(), write))


def lines(found: Iterable[Notice], write: Write) -> tuple[Line, ...]:
    """The lines of notices, newest first."""
    return _sorted(_line(notice, write) for notice in found)


def spliced(tx: Connection, held: Held, changed: Changed, write: Write) -> Held | None:
    """The feed with what has ``changed``; the very same where nothing of it has, None where it has to be read anew."""
    wanted = search.wanted(tx, held.query, list(changed.notices))
    fresh = {id: _line(changed.notices[id], write) for id in wanted}
    known = {line.id: line for line in held.lines}
    if not all(_goes_on(held, known.get(id), fresh.get(id), changed.published.get(id, ())) for id in changed.notices):
        return None
    here = {id for id in wanted if any(p.part == held.part for p in changed.published.get(id, ()))}
    recorded = held.recorded | here
    shown = _shown(held.query, known | fresh, recorded)
    same = recorded == held.recorded and not any(line.id in fresh for line in shown)
    return held if same else replace(held, recorded=recorded, lines=shown)


def _goes_on(held: Held, before: Line | None, now: Line | None, published: Iterable[Published]) -> bool:
    """Whether a line neither leaves nor sinks, nor touches another part of the archive than the open one."""
    elsewhere = [p.number for p in published if p.part != held.part]
    if before is None and now is None:  # it may have been the last that was wanted of an older part
        return min(elsewhere, default=held.begins) >= held.begins
    if before is None or now is None:  # what is wanted only now may stand in an older part; who follows is not known
        return before is None and not elsewhere
    return now.place >= before.place and now.updated >= before.updated and max(elsewhere, default=0) <= held.until


def _shown(query: Query, lines: Mapping[str, Line], recorded: frozenset[str]) -> tuple[Line, ...]:
    by = (lambda line: (line.updated, line.id)) if query.revised else (lambda line: line.place)
    newest = {line.id for line in sorted(lines.values(), key=by, reverse=True)[: query.limit]}
    return _sorted(line for id, line in lines.items() if id in newest or id in recorded)


def _sorted(lines: Iterable[Line]) -> tuple[Line, ...]:
    return tuple(sorted(lines, key=lambda line: line.place, reverse=True))


def _line(notice: Notice, write: Write) -> Line:
    return Line(notice.id, notice.first_seen, notice.updated, write(notice))
