"""What it costs to find out whether a text is known, among as many notices as a life of the program brings.

`NOTICES=1000000` sets how many (default 100,000); `TEST_POSTGRES_URL` adds PostgreSQL.
"""

from __future__ import annotations

import os
import random
import resource
import time
import uuid
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from sqlalchemy import Connection, create_engine, text

from benchmarks.figures import Figure, share
from crawler.config.catalogue import Catalogue
from crawler.intake import take_in
from crawler.items import Article, PageClass
from crawler.judging.likeness.clauses import fingerprints
from crawler.reading.normalise import text_hash
from crawler.store import Store, open_store
from crawler.store.wire import clauses

NOTICES = int(os.environ.get("NOTICES", "100000"))
CLAUSES = 40  # of a notice: a warning of a thousand characters
KNOWN = 300  # notices with a text that is looked for again
_LETTERS = [chr(c) for c in range(0x4E00, 0x5600)]


def run(folder: Path, rounds: int) -> list[Figure]:
    """Milliseconds of a look-up on each database, and what it adds to memory."""
    figures: list[Figure] = []
    for name, url in databases(folder):
        with url as address:
            store = open_store(address)
            figures += _measured(name, store, rounds)
            store.close()
    return figures


def databases(folder: Path) -> Iterator[tuple[str, AbstractContextManager[str]]]:
    """Each database by name, with its address for the length of a block."""
    yield "SQLite", _file(folder)
    if server := os.environ.get("TEST_POSTGRES_URL"):
        yield "PostgreSQL", _schema(server)


@contextmanager
def _file(folder: Path) -> Iterator[str]:
    yield f"sqlite:///{folder / 'same.db'}"


@contextmanager
def _schema(server: str) -> Iterator[str]:
    """A schema of our own, dropped at the end."""
    name, admin = f"b{uuid.uuid4().hex}", create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as c:
        c.execute(text(f"CREATE SCHEMA {name}"))
    try:
        yield f"{server}?options=-csearch_path%3D{name}"
    finally:
        with admin.connect() as c:
            c.execute(text(f"DROP SCHEMA {name} CASCADE"))
        admin.dispose()


def _measured(name: str, store: Store, rounds: int) -> list[Figure]:
    chance = random.Random(7)
    texts = [_text(chance) for _ in range(KNOWN)]
    with store.begin() as tx:
        for n, body in enumerate(texts):
            _take(tx, n, body)
        _fill(tx)
    _settle(store)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    got: dict[str, list[float]] = {}
    for n in range(rounds):
        new = [_article(f"new-{n}-{i}", _text(chance)) for i in range(KNOWN)]
        copies = [_article(f"copy-{n}-{i}", _copy(body, chance)) for i, body in enumerate(texts)]
        for what, articles in (("a new text", new), ("a copy with edits", copies)):
            times, met = _looked_up(store, articles)
            assert met == (0 if what == "a new text" else KNOWN)
            got.setdefault(f"{what}, median", []).append(round(share(times, 0.5), 3))
            got.setdefault(f"{what}, 99 of 100", []).append(round(share(times, 0.99), 3))
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    among = f"among {NOTICES:,} notices, {name}"
    figures = [
        Figure("same", f"looking for {what}, {among}", tuple(ms), "ms", at_most=1.0 if "median" in what else None)
        for what, ms in got.items()
    ]
    return [*figures, Figure("same", f"memory added by look-ups, {name}", (round(grown, 1),), "MiB", at_most=32.0)]


def _looked_up(store: Store, articles: list[Article]) -> tuple[list[float], int]:
    """Milliseconds of each look-up, and how many found a notice."""
    times, found = [], 0
    with store.read() as tx:
        for wanted in [fingerprints(article.body) for article in articles]:
            begun = time.perf_counter()
            met = clauses.met(tx, wanted)
            times.append(1000 * (time.perf_counter() - begun))
            found += bool(met.notices)
    return times, found


def _text(chance: random.Random) -> str:
    return "\n".join("".join(chance.choices(_LETTERS, k=chance.randint(9, 24))) + "，" for _ in range(CLAUSES))


def _copy(body: str, chance: random.Random) -> str:
    """Two thirds of the clauses, with a house's text around them."""
    kept = [line for line in body.splitlines() if chance.random() < 0.67]
    return "\n".join(["扫码关注本台客户端获取更多资讯", *kept, "本台法律顾问由衡正律师事务所担任"])


def _article(key: str, body: str) -> Article:
    url = f"https://mirror.example/{key}"
    return Article(PageClass.ARTICLE, url, url, key, body, text_hash=text_hash(body))


def _take(tx: Connection, n: int, body: str) -> None:
    article = _article(str(n), body)
    given = {"page": None, "catalogue": Catalogue.of(()), "source": None, "column": None}
    take_in(tx, article, key=article.key, now=1.0 + n, baseline=True, **given)


def _settle(store: Store) -> None:
    """What a database does by itself in the course of time."""
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE clauses" if store.engine.name == "postgresql" else "ANALYZE")


def _fill(tx: Connection) -> None:
    """Random clauses of all the other notices, in the order of the index: as after years of one by one."""
    rows = NOTICES * CLAUSES
    if tx.dialect.name == "sqlite":
        numbers = f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows})"
        tx.execute(text(f"INSERT INTO clauses {numbers} SELECT random(), i / {CLAUSES} + 1 FROM n ORDER BY 1"))
        return
    random_bigint = "(('x' || substr(md5(i::text), 1, 16))::bit(64)::bigint)"
    series = f"generate_series(1, {rows}) AS n(i)"
    tx.execute(text(f"INSERT INTO clauses SELECT {random_bigint}, i / {CLAUSES} + 1 FROM {series} ORDER BY 1"))
