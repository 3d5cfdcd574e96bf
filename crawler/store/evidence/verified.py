"""What `fenghuo verify` found when it was last run: who looks at the page is told when all of it was last read."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from sqlalchemy import Connection

from crawler.store import meta

_KEY = "verified"


@dataclass(frozen=True, slots=True)
class Verified:
    """When the evidence was last read as a whole (POSIX seconds), how long its chain was, how many flaws it had."""

    at: float
    links: int
    flaws: int


def note(tx: Connection, found: Verified) -> None:
    """Remember what was found, in place of what was before."""
    meta.put(tx, _KEY, json.dumps(asdict(found)))


def last(tx: Connection) -> Verified | None:
    """What was found last; None where nobody has verified yet."""
    said = meta.get(tx, _KEY)
    return Verified(**json.loads(said)) if said else None
