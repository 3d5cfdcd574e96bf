"""A page as WARC 1.1 records (ISO 28500), and back.

What came over the wire is a `response` with its `request`; the same bytes once more are a `revisit`; a page that did
not (an archive's, a feed's, a browser's) is a `resource`.  The records of one capture are gzip members of their own, so
that they can be cut out of a file by offset and length.
"""

from __future__ import annotations

import hashlib
import re
import uuid
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

from crawler.items import Exchange, Page

_PROFILE = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
_UNDONE = (b"transfer-encoding",)  # by the client; kept under the name that the Webrecorder tools gave this
_SECRET = frozenset({b"set-cookie", b"cookie", b"authorization"})
_BREAK = re.compile(rb"[\r\n\0]+")


@dataclass(frozen=True, slots=True)
class Original:
    """The capture whose bytes another one has as well."""

    url: str
    fetched_at: float


def payload_of(page: Page) -> bytes:
    """The body as it was received, its Content-Encoding not undone."""
    return page.exchange.body if page.exchange and _readable(page.exchange, page.body) else page.body


def sha256(body: bytes) -> str:
    """The SHA-256 of bytes, in hexadecimal."""
    return hashlib.sha256(body).hexdigest()


def certificate_of(page: Page) -> str:
    """The SHA-256 of the server's TLS certificate (DER), "" where there was none."""
    return sha256(page.exchange.certificate) if page.exchange and page.exchange.certificate else ""


def records_of(page: Page, same_as: Original | None = None) -> bytes:
    """The records of ``page``; ``same_as``: where its bytes stand already.  The same page gives the same bytes."""
    out = BytesIO()
    payload, type = payload_of(page), "response" if page.exchange else "resource"
    head = _answered(page.exchange, page.status, decoded=payload is not page.exchange.body) if page.exchange else b""
    type = "revisit" if page.exchange and same_as else type
    named = _named(page, type, payload, head)
    if type == "revisit" and same_as:
        named |= {"WARC-Profile": _PROFILE, "WARC-Refers-To-Target-URI": same_as.url}
        named["WARC-Refers-To-Date"] = date(same_as.fetched_at)
    block = head if type == "revisit" else head + payload
    kind = (
        "application/http; msgtype=response"
        if page.exchange
        else _one_line(page.content_type) or "application/octet-stream"
    )
    _write(out, type, named | {"WARC-Block-Digest": f"sha256:{sha256(block)}"}, kind, block)
    if page.exchange:
        _write_request(out, page, named["WARC-Record-ID"])
    return out.getvalue()


def info(name: str, at: float, software: str) -> bytes:
    """The record that opens the file ``name``."""
    out = BytesIO()
    block = f"software: {software}\r\nformat: WARC File Format 1.1\r\nisPartOf: captures\r\n".encode()
    named = {"WARC-Record-ID": _id(name), "WARC-Date": date(at), "WARC-Filename": name}
    _write(out, "warcinfo", named, "application/warc-fields", block)
    return out.getvalue()


def body_in(records: bytes) -> bytes | None:
    """The body of a capture, Content-Encoding undone; None for a revisit, whose body stands with its original.

    Raises ValueError when the bytes are no record of ours.
    """
    from warcio.archiveiterator import ArchiveIterator

    try:
        record = next(iter(ArchiveIterator(BytesIO(records), no_record_parse=False)))
        if record.rec_type == "revisit":
            return None
        raw: bytes = record.raw_stream.read()
    except Exception as e:  # warcio raises whatever its parsers meet
        raise ValueError(f"not a WARC record: {e}") from e
    encoding = record.http_headers.get_header("Content-Encoding", "") if record.http_headers else ""
    return _inflated(raw, encoding) if encoding else raw


