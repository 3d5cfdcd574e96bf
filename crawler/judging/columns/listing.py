"""What a list that was read amounts to: an outcome, what is odd about it, and which known articles left it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import pairwise

from crawler.items import Column, Further, Link, Listing, Outcome, PageClass
from crawler.reading.normalise import compared

_STANDS_BEFORE = frozenset({PageClass.CHALLENGE, PageClass.BLOCKED, PageClass.LOGIN})
_TOO_MANY = 429  # a request to come later (RFC 6585, section 4), nothing that a person could solve
_LEARNT = 5  # links on the last list from which on it says what a healthy list is
_UNDERSTOOD = frozenset({PageClass.LIST, PageClass.FEED})
_SURE = 3  # known items among the inferred ones from which on they are the list
_MASS = 5  # links under new addresses at once that may be a list which moved
_PINNED = 4  # gaps between dates from which on the longest may be that before an item pinned long ago


def list_outcome(
    listing: Listing, column: Column, *, before: Sequence[str], new: int, baseline: bool, status: int = 200
) -> tuple[Outcome, str]:
    """The outcome of a look whose list was read, and one line why when it is a failing one, or an odd one.

    ``before``: keys on the list last time; ``new``: links never seen; ``status``: of HTTP.  A page that is not a list,
    a list that lost its items and selectors that match nothing are failures: they remove nothing (fault catalogue 2.2,
    rows `keep`).
    """
    if listing.page_class in _STANDS_BEFORE and status != _TOO_MANY:
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
    if _strangers(listing, column, before):
        return Outcome.LAYOUT, f"{len(listing.links)} links, none known{_kept(before)}; has the site been rebuilt?"
    if listing.further.again:
        return Outcome.FAILED, listing.further.why
    odd = (listing.odd, _damaged(listing, before), listing.further.why)
    return (Outcome.NEW if new else Outcome.CHANGED), "; ".join(filter(None, odd))


def _damaged(listing: Listing, before: Sequence[str]) -> str:
    """What is wrong with a feed that is read for what is sound in it, when that is less than it held before."""
    return listing.why if listing.page_class is PageClass.FEED and len(listing.links) < len(before) else ""


def _without_links(listing: Listing, column: Column, before: Sequence[str]) -> tuple[Outcome, str]:
    if listing.inferred:
        return Outcome.LAYOUT, listing.why
    if before:
        said = f"; {listing.why}" if column.links and listing.why else ""
        return Outcome.EMPTY, f"no links on the list{_kept(before)}{said}"
    return Outcome.EMPTY, listing.why or 'no links found on the list; name them by `links = "CSS"` in the source file'


def _strangers(listing: Listing, column: Column, before: Sequence[str]) -> bool:
    """Whether few links that nothing vouches for stand where many known ones stood.

    What the column's selector finds is vouched for, and so are dated items: some lists begin anew with the year.
    """
    links = listing.links
    if column.links or len(before) < _LEARNT or 2 * len(links) >= len(before):
        return False
    dated = sum(link.published is not None for link in links)
    return 2 * dated < len(links) and {link.key for link in links}.isdisjoint(before)


def _kept(before: Sequence[str]) -> str:
    return f"; it held {len(before)} links at the last look, nothing known is lost" if before else ""


def healed(listing: Listing, column: Column, known: Collection[str]) -> Listing:
    """``listing`` with the items that inference finds where the selector finds none, if most of them are ``known``.

    They are the list then, whatever its markup is now: nothing published meanwhile is missed.
    """
    if listing.links or not listing.inferred:
        return listing
    met = sum(link.key in known for link in listing.inferred)
    if met < min(_SURE, len(listing.inferred)) or 2 * met <= len(listing.inferred):
        return listing
    odd = (
        f"selectors no longer match, inferred: links = {column.links!r} finds nothing, "
        f"without it {len(listing.inferred)} items are found, {met} of them known; mend it in the source file"
    )
    return replace(listing, links=listing.inferred, inferred=(), odd=odd)


def masses(listing: Listing, known: Collection[str]) -> list[Link]:
    """The links that are not ``known``, when they are so many at once that the list may have moved; else none."""
    fresh = [link for link in listing.links if link.key not in known]
    return fresh if len(fresh) >= _MASS and 2 * len(fresh) >= len(listing.links) else []


def reissued(listing: Listing, fresh: Sequence[Link], titles: Collection[str]) -> Listing:
    """``listing``, marked when its ``fresh`` links bear, four in five, titles that the column listed before.

    The site was moved or issues its items anew.  They are read as ever: a text that is known is the notice it was,
    and one that is not is news.  What further pages hold is the past then, and was not missed.
    """
    met = {compared(title) for title in titles} - {""}
    again = sum(compared(link.title) in met for link in fresh)
    if again < _MASS or again * 5 < len(fresh) * 4:
        return listing
    odd = f"{again} links under new addresses bear known titles: issued anew or moved; known texts alert nobody again"
    return replace(listing, further=Further(), odd="; ".join(filter(None, (listing.odd, odd))))


def backfilled(links: Sequence[Link], before: Sequence[str]) -> set[str]:
    """Keys of ``links`` that were pulled in from the past: behind all that stood there ``before``, and no newer.

    A list that grows, or loses an item above, shows older ones at its end; they are read, and are no news.  Where the
    dates do not say so, or the list runs the other way, a link is news.
    """
    last = max((i for i, link in enumerate(links) if link.key in before), default=len(links))
    dates = [t for link in links[: last + 1] if link.published and (t := _instant(link.published.at))]
    if len(dates) < _SURE or min(dates) == max(dates):
        return set()
    behind = ((link.key, _instant(link.published.at)) for link in links[last + 1 :] if link.published)
    return {key for key, at in behind if 0 < at <= min(dates)}


def rhythm(links: Sequence[Link], at: float) -> tuple[float | None, float | None]:
    """The newest date up to ``at`` (POSIX seconds) that a list prints, and the longest pause in seconds between two.

    The longest of several pauses is left out: it may be the one before an item that is pinned for years.
    """
    dates = sorted({t for link in links if link.published and 0 < (t := _instant(link.published.at)) <= at})
    gaps = sorted(b - a for a, b in pairwise(dates))
    gaps = gaps[:-1] if len(gaps) >= _PINNED else gaps
    return (dates[-1] if dates else None), (gaps[-1] if gaps else None)


def dated(links: Sequence[Link], at: float) -> tuple[tuple[float, ...], bool]:
    """The dates up to ``at`` (POSIX seconds) that a list prints of ``links``, and whether all are to the minute."""
    said = [link.published for link in links if link.published]
    dates = tuple(t for each in said if 0 < (t := _instant(each.at)) <= at)
    return dates, bool(dates) and all(each.precision != "day" for each in said)


def _instant(said: str) -> float:
    try:
        return datetime.fromisoformat(said).timestamp()
    except (ValueError, OverflowError, OSError):
        return 0.0


def vanished(before: Sequence[str], now: Sequence[str]) -> list[str]:
    """Keys that left the middle of a list: gone while something listed after them is still there.

    What falls off the end made room for something newer and says nothing about the article.
    """
    still = set(now)
    last = max((i for i, key in enumerate(before) if key in still), default=0)
    return [key for key in before[:last] if key not in still]
