"""Lists that were overtaken: more appeared since the last look than one page holds, older pages hold the rest."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from crawler.items import Link

MOST_PAGES = 5  # of one list, read in one look
_LAST = 3  # items at the end of a list by which it is known again; one or two may have been deleted
_BACKDATED = 7 * 86400.0  # seconds by which an item may be dated before it appears


def overtaken(before: Sequence[str], now: Sequence[str]) -> bool:
    """Whether a list that held the keys ``before`` at the last look, and holds ``now``, may have lost new items.

    Lists grow at the top.  An unknown item at the end, with what used to stand there pushed off, is newer than that; an
    unknown one below what used to stand last is older, and came up because something was deleted.
    """
    return bool(before and now) and now[-1] not in before and set(before[-_LAST:]).isdisjoint(now)


def missed(
    links: Sequence[Link], seen: Collection[str], before: Collection[str], since: float
) -> tuple[list[Link], bool]:
    """Of the items of an older page those that appeared after the last look, and whether the page reaches back to it.

    ``seen``: keys on newer pages, which say nothing; ``before``: keys on the list at the last look, which was made at
    ``since`` (POSIX seconds).  What is dated long before that look cannot have been missed by it.
    """
    found: list[Link] = []
    for link in links:
        if link.key in seen:
            continue
        if link.key in before or _dated(link) < since - _BACKDATED:
            return found, True
        found.append(link)
    return found, False


def _dated(link: Link) -> float:
    """When an item is dated, POSIX seconds; infinity for one without a date."""
    try:
        return datetime.fromisoformat(link.published.at).timestamp() if link.published else float("inf")
    except (ValueError, OverflowError, OSError):
        return float("inf")
