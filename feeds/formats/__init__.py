"""Formats: each is a pure function Feed -> bytes; `render` leaves out an entry that a format cannot carry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from feeds.entries import Entry, Feed
from feeds.formats import atom, jsonfeed, rss


@dataclass(frozen=True, slots=True)
class Format:
    """How a feed is written, and what the bytes are called."""

    write: Callable[[Feed], bytes]
    media_type: str


FORMATS = {
    "atom": Format(atom.write, "application/atom+xml; charset=utf-8"),
    "rss": Format(rss.write, "application/rss+xml; charset=utf-8"),
    "json": Format(jsonfeed.write, "application/feed+json; charset=utf-8"),
}


def render(feed: Feed, suffix: str) -> tuple[bytes, tuple[Entry, ...]]:
    """The bytes of ``feed``, and the entries that had to be left out because they alone cannot be written.

    Raises KeyError for an unknown suffix, and what the format raises when even the empty feed cannot be written.
    """
    write = FORMATS[suffix].write
    try:
        return write(feed), ()
    except Exception:  # whatever a library makes of one bad entry must not cost the others
        poisoned = tuple(e for e in feed.entries if not _can_write(write, replace(feed, entries=(e,))))
        return write(replace(feed, entries=tuple(e for e in feed.entries if e not in poisoned))), poisoned


def _can_write(write: Callable[[Feed], bytes], feed: Feed) -> bool:
    try:
        return bool(write(feed))
    except Exception:
        return False
