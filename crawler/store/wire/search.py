"""Searching notices: what feeds, pages, the API and the command line ask for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Select, func, literal, literal_column, not_, or_, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import NullType

from crawler.items import Notice
from crawler.store.keys import among, rows_of
from crawler.store.tables import links, notices, publications, revisions, tags
from crawler.store.wire import fulltext
from crawler.store.wire.fulltext import NOTHING, Begun
from crawler.store.wire.noticerows import assemble
from crawler.store.wire.unmerged import UNMERGED

Words = str | Sequence[str]


@dataclass(frozen=True, slots=True)
class Query:
    """Which notices are wanted: every condition given must hold; of several values of one condition any will do."""

    kind: Words = ()
    scope: Words = ()
    place: Words = ()  # ISO 3166 code
    scam: Words = ()
    source: Words = ()  # a source in which it was seen, be it as a reprint
    official: bool | None = None
    alertable: bool | None = None
    revised: bool | None = None  # with, or without, a revision; with: newest change first
    status: Words = ()
    since: float | None = None  # first seen (with ``revised``: changed) at or after
    q: str = ""  # words, separated by space, that must all stand in title or body (crawler.store.wire.fulltext)
    exclude: str = ""  # words of which none may
    limit: int | None = 60
    before: str | None = None  # the last notice of the page before
    part: str | None = None  # of the publications (crawler.store.wire.publications)


How = Literal["each", "listed", "rare"]
"""How what many notices may have is looked for.