def date(at: float) -> str:
    """A time as WARC writes it: RFC 3339 in UTC, to the microsecond."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


# --------------------------------------------------------------------------------------------------------------------


def _named(page: Page, type: str, payload: bytes, head: bytes) -> dict[str, str]:
    """The named fields of the main record; those of WARC 1.1, and one of ours for the certificate."""
    identity = f"{type} {page.url} {page.fetched_at!r} {sha256(head)} {sha256(payload)}"
    named = {
        "WARC-Record-ID": _id(identity),
        "WARC-Target-URI": _one_line(page.url),
        "WARC-Date": date(page.fetched_at),
        "WARC-Payload-Digest": f"sha256:{sha256(payload)}",
        "WARC-IP-Address": page.address,
        "WARC-TLS-Certificate-Digest": (c := certificate_of(page)) and f"sha256:{c}",
    }
    return {name: value for name, value in named.items() if value}


def _write_request(out: BytesIO, page: Page, answered_by: str) -> None:
    assert page.exchange is not None
    parts = urlsplit(page.url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    lines = [f"GET {_one_line(target)} HTTP/1.1".encode("utf-8", "replace")]
    lines += _lines((n.encode("utf-8", "replace"), v.encode("utf-8", "replace")) for n, v in page.exchange.sent)
    block = b"\r\n".join(lines) + b"\r\n\r\n"
    named = {
        "WARC-Record-ID": _id(f"request {answered_by}"),
        "WARC-Target-URI": _one_line(page.url),
        "WARC-Date": date(page.fetched_at),
        "WARC-Concurrent-To": answered_by,
        "WARC-Block-Digest": f"sha256:{sha256(block)}",
        "WARC-Payload-Digest": f"sha256:{sha256(b'')}",
    }
    _write(out, "request", named, "application/http; msgtype=request", block)


def _answered(exchange: Exchange, status: int, *, decoded: bool) -> bytes:
    """The head of the answer as it was received, without cookies; what was undone of its body is renamed."""
    undone = (*_UNDONE, b"content-encoding") if decoded else _UNDONE
    fields = ((b"X-Orig-" + n if n.lower() in undone else n, v) for n, v in exchange.answered)
    first = f"HTTP/{exchange.version} {status} {_one_line(exchange.reason)}".encode("utf-8", "replace")
    return b"\r\n".join([first, *_lines(fields)]) + b"\r\n\r\n"


def _lines(fields: Any) -> Iterator[bytes]:
    for name, value in fields:
        if name.lower() not in _SECRET:
            yield _BREAK.sub(b" ", name) + b": " + _BREAK.sub(b" ", value)


def _readable(exchange: Exchange, body: bytes) -> bool:
    """Whether the body as received can be read back; one in several layers is kept as it was read."""
    names = [value.decode("latin-1") for name, value in exchange.answered if name.lower() == b"content-encoding"]
    try:
        return _inflated(exchange.body, ",".join(names)) == body
    except ValueError:
        return False


def _inflated(raw: bytes, encoding: str) -> bytes:
    """``raw`` without gzip or deflate; the caller made sure of its size when it was fetched.  Raises ValueError."""
    name = encoding.strip().lower()
    if name in ("", "identity") or not raw:
        return raw
    window = {"gzip": 31, "x-gzip": 31, "deflate": 15}.get(name)
    if window is None:
        raise ValueError(f"Content-Encoding {encoding!r} is not read")
    if name == "deflate" and (raw[0] & 0x0F) != 8:
        window = -15
    try:
        return zlib.decompress(raw, window)
    except zlib.error as e:
        raise ValueError(f"damaged {name}: {e}") from e


def _id(seed: str) -> str:
    return f"<urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, seed)}>"


def _one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def _write(out: BytesIO, type: str, named: Mapping[str, str], kind: str, block: bytes) -> None:
    """Append one record.  warcio is imported here, as a round that finds nothing new does without it."""
    from warcio.recordloader import ArcWarcRecord
    from warcio.statusandheaders import StatusAndHeaders
    from warcio.warcwriter import WARCWriter

    fields = [("WARC-Type", type), *named.items()]
    as_body = _Verbatim(block) if type == "revisit" else None
    stream = BytesIO(b"" if as_body else block)
    headers = StatusAndHeaders("", fields, protocol="WARC/1.1")
    record = ArcWarcRecord("warc", type, headers, stream, as_body, kind, len(block))
    record.payload_length = 0 if as_body else len(block)
    WARCWriter(out, gzip=True, warc_version="1.1").write_record(record)


class _Verbatim:
    """A head that is written as it was received, where warcio would write its own reading of it."""

    def __init__(self, block: bytes) -> None:
        self.headers_buff = block

    def compute_headers_buffer(self, _: object) -> None:
        """Nothing to compute."""
