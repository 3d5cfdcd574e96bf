"""Undo Content-Encoding within a byte budget, and notice a body that was cut short.

Our own because clients accept a truncated gzip as a whole page (fault catalogue 2.1) and inflate without a ceiling.
"""

from __future__ import annotations

import zlib

from crawler.exceptions import FetchError

ACCEPTED = "gzip, deflate"
_LAYERS, _MEMBERS = 2, 16  # more are an attack: each member costs a copy of all that follow it
_WINDOW = {"gzip": 31, "x-gzip": 31, "deflate": 15}


def decoded(body: bytes, encoding: str, limit: int) -> bytes:
    """``body`` without its Content-Encoding.

    Raises FetchError when it is unknown, damaged, cut short, or over ``limit`` bytes.
    """
    names = [e.strip().lower() for e in encoding.split(",") if e.strip()]
    if len(names) > _LAYERS:
        raise FetchError(f"Content-Encoding has {len(names)} layers")
    for name in reversed(names):
        if name == "identity":
            continue
        if name not in _WINDOW:
            raise FetchError(f"Content-Encoding {name!r} was not asked for")
        body = _inflated(body, _WINDOW[name], name, limit)
    return body


def _inflated(body: bytes, window: int, name: str, limit: int) -> bytes:
    if name == "deflate" and body[:1] and (body[0] & 0x0F) != 8:
        window = -15  # many servers send raw deflate under this name (RFC 9110, 8.4.1.2, note)
    out, rest = bytearray(), body
    for _ in range(_MEMBERS):
        inflater = zlib.decompressobj(window)
        try:
            out += inflater.decompress(rest, limit + 1 - len(out))
        except zlib.error as e:
            raise FetchError(f"Content-Encoding says {name}, the body is not: {e}") from e
        if len(out) > limit:
            raise FetchError(f"the page is larger than {limit} bytes")
        if not inflater.eof:
            raise FetchError(f"the {name} body is cut short")
        rest = inflater.unused_data.lstrip(b"\0")
        if not rest:
            return bytes(out)
    raise FetchError(f"the {name} body has more than {_MEMBERS} parts")
