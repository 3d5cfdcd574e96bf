"""Full-text search over Chinese and English: which words a notice holds, and which notices hold a word.

Chinese is written without spaces, so a run of its characters is kept as its overlapping pairs and its last one
(跨境诈骗: 跨境 境诈 诈骗 骗); what is asked for is found as a phrase of such pairs.  Other scripts are kept as words;
the last of what is asked for may be the beginning of one.  Both sides are read in one form of each character, so that
緬甸 finds 缅甸.
SQLite keeps the index in FTS5, PostgreSQL in a tsvector with GIN (migration 0001); neither holds the text.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, literal, select, text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import NullType

from crawler.items import Notice
from crawler.reading.normalise import evened
from crawler.store.tables import notices

_PAIRED = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # kana and ideographs
_RUN = re.compile(rf"[{_PAIRED}]+|[^\W_{_PAIRED}]+")
_IS_PAIRED = re.compile(rf"[{_PAIRED}]")
_MOST = 16_000  # words of one notice that can be found: PostgreSQL counts positions up to 16,383
_MOST_PLACES = 255  # of one word, of which PostgreSQL keeps as many
_LONGEST = 60  # characters of a word; what is longer is no word
_MOST_BEGUN = 32  # words that begin alike; where there are more, a beginning tells little anyway
Begun = Mapping[str, Sequence[str]]
"""The words that begin with a word."""
NOTHING: Begun = MappingProxyType({})


def words(said: str) -> list[str]:
    """The words of a text, in their order, as they are kept."""
    found = [word for run in _RUN.findall(evened(said)) for word in _kept(run)]
    return [word[:_LONGEST] for word in found[:_MOST]]


def phrase(said: str) -> tuple[list[str], bool]:
    """What must stand side by side for ``said`` to be found, and whether the last may be a word's beginning."""
    runs = _RUN.findall(evened(said))
    if not runs:
        return [], False
    last = runs[-1]
    paired = bool(_IS_PAIRED.match(last)) and len(last) > 1
    wanted = [word for run in runs[:-1] for word in _kept(run)] + (_pairs(last) if paired else [last])
    return [word[:_LONGEST] for word in wanted], not paired


def _kept(run: str) -> list[str]:
    return [*_pairs(run), run[-1]] if _IS_PAIRED.match(run) else [run]


def _pairs(run: str) -> list[str]:
    return [run[n : n + 2] for n in range(len(run) - 1)]


# --------------------------------------------------------------------------------------------------------------------
# Keeping

_DOC = select(notices.c.doc).where(notices.c.id == bindparam("id"))
_ADD = {
    "sqlite": text("INSERT INTO fulltext (rowid, words) VALUES (:doc, :words)"),
    "postgresql": text(
        "INSERT INTO fulltext (doc, words) VALUES (:doc, CAST(:words AS tsvector)) "
        "ON CONFLICT (doc) DO UPDATE SET words = excluded.words"
    ),
}
_FORGET = text("INSERT INTO fulltext (fulltext, rowid, words) VALUES ('delete', :doc, :words)")


def keep(tx: Connection, notice: Notice, before: tuple[str, str] | None = None) -> None:
    """Make a notice found by its words; ``before`` are title and body it was found by until now."""
    if before == (notice.title, notice.body):
        return
    doc = tx.execute(_DOC, {"id": notice.id}).scalar_one()
    if before and tx.dialect.name == "sqlite":
        tx.execute(_FORGET, {"doc": doc, "words": " ".join(words("\n".join(before)))})
    said = words(f"{notice.title}\n{notice.body}")
    kept = " ".join(said) if tx.dialect.name == "sqlite" else _tsvector(said)
    tx.execute(_ADD[tx.dialect.name], {"doc": doc, "words": kept})


def _tsvector(said: Sequence[str]) -> str:
    places: defaultdict[str, list[str]] = defaultdict(list)
    for n, word in enumerate(said, 1):
        if len(places[word]) < _MOST_PLACES:
            places[word].append(str(n))
    return " ".join(f"'{word}':{','.join(at)}" for word, at in places.items())


# --------------------------------------------------------------------------------------------------------------------
# Finding


_VOCABULARY = text("CREATE VIRTUAL TABLE IF NOT EXISTS temp.vocabulary USING fts5vocab(main, fulltext, instance)")
_NEXT = text("SELECT term FROM temp.vocabulary WHERE term >= :least LIMIT 1")


class _Holds(FunctionElement[bool]):
    """That a notice holds what is asked for: in the language of FTS5, and in that of tsquery.

    With two more clauses it holds of documents between these two alone.
    """

    type: Any = NullType()  # of a Boolean SQLAlchemy asks whether it is 1, and SQLite takes no index then
    inherit_cache = True


