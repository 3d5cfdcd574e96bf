"""What an answer is by its status, its headers and its first bytes, before its words are looked at."""

from __future__ import annotations

import json
import re
from functools import cache

from crawler.items import Page, PageClass
from crawler.reading.charset import refused
from crawler.reading.classes.in_place import challenge_mark, in_place
from crawler.reading.classes.sight import look_at
from crawler.reading.classes.statements import stated
from crawler.reading.terms import any_of, terms

Found = tuple[PageClass, str]

_CONTENT = frozenset({200, 203})
_STATUS = {  # 468, 493, 566, 567 are those of SafeLine, Tencent EdgeOne and other firewalls
    202: PageClass.CHALLENGE,
    401: PageClass.LOGIN,
    403: PageClass.BLOCKED,
    404: PageClass.DELETED,
    407: PageClass.LOGIN,
    410: PageClass.DELETED,
    412: PageClass.CHALLENGE,  # nobody asked for If-Match: it is Ruishu's
    418: PageClass.BLOCKED,
    429: PageClass.BLOCKED,
    451: PageClass.BLOCKED,
    468: PageClass.CHALLENGE,
    493: PageClass.BLOCKED,
    511: PageClass.LOGIN,
    521: PageClass.CHALLENGE,  # Jiasule's; Cloudflare's own means a server that is down
    566: PageClass.BLOCKED,
    567: PageClass.BLOCKED,
}
_GUARDS = frozenset({PageClass.CHALLENGE, PageClass.BLOCKED, PageClass.LOGIN})
_MAGIC = (
    (b"%PDF", "a PDF"),
    (b"PK\x03\x04", "a ZIP or Office file"),
    (b"\xd0\xcf\x11\xe0", "an Office file"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"MZ", "a program"),
    (b"\x7fELF", "a program"),
    (b"Rar!", "an archive"),
    (b"\x1f\x8b", "still compressed"),
)
_BINARY_TYPE = re.compile(r"^(?:image|audio|video|font)/|octet-stream|msword|/pdf|/zip|ms-excel|officedocument", re.I)
_FEED = re.compile(r"^\s*(?:<\?xml[^>]*>|<!--[^>]*-->|<!DOCTYPE[^>]*>|\s)*<(?:rss|feed|rdf:RDF)[\s>]", re.I)
_JSON_FEED = re.compile(r"\"version\"\s*:\s*\"https:\\?/\\?/(?:www\.)?jsonfeed\.org", re.I)
_ENVELOPE = 4_000  # characters of a JSON document in which it says that it failed
_SAID = re.compile(
    r"\"(?:msg|message|error|errmsg|err_msg|errorMsg|error_description|error_msg|detail|info|reason|desc)\"\s*:\s*(\"(?:[^\"\\]|\\.){1,300}\")",
    re.I,
)


def by_status(page: Page, text: str) -> Found | None:
    """What a status says, unless the body says more: a firewall's 405, a challenge under 404; None for content."""
    if page.status in _CONTENT:
        return _by_headers(page)
    if 300 <= page.status < 400:
        return (PageClass.ERROR if page.status == 304 else PageClass.MOVED), f"HTTP {page.status}"
    plain = _plain(page, text)
    found = _by_headers(page) or in_place(page.url, look_at(text), text)
    if found and found[0] in _GUARDS and (plain is not PageClass.DELETED or challenge_mark(text)):
        return found[0], f"HTTP {page.status}: {found[1]}"
    return plain, f"HTTP {page.status}" + (f": {found[1]}" if found and found[0] is plain else "")


def by_bytes(page: Page) -> Found | None:
    """What is empty or no markup at all."""
    if not page.body.strip(b" \t\r\n\0\xef\xbb\xbf"):
        return PageClass.ERROR, "the answer is empty"
    if what := next((what for magic, what in _MAGIC if page.body.startswith(magic)), None):
        return PageClass.ERROR, f"not a page but {what}"
    if _BINARY_TYPE.search(page.content_type):
        return PageClass.ERROR, f"not a page but {page.content_type[:60]}"
    if charset := refused(page.body, page.declared_charset):
        return PageClass.ERROR, f"the charset {charset} is not read, since it can hide markup"
    return None


def foreign(text: str) -> Found | None:
    """A feed; a JSON document that says of itself that something failed."""
    start = text[:2000]
    opening = start.lstrip("\ufeff \t\r\n")[:1]
    if _FEED.match(start.lstrip("\ufeff")) or (opening == "{" and _JSON_FEED.search(start)):
        return PageClass.FEED, ""
    if opening == "{" and len(text) < _ENVELOPE and _failure().search(text):
        return _failed(text)
    return None


def _failed(text: str) -> Found:
    for said in _SAID.findall(text):
        try:
            words = str(json.loads(said))
        except ValueError:
            continue
        if found := stated(words):
            return found.page_class, f"JSON says: {words[:80]}"
    return PageClass.ERROR, f"JSON says that it failed: {' '.join(text.split())[:80]}"


def _plain(page: Page, text: str) -> PageClass:
    """What the status means on its own."""
    if page.status == 521 and ("cf-ray" in page.headers or page.headers.get("server", "").lower() == "cloudflare"):
        return PageClass.ERROR
    if page.status == 202 and look_at(text).prose:
        return PageClass.ERROR
    return _STATUS.get(page.status, PageClass.ERROR)


def _by_headers(page: Page) -> Found | None:
    if not page.headers:
        return None
    found = next((f for k, v in page.headers.items() if (f := _headers().match(f"{k.lower()}: {v}"[:200]))), None)
    return (PageClass.CHALLENGE, f"the header {found[0]!r}") if found else None


@cache
def _headers() -> re.Pattern[str]:
    return any_of(terms("page_class")["challenge_headers"])


@cache
def _failure() -> re.Pattern[str]:
    return any_of(terms("page_class")["failure"])