``each``: every notice that comes by is asked; right for the newest few.  ``listed``: all that have it are listed, and
the newest are held against the list.  ``rare``: those that have it are fetched.
"""


@dataclass(frozen=True, slots=True)
class _Newest:
    """The notices after some moment, and between which documents all of them lie."""

    since: float
    docs: tuple[int, int]


def search(tx: Connection, query: Query, *, first: int = 2_000) -> list[Notice]:
    """The notices that ``query`` wants, newest first, with all sightings and revisions.

    An unknown ``before`` gives nothing.  What is wanted is looked for among the ``first`` newest, then among all: so a
    common word costs the same however many notices hold it.
    """
    if query.part is not None:
        return assemble(tx, _listed(tx, query, "each"))
    newest, begun = _newest(tx, query, first), fulltext.begun(tx, _split(f"{query.q} {query.exclude}")[0])
    rows = _listed(tx, query, "each", newest, begun) if newest else ()
    if newest is None or len(rows) != query.limit:
        rows = _listed(tx, query, "rare" if _rare(tx, query, first, begun) else "listed", None, begun)
    return assemble(tx, rows)


def _listed(
    tx: Connection, query: Query, how: How, newest: _Newest | None = None, begun: Begun = NOTHING
) -> Sequence[Any]:
    by, wanted = _time(query), select(notices).where(*matching(query, how, newest, begun))
    if query.since is not None:
        wanted = wanted.where(by >= query.since)
    if query.before is not None:
        wanted = _after(wanted, by, query.before)
    return tx.execute(wanted.order_by(by.desc(), notices.c.id.desc()).limit(query.limit)).all()


def _newest(tx: Connection, query: Query, first: int) -> _Newest | None:
    """Where to look first; None where the newest are not apart from the rest, or nothing narrows but their own row."""
    if query.limit is None or not (query.revised or query.exclude or query.q or list(_lists(query))):
        return None
    by = _time(query)
    told = select(by.label("at"), notices.c.doc)
    told = told if query.before is None else _after(told, by, query.before)
    some = told.order_by(by.desc(), notices.c.id.desc()).limit(first).subquery()
    lowest, highest, since, count = tx.execute(
        select(func.min(some.c.doc), func.max(some.c.doc), func.min(some.c.at), func.count())
    ).one()
    return _Newest(since, (lowest, highest)) if count == first else None


def _rare(tx: Connection, query: Query, most: int, begun: Begun) -> bool:
    """Whether something that is wanted is had by no more than ``most``."""
    lists = [ids for ids, _ in _lists(query)]
    if wanted := _split(query.q)[0]:
        lists.append(select(notices.c.id).where(fulltext.holds(wanted, rare=True, begun=begun)))
    some = (select(func.count()).select_from(ids.limit(most + 1).subquery()) for ids in lists)
    return any((tx.scalar(number) or 0) <= most for number in some)


def _time(query: Query) -> ColumnElement[float]:
    return notices.c.updated if query.revised else notices.c.first_seen


def matching(
    query: Query, how: How = "listed", newest: _Newest | None = None, begun: Begun = NOTHING
) -> list[ColumnElement[bool]]:
    """The conditions on a row of `notices` that is wanted, but for those of time and page; of the ``newest`` alone."""
    found = [UNMERGED, *_plain(query, how), *_tagged(query, how), *_worded(query, how, newest, begun)]
    return [*found, _time(query) > newest.since] if newest else found


def _after(wanted: Select[Any], newest: ColumnElement[float], last: str) -> Select[Any]:
    then = select(newest).where(notices.c.id == last).correlate(None).scalar_subquery()
    return wanted.where(newest <= then, or_(newest < then, notices.c.id < last))  # the first lets the index begin there


def _among(ids: Select[tuple[str]], column: ColumnElement[str], how: How) -> ColumnElement[bool]:
    """That a notice is one of ``ids``, which ``column`` holds."""
    if how == "each":
        return ids.where(column == notices.c.id).exists()
    # Not by the id itself: SQLite would fetch and sort every notice of a common place.  It goes through the newest.
    return (notices.c.id if how == "rare" else notices.c.id.concat(literal_column("''"))).in_(ids)


def every(tx: Connection, batch: int = 200, *, changed_since: float = 0.0) -> Iterator[Notice]:
    """Every notice, the oldest first, ``batch`` of them in memory at once; or those changed since, by that time."""
    by = notices.c.updated if changed_since > 0 else notices.c.first_seen
    in_order = select(notices).where(UNMERGED).order_by(by, notices.c.id).limit(batch)
    wanted = in_order.where(by >= changed_since) if changed_since > 0 else in_order
    while rows := tx.execute(wanted).all():
        yield from assemble(tx, rows)
        at, id = getattr(rows[-1], by.key), rows[-1].id
        wanted = in_order.where(by >= at, or_(by > at, notices.c.id > id))  # the first one for the index's sake


def wanted(tx: Connection, query: Query, notice_ids: Iterable[str]) -> set[str]:
    """Those of these notices that ``query`` wants, whatever page it asks for."""
    return {row.id for row in rows_of(tx, _wanted(query), list(notice_ids))}


@lru_cache(maxsize=64)  # feeds; building the statement takes longer than running it
def _wanted(query: Query) -> Select[Any]:
    return select(notices.c.id).where(among(notices.c.id), *matching(query, "each"))


def changed(tx: Connection, limit: int, since: float | None = None) -> list[Notice]:
    """The notices that are new, or changed what they say, since then; else simply the last ones.  Newest first."""
    wanted = select(notices).where(UNMERGED, notices.c.updated >= (since or 0.0))
    return assemble(tx, tx.execute(wanted.order_by(notices.c.updated.desc(), notices.c.id.desc()).limit(limit)).all())


def changes(tx: Connection, since: float) -> int:
    """How many notices are new, or changed what they say, since then."""
    return tx.scalar(select(func.count()).where(UNMERGED, notices.c.updated >= since)) or 0


def values_of(tx: Connection, field: str) -> list[str]:
    """What notices are about, of one ``field`` (place, scam), in order."""
    return list(
        tx.execute(select(tags.c.value).distinct().where(tags.c.field == field).order_by(tags.c.value)).scalars()
    )


def _values(words: Words) -> list[str]:
    return [str(w) for w in ([words] if isinstance(words, str) else words) if w]


def _plain(query: Query, how: How) -> list[ColumnElement[bool]]:
    """The conditions on a notice's own columns, its revisions and its publication."""
    several = {notices.c.kind: query.kind, notices.c.scope: query.scope, notices.c.status: query.status}
    found: list[ColumnElement[bool]] = [
        column.in_(values) for column, words in several.items() if (values := _values(words))
    ]
    for flag, wanted in ((notices.c.official, query.official), (notices.c.alertable, query.alertable)):
        if wanted is not None:
            found.append(flag.is_(wanted))
    if query.revised is False:
        found.append(not_(_among(_REVISED, revisions.c.notice_id, how)))
    if query.part is not None:
        published = select(publications.c.notice_id).where(publications.c.part == query.part)
        found.append(notices.c.id.in_(published))
    return found


