"""Lists that a CMS keeps as JSON for its scripts and as HTML for people: whichever of the two an answer is."""

from __future__ import annotations

from dataclasses import replace

from crawler.items import Column, Listing, Page, Source
from crawler.platforms import html, json
from crawler.reading.charset import decode


def text_of(page: Page) -> str:
    """The characters of ``page``."""
    return decode(page.body, page.declared_charset)


def is_json(page: Page) -> bool:
    """Whether an answer begins like JSON."""
    return page.body[:64].lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[")


def read_list(page: Page, source: Source, column: Column, rows: json.Options) -> Listing:
    """The ``rows`` of a JSON answer, or the items of a web page."""
    return json.read_rows(page, source, rows) if is_json(page) else html.read_list(page, source, column)


def of_markup(page: Page, markup: str) -> Page:
    """``page`` with ``markup``, a list that something else was wrapped around, as all that it holds."""
    body = f"<html><body>{markup}</body></html>".encode("utf-8", "replace")
    return replace(page, body=body, content_type="text/html; charset=utf-8")