class _HoldsRare(_Holds):
    """The same of what few notices hold: these are fetched."""

    inherit_cache = True


def begun(tx: Connection, asked: Iterable[str]) -> Begun:
    """For the last word of each phrase that may be a beginning: the words that begin so, where these are few.

    FTS5 reads every notice that holds a word which begins so before it gives the first; words that are named it reads
    as far as it must.  PostgreSQL decides that by itself.
    """
    last = {said[-1] for said, begins in map(phrase, asked) if said and begins}
    if tx.dialect.name != "sqlite" or not last:
        return {}
    tx.execute(_VOCABULARY)
    found = {word: list(islice(_words_from(tx, word), _MOST_BEGUN + 1)) for word in sorted(last)}
    return {word: words for word, words in found.items() if len(words) <= _MOST_BEGUN}


def _words_from(tx: Connection, beginning: str) -> Iterator[str]:
    """The words of all notices that begin so, in order; from one to the next the index is entered anew."""
    word = tx.scalar(_NEXT, {"least": beginning})
    while word is not None and word.startswith(beginning):
        yield word
        word = tx.scalar(_NEXT, {"least": f"{word}\x01"})


def holds(
    asked: Iterable[str],
    among: tuple[int, int] | None = None,
    *,
    without: Iterable[str] = (),
    rare: bool = False,
    begun: Begun = NOTHING,
) -> ColumnElement[bool]:
    """The condition that a notice holds every one of these phrases, of which each has words (`has_words`).

    ``among``: the first and the last of the documents that are looked at; of a common word so but few are listed.
    ``without``: phrases of which it may hold none.  ``rare``: few notices hold what is asked for.  ``begun``: what
    `begun` found.
    """
    said, unsaid = [phrase(each) for each in asked], [phrase(each) for each in without]
    match, query = " AND ".join(_begun(each, begun) for each in said), " & ".join(map(_tsquery, said))
    if unsaid:
        match = f"({match}) NOT ({' OR '.join(_begun(each, begun) for each in unsaid)})"
        query = f"({query}) & !({' | '.join(map(_tsquery, unsaid))})"
    return (_HoldsRare if rare else _Holds)(literal(match), literal(query), *map(literal, among or ()))


def has_words(said: str) -> bool:
    """Whether there is a letter or digit in ``said`` by which it can be found."""
    return bool(phrase(said)[0])


def _begun(phrase: tuple[Sequence[str], bool], begun: Begun) -> str:
    said, begins = phrase
    named = begun.get(said[-1], ()) if begins else ()
    return f"({' OR '.join(_fts5(([*said[:-1], word], False)) for word in named)})" if named else _fts5(phrase)


def _fts5(phrase: tuple[Sequence[str], bool]) -> str:
    said, begins = phrase
    return f'"{" ".join(said)}"{" *" if begins else ""}'


def _tsquery(phrase: tuple[Sequence[str], bool]) -> str:
    said, begins = phrase
    quoted = " <-> ".join(f"'{word}'" for word in said)
    return f"({quoted}{':*' if begins else ''})"


@compiles(_HoldsRare, "sqlite")
def _match_rare(element: _HoldsRare, compiler: SQLCompiler, **how: Any) -> str:
    return _match(element, compiler, **how).replace("+", "", 1)


# The plus keeps SQLite from fetching every notice that holds a common word: it goes through the newest instead, of
# which the index on time tells whether they are among those found.
@compiles(_Holds, "sqlite")
def _match(element: _Holds, compiler: SQLCompiler, **how: Any) -> str:
    match, _, *among = [compiler.process(clause, **how) for clause in element.clauses]
    listed = f"SELECT rowid FROM fulltext WHERE fulltext MATCH {match}"  # bound parameters  # nosec B608
    return f"(+notices.doc IN ({listed}{_between('rowid', among)}))"


@compiles(_HoldsRare, "postgresql")
@compiles(_Holds, "postgresql")
def _match_tsquery(element: _Holds, compiler: SQLCompiler, **how: Any) -> str:
    _, query, *among = [compiler.process(clause, **how) for clause in element.clauses]
    listed = f"SELECT doc FROM fulltext WHERE words @@ CAST({query} AS tsquery)"  # nosec B608
    return f"(notices.doc IN ({listed}{_between('doc', among)}))"


def _between(doc: str, among: Sequence[str]) -> str:
    return f" AND {doc} BETWEEN {among[0]} AND {among[1]}" if among else ""