_REVISED = select(revisions.c.notice_id).where(revisions.c.number > 0)


def _tagged(query: Query, how: How) -> list[ColumnElement[bool]]:
    """The conditions on what a notice is about, where it was seen, and that it was revised."""
    return [_among(ids, column, how) for ids, column in _lists(query)]


def _lists(query: Query) -> Iterator[tuple[Select[tuple[str]], ColumnElement[str]]]:
    """For each such condition the notices for which it holds, and the column that names them."""
    for field, words in (("place", query.place), ("scam", query.scam)):
        if values := _values(words):
            tagged = select(tags.c.notice_id).where(tags.c.field == field, tags.c.value.in_(values))
            yield tagged, tags.c.notice_id
    if sources := _values(query.source):
        seen = or_(*(or_(links.c.column == s, _of_source(s)) for s in sources))
        yield select(links.c.notice_id).where(seen, links.c.notice_id.is_not(None)), links.c.notice_id
    if query.revised:
        yield _REVISED, revisions.c.notice_id


def _of_source(source: str) -> ColumnElement[bool]:
    """That a link was found on a list of ``source``: its column begins so."""
    return _Begins(links.c.column, literal(f"{source}/"), literal(f"{source}/\U0010ffff"))


class _Begins(FunctionElement[bool]):
    """That text begins with something: between it and it with the last of all characters."""

    type: Any = NullType()  # of a Boolean SQLAlchemy asks whether it is 1, and SQLite takes no index then
    inherit_cache = True


@compiles(_Begins, "sqlite")
def _between(element: _Begins, compiler: SQLCompiler, **how: Any) -> str:
    said, least, most = [compiler.process(clause, **how) for clause in element.clauses]
    return f"({said} BETWEEN {least} AND {most})"  # which goes by the index; LIKE of a parameter does not


@compiles(_Begins, "postgresql")
def _starts(element: _Begins, compiler: SQLCompiler, **how: Any) -> str:
    said, least, _ = [compiler.process(clause, **how) for clause in element.clauses]
    return f"({said} ^@ {least})"  # the order of letters is the server's there


def _worded(query: Query, how: How, newest: _Newest | None, begun: Begun) -> list[ColumnElement[bool]]:
    """The conditions on the text, in any case; a mark that is no word (%) is looked for in the text itself."""
    docs = newest.docs if newest else None
    wanted, marks = _split(query.q)
    unwanted, others = _split(query.exclude)
    all_of = [fulltext.holds(wanted, docs, without=unwanted, rare=how == "rare", begun=begun)] if wanted else []
    none_of = [] if wanted else [fulltext.holds([word], docs, begun=begun) for word in unwanted]
    return [*all_of, *map(_shows, marks), *(not_(said) for said in (*none_of, *map(_shows, others)))]


def _split(asked: str) -> tuple[list[str], list[str]]:
    """What is asked for by words, and what by marks alone."""
    said = asked.split()
    return [w for w in said if fulltext.has_words(w)], [w for w in said if not fulltext.has_words(w)]


def _shows(mark: str) -> ColumnElement[bool]:
    return or_(notices.c.title.icontains(mark, autoescape=True), notices.c.body.icontains(mark, autoescape=True))
