"""The outcome of a look that ends before its list is read: nothing changed, or nothing came."""

from __future__ import annotations

import hashlib

from crawler.exceptions import AddressRefused, NoBrowser, RobotsRefused
from crawler.items import Due, Look, Outcome, Page
from crawler.reading.lists.fingerprint import anchors_fingerprint


def unchanged_look(due: Due, page: Page, seconds: float) -> Look | None:
    """The look that ``page`` amounts to when the list is as it was, None when it has to be read."""
    if page.status == 304:
        return Look(due.column, page.fetched_at, Outcome.UNCHANGED, status=304, seconds=seconds, bytes=0)
    if page.status != 200 or due.body_hash is None:
        return None
    body_hash = hashlib.sha256(page.body).hexdigest()
    if body_hash != due.body_hash and anchors_fingerprint(page.body) != due.fingerprint:
        return None
    return Look(
        due.column,
        page.fetched_at,
        Outcome.UNCHANGED,
        status=200,
        seconds=seconds,
        bytes=len(page.body),
        etag=page.headers.get("etag"),
        last_modified=page.headers.get("last-modified"),
        body_hash=body_hash,
        fingerprint=due.fingerprint,
    )


def failed_look(due: Due, error: BaseException, now: float) -> Look:
    """The look that an error amounts to."""
    outcome = Outcome.FAILED
    if isinstance(error, AddressRefused | RobotsRefused):
        outcome = Outcome.REFUSED
    elif isinstance(error, NoBrowser):
        outcome = Outcome.UNEQUIPPED
    return Look(due.column, now, outcome, why=str(error)[:500])
