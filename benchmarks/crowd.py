"""A generated store: ten thousand notices written as the product writes them, then each of them ninety-nine times more.

The copies are made inside the database, so that a million take minutes.  They lie between the originals in time, under
ids, addresses and clauses of their own; only what they say is repeated.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, insert, text

from benchmarks.many import RARE, YEARS, event_of, link_of, notice_of, tags_of
from crawler.configuration import Configuration
from crawler.items import Notice
from crawler.judging.columns.coverage import HOUR
from crawler.store import Store, open_store, tables
from crawler.store.watch import columns
from crawler.store.wire import fulltext, publications
from crawler.store.wire.noticerows import values_of

SEEDS = 10_000  # notices that are written one by one
TIMES = 100  # as many in the end, of each
CLAUSES = 24  # fingerprints of a notice: as many as are ever remembered
NOW = 1_760_000_000.0
PER_SOURCE = 10  # columns of one source
_GAP = YEARS / SEEDS  # seconds between two of the first
_STRIDE = 37  # originals by which a copy lies apart from the copy before
_LINES = 2  # of a notice: 170 characters
_BATCH = 1_000
_HAVE_RARE = 500  # one in so many of the first; no copy does, so that both stores show the same
_WORDS = "seed_words"  # what a contentless index cannot tell of itself

# What a copy has of its own; all else is as it was.  k counts copies from 1.
_ID = "{0} || '.' || k"
_PLACE = f"((({{0}} - 1 + k * {_STRIDE}) % {SEEDS}) * {TIMES} + {TIMES} - k)"  # its number, by that of the original
_DOC = _PLACE.format(f"doc / {TIMES}")
_SINCE = f"{NOW - YEARS} + {_GAP / TIMES} * "
_AT = _SINCE + _PLACE.format(f"CAST(round(({{0}} - {NOW - YEARS}) / {_GAP}) AS integer)")
_OWN: Mapping[str, Mapping[str, str]] = {
    "notices": {
        "id": _ID.format("id"),
        "number": f"-{_DOC}",
        "doc": _DOC,
        "url": _ID.format("url"),
        "title": f"replace(title, '{RARE}', '')",
        "first_seen": _SINCE + _DOC,
        "updated": _SINCE + _DOC,
        "text_hash": _ID.format("substr(text_hash, 8)"),
    },
    "tags": {"notice_id": _ID.format("notice_id")},
    "links": {
        "key": _ID.format("key"),
        "url": _ID.format("url"),
        "notice_id": _ID.format("notice_id"),
        "first_seen": _AT.format("first_seen"),
        "due": "NULL",
    },
    "events": {
        "id": _ID.format("id"),
        "notice_id": _ID.format("notice_id"),
        "at": _AT.format("at"),
    },
    "deliveries": {"event_id": _ID.format("event_id"), "created": _AT.format("created")},
    "publications": {"notice_id": _ID.format("notice_id"), "part": _ID.format("part")},
}


@dataclass
class Crowd:
    """A store, and the configuration of those who are watched."""

    store: Store
    configuration: Configuration
    publishing: Configuration  # of whose sources the feeds are: those of the first, as writing new ones is no change


def few(folder: Path, database: str) -> Crowd:
    """Ten thousand notices and a thousand columns."""
    store = open_store(database)
    for start in range(1, SEEDS + 1, _BATCH):
        with store.begin() as tx:
            _remember(tx, range(start, start + _BATCH))
    with store.begin() as tx:
        _clauses(tx, "SELECT number FROM notices")
    configuration = _watch(folder / "few", store, SEEDS // 10)
    settle(store)
    return Crowd(store, configuration, configuration)


def many(folder: Path, crowd: Crowd) -> Crowd:
    """A hundred times as much, in the same store."""
    for name, own in _OWN.items():
        with crowd.store.begin() as tx:
            tx.execute(text(_multiplied(tables.metadata.tables[name], own)))
    with crowd.store.begin() as tx:
        _words(tx)
        _clauses(tx, f"SELECT number FROM notices WHERE doc % {TIMES} <> 0")
    configuration = _watch(folder / "many", crowd.store, SEEDS * TIMES // 10)
    settle(crowd.store)
    return Crowd(crowd.store, configuration, crowd.publishing)


def settle(store: Store) -> None:
    """What PostgreSQL does by itself in the course of time."""
    if store.engine.name == "postgresql":
        with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")


# --------------------------------------------------------------------------------------------------------------------
# The first ten thousand


def _remember(tx: Connection, numbers: range) -> None:
    chance = random.Random(numbers.start)
    made = [notice_of(n, SEEDS, chance, lines=_LINES, rare=_HAVE_RARE) for n in numbers]
    docs = {notice.id: TIMES * n for n, notice in zip(numbers, made, strict=True)}
    tx.execute(insert(tables.notices), [values_of(n) | {"doc": docs[n.id], "withdrawals": 0} for n in made])
    tx.execute(insert(tables.tags), [row for n in made for row in tags_of(n)])
    tx.execute(insert(tables.links), [link_of(n) | {"visits": 1} for n in made])
    for notice in made:
        fulltext.keep(tx, notice)
    told = [n for n in made if n.alertable]
    tx.execute(insert(tables.events), [event_of(n) for n in told])
    tx.execute(insert(tables.deliveries), list(_deliveries(told)))
    publications.record(tx, [n.id for n in made])
    if tx.dialect.name == "sqlite":
        tx.execute(text(f"CREATE TABLE IF NOT EXISTS {_WORDS} (doc INTEGER PRIMARY KEY, words TEXT)"))
        titles = [(n, n.title.replace(RARE, "")) for n in made]
        rows = [{"d": docs[n.id], "w": " ".join(fulltext.words(f"{title}\n{n.body}"))} for n, title in titles]
        tx.execute(text(f"INSERT INTO {_WORDS} VALUES (:d, :w)"), rows)


def _deliveries(told: list[Notice]) -> Iterator[dict[str, Any]]:
    for n in told:
        said = {"event_id": f"msg_{n.id}", "hook": "soc", "state": "delivered", "attempts": 1, "last_status": 200}
        yield said | {"created": n.first_seen + 1, "finished": n.first_seen + 1.3}


def _watch(folder: Path, store: Store, number: int) -> Configuration:
    """So many columns, each looked at a few times today; they are due in the course of the next hours."""
    chance, sources = random.Random(7), folder / "sources"
    sources.mkdir(parents=True, exist_ok=True)
    for n in range(number // PER_SOURCE):
        head = f'id = "s{n}"\nname = "示例机构{n}"\nauthority = "police"\n'
        lists = "".join(_COLUMN.format(n=n, k=k, id="main" if not k else f"c{k}") for k in range(PER_SOURCE))
        (sources / f"s{n}.toml").write_text(head + lists, "utf-8")
    hook = '[[hook]]\nid = "soc"\nurl = "https://soc.example/hook"\n'
    (folder / "fenghuo.toml").write_text(f'sources = ["sources/*.toml"]\n{hook}', "utf-8")
    configuration = Configuration(folder / "fenghuo.toml")
    with store.begin() as tx:
        columns.sync(tx, configuration.catalogue.enabled(), NOW)
        fresh = [row.key for row in columns.rows(tx) if row.last_look is None]
        looks = [_look(key, NOW - 3600 * n, chance) for n in (3, 2, 1) for key in fresh]
        tx.execute(insert(tables.looks), looks)
        masks = {"day": int(NOW // 86400), "looked": 0xFFFFFF, "observed": 0xFFFFFF, "kept": 0xFFFFFF}
        tx.execute(insert(tables.coverage), [{"column": key} | masks for key in fresh])
        _seen(tx)
    return configuration


def _seen(tx: Connection) -> None:
    """All was looked at an hour ago, and little is due."""
    looked = f"last_look = {NOW} - {HOUR}, last_ok = {NOW} - {HOUR}, last_outcome = 'unchanged'"
    seen = f"{looked}, baseline_at = {NOW} - 1e7"
    later = f"{NOW} + {HOUR} * (1 + CAST(substr(source, 2, 1) AS integer))"
    tx.execute(text(f"UPDATE columns SET state = 'ok', items = 20, {seen}, due = {later}"))
    tx.execute(text(f"UPDATE columns SET due = {NOW} - 9 WHERE source IN ({_DUE})"))
    tx.execute(text(f"UPDATE links SET due = {NOW} - 9 WHERE key IN (SELECT key FROM links ORDER BY key LIMIT 100)"))


_DUE = ", ".join(f"'s{n}'" for n in range(1, 8))
_COLUMN = '[[column]]\nid = "{id}"\nurl = "https://s{n}.example/{k}/"\n'


def _look(key: str, at: float, chance: random.Random) -> dict[str, Any]:
    seconds = round(chance.uniform(0.1, 1), 2)
    return {"column": key, "at": at, "outcome": "unchanged", "status": 200, "seconds": seconds, "items": 20, "new": 0}


# --------------------------------------------------------------------------------------------------------------------
# And the others


def _multiplied(table: Table, own: Mapping[str, str]) -> str:
    """The statement that writes the copies of all rows of ``table``."""
    names = [c.name for c in table.columns if not (c.name in ("id", "number") and c.name not in own and c.primary_key)]
    listed = ", ".join(f'"{name}"' for name in names)
    said = ", ".join(own.get(name, f'"{name}"') for name in names)
    every = f"SELECT {said} FROM ks CROSS JOIN {table.name} ORDER BY {_order(table)}"
    return f"INSERT INTO {table.name} ({listed}) {_ks(TIMES - 1)} {every}"


def _ks(most: int) -> str:
    """The numbers 1 to ``most`` as a table of one column."""
    return f"WITH RECURSIVE ks(k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM ks WHERE k < {most})"


def _order(table: Table) -> str:
    return {"notices": "3", "publications": "k, number"}.get(table.name, "k")


def _words(tx: Connection) -> None:
    if tx.dialect.name == "sqlite":
        every = f"SELECT {_DOC}, words FROM {_WORDS} CROSS JOIN ks ORDER BY 1"
        tx.execute(text(f"INSERT INTO fulltext (rowid, words) {_ks(TIMES - 1)} {every}"))
        tx.execute(text("INSERT INTO fulltext (fulltext) VALUES ('optimize')"))
    else:
        unsaid = ", ".join(f"'{word}'" for word in fulltext.words(RARE))
        every = f"SELECT {_DOC}, ts_delete(words, ARRAY[{unsaid}]) FROM fulltext CROSS JOIN ks"
        tx.execute(text(f"INSERT INTO fulltext (doc, words) {_ks(TIMES - 1)} {every}"))


def _clauses(tx: Connection, of: str) -> None:
    """Random clauses in the order of the index: as after years of one by one."""
    hashed = "('x' || substr(md5(number || '.' || k), 1, 16))::bit(64)::bigint"
    chance = "random()" if tx.dialect.name == "sqlite" else hashed
    every = f"SELECT {chance}, number FROM ks CROSS JOIN ({of}) AS n ORDER BY 1"
    tx.execute(text(f"INSERT INTO clauses {_ks(CLAUSES)} {every}"))
