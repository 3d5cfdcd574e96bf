"""Where clauses were met before: the way from a text to the few notices that may be the same.

A clause that stands in many notices (call 96110, dear citizens) tells nothing.  Its rows then give way to a single one
that says so; so no clause has more than `MOST` rows, and a look-up costs the same however many notices there are.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, case, delete, func, select

from crawler.store import upsert
from crawler.store.keys import among, rows_of
from crawler.store.tables import clauses

MOST = 40  # notices in which a clause is remembered; one more, and it is everybody's
_COMMON = 6  # notices from which a clause counts for nothing where two texts are compared
_EVERYBODY = 0  # stands in the place of a notice
_CANDIDATES = 6  # notices that a text is compared with
_FEW = 16  # fingerprints up to which a single one in common makes a candidate


@dataclass(frozen=True, slots=True)
class Met:
    """What is known of a text's clauses: the notices that share some, likeliest first, and which clauses are common."""

    notices: tuple[int, ...]
    common: frozenset[int]


def number(notice_id: str) -> int:
    """The number that stands for a notice's id: 64 bits of its hash, signed, never 0."""
    digest = hashlib.blake2b(notice_id.encode(), digest_size=8).digest()
    return int.from_bytes(digest, signed=True) or 1


_THESE = among(clauses.c.fingerprint)
_MET = select(clauses).where(_THESE)
_HELD = select(
    clauses.c.fingerprint,
    func.count().label("many"),
    func.max(case((clauses.c.notice == _EVERYBODY, 1), else_=0)).label("everybody"),
)
_HELD = _HELD.where(_THESE).group_by(clauses.c.fingerprint)
_FORGET = delete(clauses).where(_THESE)


def met(tx: Connection, fingerprints: Collection[int]) -> Met:
    """The notices that share clauses with a text of these ``fingerprints`` (at most 24)."""
    holders: defaultdict[int, set[int]] = defaultdict(set)
    for row in rows_of(tx, _MET, fingerprints):
        holders[row.fingerprint].add(row.notice)
    common = frozenset(f for f, of in holders.items() if _EVERYBODY in of or len(of) >= _COMMON)
    shared = Counter(notice for of in holders.values() if _EVERYBODY not in of for notice in of)
    fewest = 1 if len(fingerprints) <= _FEW else 2
    likeliest = sorted((n for n, count in shared.items() if count >= fewest), key=lambda n: (-shared[n], n))
    return Met(tuple(likeliest[:_CANDIDATES]), common)


def add(tx: Connection, notice_id: str, fingerprints: Collection[int]) -> None:
    """Remember that a notice has these clauses."""
    held = {row.fingerprint: row for row in rows_of(tx, _HELD, fingerprints)}
    full = [f for f, row in held.items() if row.many >= MOST]
    if full:
        tx.execute(_FORGET, {"keys": full})
    everybody = {f for f, row in held.items() if row.everybody} | set(full)
    of = {f: _EVERYBODY if f in everybody else number(notice_id) for f in fingerprints}
    upsert.add(tx, clauses, [{"fingerprint": f, "notice": holder} for f, holder in of.items()])
