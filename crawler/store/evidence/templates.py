"""The templates that official sources have shown: by the names on their pages, learnt from every new notice."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from sqlalchemy import Connection

from crawler.judging.attribution.defaced import PAGES
from crawler.store import meta

_MOST = 400  # names kept of one source


def known(tx: Connection, source: str) -> frozenset[str]:
    """The names on the pages of ``source``; none before enough of them were read."""
    state = _state(tx, source)
    return frozenset(state["names"]) if state["pages"] >= PAGES else frozenset()


def study(tx: Connection, source: str, names: frozenset[str]) -> None:
    """Learn the names of one more page."""
    state = _state(tx, source)
    fresh = sorted(names - {*state["names"]})
    if fresh or state["pages"] < PAGES:
        kept = {"pages": state["pages"] + 1, "names": [*state["names"], *fresh][-_MOST:]}
        meta.put(tx, _key(source), json.dumps(kept, ensure_ascii=False))


def _state(tx: Connection, source: str) -> dict[str, Any]:
    kept = meta.get(tx, _key(source))
    return json.loads(kept) if kept else {"pages": 0, "names": []}


def _key(source: str) -> str:
    return "look:" + hashlib.blake2b(source.encode(), digest_size=16).hexdigest()
