"""What is owed, what a publisher answered, and how a look went."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from crawler.items.vocabulary import Outcome


@dataclass(frozen=True, slots=True)
class Due:
    """One request that is owed: a look at a column's list, or a visit to an article that was linked there."""

    column: str  # "source/column"
    url: str  # the address to fetch
    key: str | None = None  # the link's key; None for a look
    title: str = ""  # of the link, for a visit
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None  # SHA-256 of the bytes last seen
    fingerprint: str | None = None  # of the anchors last seen (looks only)
    baseline: bool = False  # first ever look, or a link found by it: store, do not alert
    text: str | None = None  # the article itself, where the list carried it (feeds)
    published: str | None = None  # the date the list printed, RFC 3339
    published_precision: str | None = None
    shown: str | None = None  # the address for people, where ``url`` is one for machines


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and its answer as they crossed the wire: what a capture is made of."""

    sent: tuple[tuple[str, str], ...]  # the request's headers
    answered: tuple[tuple[bytes, bytes], ...]  # the answer's headers, in order, as received
    body: bytes  # as received: Content-Encoding stands, only the transfer coding is undone
    reason: str = ""
    version: str = "1.1"  # of HTTP
    certificate: bytes = b""  # the server's, DER; empty without TLS


@dataclass(frozen=True, slots=True)
class Page:
    """What a publisher answered: the evidence that everything later rests on."""

    url: str  # after redirects
    status: int
    body: bytes  # content-encoding undone
    content_type: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)  # names in lower case, no cookies
    fetched_at: float = 0.0
    address: str = ""  # the IP address that answered
    exchange: Exchange | None = field(default=None, compare=False, repr=False)  # None: not read over HTTP by us

    @property
    def declared_charset(self) -> str | None:
        """The charset of the Content-Type header, if any."""
        found = re.search(r"charset=[\"']?([\w.:-]+)", self.content_type, re.I)
        return found[1] if found else None


@dataclass(frozen=True, slots=True)
class Look:
    """One look at a column, as it is remembered."""

    column: str
    at: float
    outcome: Outcome
    status: int | None = None  # HTTP status; None when there was no answer
    seconds: float | None = None
    bytes: int | None = None
    items: int | None = None  # links on the list
    new: int | None = None  # of them never seen before
    newest: float | None = None  # the newest date that the list prints, POSIX seconds
    gap: float | None = None  # the longest pause in seconds that its dates show
    dates: tuple[float, ...] = ()  # of the items that are new, as the list prints them; at the first look of all
    exact: bool = False  # whether these are known to the minute
    why: str = ""  # one line: why the list was not observed, or what is odd about one that was
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    fingerprint: str | None = None
    retry_after: float | None = None  # seconds the publisher asked us to wait
