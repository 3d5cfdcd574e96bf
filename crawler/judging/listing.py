"""What a list that was read amounts to: an outcome, and which known articles left it."""

from __future__ import annotations

from collections.abc import Sequence

from crawler.items import Column, Listing, Outcome, PageClass

_STANDS_BEFORE = frozenset({PageClass.CHALLENGE, PageClass.BLOCKED, PageClass.LOGIN})
_LEARNT = 5  # links on the last list from which on it says what a healthy list is
_UNDERSTOOD = frozenset({PageClass.LIST, PageClass.FEED})


def list_outcome(
    listing: Listing, column: Column, *, before: Sequence[str], new: int, baseline: bool
) -> tuple[Outcome, str]:
    """The outcome of a look whose list was read, and one line why when it is a failing one.

    ``before``: keys on the list last time; ``new``: links never seen.  A page that is not a list, a list that lost its
    items and selectors that match nothing are failures: they remove nothing (fault catalogue 2.2, rows `keep`).
    """
    if listing.page_class in _STANDS_BEFORE:
        return Outcome.CHALLENGED, listing.why or f"a {listing.page_class} page stands in place of the list"
    if listing.page_class not in _UNDERSTOOD:
        said = f"{listing.page_class}: {listing.why}".rstrip(": ")
        return Outcome.FAILED, f"not a list but {said}{_kept(before)}"
    if not listing.links:
        return _without_links(listing, column, before)
    least = column.expect.min_items or 0
    if len(listing.links) < least:
        return Outcome.LAYOUT, f"{len(listing.links)} links on the list, expect.min_items is {least}"
    if baseline:
        return Outcome.BASELINE, ""
    if len(before) >= _LEARNT and 2 * len(listing.links) < len(before) and not _overlap(listing, before):
        return Outcome.LAYOUT, f"{len(listing.links)} links, none known{_kept(before)}; has the site been rebuilt?"
    return (Outcome.NEW if new else Outcome.CHANGED), ""


def _without_links(listing: Listing, column: Column, before: Sequence[str]) -> tuple[Outcome, str]:
    if listing.why and column.links:
        return Outcome.LAYOUT, listing.why
    if before:
        return Outcome.EMPTY, f"no links on the list{_kept(before)}"
    return Outcome.EMPTY, listing.why or 'no links found on the list; name them by `links = "CSS"` in the source file'


def _overlap(listing: Listing, before: Sequence[str]) -> bool:
    return not {link.key for link in listing.links}.isdisjoint(before)


def _kept(before: Sequence[str]) -> str:
    return f"; it held {len(before)} links at the last look, nothing known is lost" if before else ""


def vanished(before: Sequence[str], now: Sequence[str]) -> list[str]:
    """Keys that left the middle of a list: gone while something listed after them is still there.

    What falls off the end made room for something newer and says nothing about the article.
    """
    still = set(now)
    last = max((i for i, key in enumerate(before) if key in still), default=0)
    return [key for key in before[:last] if key not in still]
