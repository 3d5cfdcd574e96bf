"""Documents over HTTP: validators, compression and conditional requests (RFC 9110), and the files of the feeds."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import formatdate, parsedate_to_datetime
from pathlib import Path

from starlette.responses import Response

MAX_AGE = 60  # seconds; a reader that asks more often than that learns nothing


@dataclass(frozen=True, slots=True)
class Document:
    """Bytes with their compressed form and validators, computed once.

    ``dated``: every change of the bytes moves ``modified``, so that If-Modified-Since may be believed.
    """

    body: bytes
    gzipped: bytes
    digest: str
    modified: int  # POSIX seconds
    last_modified: str
    media_type: str
    dated: bool

    @classmethod
    def of(cls, body: bytes, modified: float, media_type: str, *, dated: bool = True) -> Document:
        """A document of ``body``, last changed at ``modified``."""
        digest = hashlib.sha256(body).hexdigest()[:32]
        date = formatdate(int(modified), usegmt=True)
        return cls(body, gzip.compress(body, 6, mtime=0), digest, int(modified), date, media_type, dated)

    def etag(self, compressed: bool) -> str:
        """The strong validator; each encoding has its own (RFC 9110, 8.8.3.3)."""
        return f'"{self.digest}-gzip"' if compressed else f'"{self.digest}"'


def respond(
    document: Document, headers: Mapping[str, str], *, head: bool, private: bool, max_age: int = MAX_AGE
) -> Response:
    """The answer to GET or HEAD with request ``headers``; ``private`` keeps it out of shared caches."""
    compressed = accepts_gzip(headers.get("accept-encoding", ""))
    etag = document.etag(compressed)
    said = {
        "ETag": etag,
        "Last-Modified": document.last_modified,
        "Cache-Control": f"{'private' if private else 'public'}, max-age={max_age}",
        "Vary": "Accept-Encoding",
    }
    if not_modified(headers, etag, document.modified if document.dated else None):
        return Response(status_code=304, headers=said)
    body = document.gzipped if compressed else document.body
    said |= {"Content-Type": document.media_type, "Content-Length": str(len(body))}
    if compressed:
        said["Content-Encoding"] = "gzip"
    return Response(b"" if head else body, headers=said)


def accepts_gzip(accept_encoding: str) -> bool:
    """Whether a client takes gzip (RFC 9110, 12.5.3): named or covered by ``*``, and not with weight 0."""
    weights = {}
    for part in accept_encoding.lower().split(","):
        coding, _, parameter = part.partition(";")
        weights[coding.strip()] = parameter.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return weights.get("gzip", weights.get("x-gzip", weights.get("*", False)))


def not_modified(headers: Mapping[str, str], etag: str, modified: int | None) -> bool:
    """Whether a conditional request is answered by 304; without a time of modification the ETag alone decides.

    If-None-Match is compared weakly and, where given, the only condition (RFC 9110, 13.1.2 and 13.2.2).
    """
    if (wanted := headers.get("if-none-match")) is not None:
        tags = {tag.strip().removeprefix("W/") for tag in wanted.split(",")}
        return wanted.strip() == "*" or etag in tags
    try:
        since = parsedate_to_datetime(headers.get("if-modified-since", ""))
        return modified is not None and modified <= since.timestamp()
    except (ValueError, TypeError, OverflowError):  # absent, or not a date: no condition
        return False


class Files:
    """Feed files in memory, read again when they have changed on disk."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[tuple[int, int, int], Document]] = {}

    def get(self, folder: Path, name: str, media_type: str) -> Document | None:
        """The document of file ``name`` in ``folder``; None when there is no such file."""
        path = folder / name
        try:
            stat = path.stat()
        except OSError:
            return None
        stamp = (stat.st_mtime_ns, stat.st_ino, stat.st_size)
        known = self._known.get(name)
        if known is None or known[0] != stamp:
            known = (stamp, Document.of(path.read_bytes(), stat.st_mtime, media_type))
            self._known[name] = known
        return known[1]
