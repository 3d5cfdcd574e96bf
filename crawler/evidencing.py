"""The upkeep of evidence: captures into files, old ones let go, the chain stamped by whom the operator trusts."""

from __future__ import annotations

import asyncio

from crawler.config.settings import Settings
from crawler.evidence import stamps
from crawler.exceptions import StoreError
from crawler.store import Store
from crawler.store.evidence import anchors, chain, warcs


def keep(store: Store, settings: Settings, now: float) -> int:
    """Move captures that wait into WARC files; returns how many.  Raises StoreError; they go on waiting then."""
    return warcs.pack(store, settings.evidence_dir, now, largest=settings.evidence.max_file)


def tidy(store: Store, settings: Settings, now: float) -> int:
    """Drop the bytes of captures that are older than the operator keeps them; returns how many.  Raises StoreError."""
    if not settings.evidence.keep:
        return 0
    dropped = warcs.drop(store, now - settings.evidence.keep, now)
    warcs.compact(store, settings.evidence_dir, now, largest=settings.evidence.max_file)
    return dropped


def stamp(store: Store, settings: Settings, now: float) -> str:
    """Have the end of the chain stamped if that is due; when it was stamped, "" where nothing was due.

    Raises FetchError, StoreError: it is due again at the next turn.
    """
    from crawler.fetch.timestamps import ask  # the client costs a start that stamps nothing a tenth of a second

    wanted = settings.evidence
    with store.read() as tx:
        link, last = chain.head(tx), anchors.last(tx)
        stamped = link is not None and anchors.of(tx, link.number)
    if not wanted.timestamps or link is None or stamped or now - last < wanted.timestamp_every:
        return ""
    token = asyncio.run(ask(settings, wanted.timestamps, stamps.request(link.text)))
    try:
        found = stamps.trust(token, link.text, wanted.timestamp_roots) if wanted.timestamp_roots else stamps.read(token)
        if found.imprint != link.hash:
            raise ValueError("it stamped something else")
        with store.begin() as tx:
            anchors.add(tx, link, token, wanted.timestamps, settings.evidence_dir)
    except ValueError as e:
        raise StoreError(f"{wanted.timestamps}: no time stamp that can be used: {e}") from e
    except OSError as e:
        raise StoreError(f"{e.filename or settings.evidence_dir}: {e.strerror}") from e
    return found.at.isoformat()
