"""What has been learnt of each source's house text, and the edges of its last articles from which more is learnt.

A line that has been learnt is never forgotten, or it would be cut, forgotten for want of articles that show it, and
learnt again.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from sqlalchemy import Connection

from crawler.reading.articles import boilerplate
from crawler.store import meta

_MOST = 100  # lines that are learnt of one source


def learnt(tx: Connection, source: str) -> frozenset[str]:
    """The lines that ``source`` prints around all its texts."""
    return frozenset(_state(tx, source)["learnt"])


def study(tx: Connection, source: str, body: str) -> None:
    """Learn from one more article of ``source``, given as it was read, before learnt lines were cut."""
    state = _state(tx, source)
    recent = [*state["recent"], boilerplate.edges(body)][-boilerplate.WINDOW :]
    found = [*state["learnt"], *sorted(boilerplate.learn(recent) - {*state["learnt"]})]
    meta.put(tx, _key(source), json.dumps({"recent": recent, "learnt": found[:_MOST]}, ensure_ascii=False))


def _state(tx: Connection, source: str) -> dict[str, Any]:
    kept = meta.get(tx, _key(source))
    return json.loads(kept) if kept else {"recent": [], "learnt": []}


def _key(source: str) -> str:
    return "house:" + hashlib.blake2b(source.encode(), digest_size=16).hexdigest()  # ids are longer than meta's keys
