"""Formats: each writes a feed with some of its entries; `render` puts a document together of entries it has written.

Of sixty entries fifty-nine are as they were the last time, and writing one costs more than the sixty together do to
join.  What comes out is, byte for byte, what the format would write as a whole.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from feeds.entries import Entry, Feed, Imprint
from feeds.formats import atom, jsonfeed, rss

_REMEMBERED = 1_000  # entries as they were written: three formats of all that the written feeds hold, some 10 MB


@dataclass(frozen=True, slots=True)
class Format:
    """How a feed is written, what the bytes are called, and where entries stand in them."""

    write: Callable[[Feed, Sequence[Entry]], bytes]
    media_type: str
    begin: bytes  # of an entry; stands nowhere before the first one
    end: bytes  # of an entry
    after: bytes  # what follows the last entry; stands nowhere after its first place behind them
    between: bytes = b""


FORMATS = {
    "atom": Format(atom.write, "application/atom+xml; charset=utf-8", b"<entry>", b"</entry>", b"</feed>"),
    "rss": Format(rss.write, "application/rss+xml; charset=utf-8", b"<item>", b"</item>", b"</channel>"),
    "json": Format(jsonfeed.write, "application/feed+json; charset=utf-8", b'"items":[', b"]}", b"]}", b","),
}


def render(feed: Feed, suffix: str) -> tuple[bytes, tuple[Entry, ...]]:
    """The bytes of ``feed``, and the entries that had to be left out because they alone cannot be written.

    Raises KeyError for an unknown suffix, and what the format raises when even the empty feed cannot be written.
    """
    kind, pieces, poisoned = FORMATS[suffix], list[bytes](), list[Entry]()
    for entry in feed.entries:
        try:
            pieces.append(_piece(suffix, feed.imprint, entry))
        except Exception:  # whatever a library makes of one bad entry must not cost the others
            poisoned.append(entry)
    kept = tuple(e for e in feed.entries if e not in poisoned) if poisoned else feed.entries
    frame = kind.write(replace(feed, entries=kept), ())
    at = frame.rindex(kind.after)
    return b"".join((frame[:at], kind.between.join(pieces), frame[at:])), tuple(poisoned)


@lru_cache(maxsize=_REMEMBERED)
def _piece(suffix: str, imprint: Imprint, entry: Entry) -> bytes:
    """What stands for ``entry`` in every feed of ``imprint``."""
    kind = FORMATS[suffix]
    document = kind.write(Feed("entry", "entry", imprint, (entry,)), (entry,))
    if suffix == "json":
        return document[document.index(kind.begin) + len(kind.begin) : document.rindex(kind.end)]
    return document[document.index(kind.begin) : document.rindex(kind.end) + len(kind.end)]
