"""Publishers' text made safe to put into XML, JSON and HTML; the one place where a character is dropped or escaped."""

from __future__ import annotations

import re
from html import escape
from typing import Any
from urllib.parse import quote, urlsplit

import nh3

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, production [2] Char
_TAGS = {"p", "a", "ul", "li", "del", "ins", "strong", "pre", "br"}
_NOT_URL = re.compile(r'[\x00-\x20"<>\\^`{|}\x7f]')  # RFC 3986 has no place for them


def sound(value: Any) -> Any:
    """``value`` (text, or JSON-like data that holds texts) without what XML 1.0 and UTF-8 cannot carry."""
    if isinstance(value, str):
        return _NOT_XML.sub("", value)
    if isinstance(value, dict):
        return {k: sound(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [sound(v) for v in value]
    return value


def one_line(text: str, limit: int) -> str:
    """``text`` with runs of white space made one blank, cut to ``limit`` characters."""
    line = " ".join(text[: limit * 4].split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def http_url(url: str) -> str | None:
    """``url`` fit for an attribute (blanks and controls quoted), or None unless it is an absolute http(s) address."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return None
    if parts.scheme.lower() not in ("http", "https") or not parts.netloc:
        return None
    return _NOT_URL.sub(lambda c: quote(c[0]), url.strip())


def paragraphs(body: str) -> str:
    """HTML of a plain text, one paragraph a line."""
    return "".join(f"<p>{escape(line.strip())}</p>" for line in body.splitlines() if line.strip())


def link(url: str, text: str) -> str:
    """HTML of a link, or of its text alone where the address is not an http(s) one."""
    safe = http_url(url)
    return f'<a href="{escape(safe)}">{escape(text)}</a>' if safe else escape(text)


def safe_html(html: str) -> str:
    """``html`` with nothing in it that could act.  Runs last, after everything has been put together."""
    return nh3.clean(html, tags=_TAGS, attributes={"a": {"href"}}, url_schemes={"http", "https"})
