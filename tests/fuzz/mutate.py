"""Bytes made of the recorded pages by cutting, swapping, repeating and inserting what parsers stumble over."""

from __future__ import annotations

import gzip
import json
import random
import zlib
from functools import cache
from pathlib import Path

from tests.fuzz.targets import PAGES

_SUFFIXES = {
    "html list": (".html",),
    "html article": (".html",),
    "wechat article": (".html",),
    "entry": (".html",),
    "feed": (".xml",),
    "json": (".json", ".jsonp"),
    "charset": (".html", ".xml"),
}
_OTHERS = {
    "dates": (
        "2026年11月20日 8时30分",
        "Fri, 20 Nov 2026 09:30:00 +0800",
        "3分钟前",
        "11-20",
        "1700000000000",
        "昨天 09:30",
    ),
    "opml": (
        '<opml version="2.0"><body><outline text="甲"><outline xmlUrl="http://a.example/" text="乙"/></outline></body>'
        "</opml>",
    ),
    "source file": (
        'id = "mps"\nname = "公安部"\nauthority = "ministry"\n[[column]]\nurl = "https://a.example/"\nevery = "15m"\n',
    ),
    "robots.txt": ("User-agent: *\nDisallow: /a*b$\nCrawl-delay: 5\nSitemap: https://a.example/s.xml\n",),
}
_TROUBLE = (
    *(
        b"\0",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"\xed\xa0\x80",
        b"\x1b$B",
        b"&#xD800;",
        b"&#0;",
        b"]]>",
        b"<![CDATA[",
        b"<!--",
    ),
    *(
        b"<script>",
        b"</script>",
        b"<table>",
        b"<svg><style>",
        b"<base href='javascript:'>",
        b"<a href='//[::1'>",
        b"{{7*7}}",
    ),
    *(
        b"99999999999999999999",
        b"-1",
        b"NaN",
        b"1e999",
        b"\\u0000",
        b'"',
        b"\\",
        b"[[[[[[",
        b"2026-02-30",
        b"<!DOCTYPE x [",
        b"%",
    ),
)


@cache
def seeds(target: str) -> tuple[bytes, ...]:
    """What mutation begins with: recorded pages where there are any for ``target``."""
    if suffixes := _SUFFIXES.get(target):
        files = sorted(f for f in PAGES.rglob("*.*") if f.suffix in suffixes and f.name != "expected.json")
        return tuple(f.read_bytes() for f in files)
    if target == "import":
        line = {"url": "https://a.example/1", "fetched_at": "2025-01-01T00:00:00Z", "text": "甲乙丙", "title": "题"}
        return (json.dumps(line).encode(), "---\ntitle: 甲\ndate: 2025-01-01\n---\n\n# 甲\n\n正文\n".encode())
    if target == "encoding":
        return (gzip.compress(b"text" * 99), zlib.compress(b"text" * 99))
    return tuple(text.encode() for text in _OTHERS[target])


def mutated(target: str, chance: random.Random) -> bytes:
    """A seed of ``target`` after one to six changes."""
    body = chance.choice(seeds(target))[:200_000]
    for _ in range(chance.randint(1, 6)):
        body = _changed(body, chance.choice(seeds(target)), chance)
    return body


def _changed(body: bytes, other: bytes, chance: random.Random) -> bytes:
    a, b = sorted(chance.randint(0, len(body)) for _ in range(2))
    at = chance.randint(0, len(other))
    match chance.randrange(6):
        case 0:
            return body[:a]
        case 1:
            return body[:a] + body[b:]
        case 2:
            return body[:a] + chance.choice(_TROUBLE) * chance.choice((1, 1, 2, 500)) + body[a:]
        case 3:
            return body[:a] + other[at : at + 2000] + body[b:]
        case 4:
            return body[:b] + body[a : a + 2000] * chance.choice((1, 3, 20)) + body[b:]
    return body[:a] + chance.randbytes(min(b - a, 40)) + body[min(b, a + 40) :]


def write_corpus(folder: Path, target: str) -> Path:
    """A folder with the seeds of ``target``, for a fuzzer that reads files."""
    into = folder / target.replace(" ", "-")
    into.mkdir(parents=True, exist_ok=True)
    for n, body in enumerate(seeds(target)):
        (into / f"seed-{n}").write_bytes(body)
    return into
