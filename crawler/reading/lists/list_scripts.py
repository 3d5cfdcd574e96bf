"""Lists that a page keeps in its scripts: records as markup (大汉 jpage and kin), or the state of a page as JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from crawler.items import Link
from crawler.reading.address import join, url_key
from crawler.reading.dating.list_dates import written_date
from crawler.reading.lists.list_rows import width
from crawler.reading.terms import terms

_MARKUP = re.compile(
    r"<script\b[^>]{0,300}\btype\s{0,3}=\s{0,3}[\"']?text/(?:xml|html|template|x-template|tmpl)\b[^>]{0,200}>", re.I
)
_TEMPLATE = re.compile(r"\{\{|<%|\$\{|\{%")
_VALUE = re.compile(r"(?:=\s{0,9}|>\s{0,9})(?=[\[{]\s{0,9}[\[{\"])")
_TAG = re.compile(r"<[^<>]{0,2000}>")
_LONGEST = 4_000_000  # characters of a page that is searched for JSON
_MAX_VALUES, _MAX_NODES, _MAX_DEPTH = 50, 20_000, 12
_FEWEST = 3  # objects that are a list
_TITLE = 12  # columns


def unwrapped(html: str) -> str:
    """``html`` with the records that scripts and comments of CMS lists hold put in the place of these.

    ``<script type="text/xml"><datastore>…<record><![CDATA[<li>…`` becomes ``<div>…<li>…``.
    """
    if "<record" not in html and not _MARKUP.search(html):
        return html
    kept, at = [], 0
    for start, end, inside in _wrapped(html):
        kept += [html[at:start], "<div>", inside.replace("<![CDATA[", "").replace("]]>", ""), "</div>"]
        at = end
    return "".join((*kept, html[at:]))


def _wrapped(html: str) -> Iterator[tuple[int, int, str]]:
    """Where markup is wrapped: from, to, and what is inside; a template to be filled is none."""
    at = 0
    for found in re.finditer(rf"{_MARKUP.pattern}|<!--(?=\s{{0,99}}<(?:datastore|recordset|record)\b)", html, re.I):
        if found.start() < at:
            continue
        closing = "-->" if found[0].startswith("<!--") else "</script"
        end = html.find(closing, found.end())
        if end < 0:
            return
        if not _TEMPLATE.search(inside := html[found.end() : end]):
            at = html.find(">", end) + 1 or len(html)
            yield found.start(), at, inside


def kept_links(html: str, base: str, timezone: str, fetched_at: float) -> list[Link]:
    """The items of the longest list of titled and addressed objects in a page's JSON; [] if there is none."""
    lists = [found for value in _values(html) for found in _lists(value, base, timezone, fetched_at)]
    return max(lists, key=len, default=[])


def _values(html: str) -> Iterator[Any]:
    """The JSON values that scripts assign or hold, at most 50."""
    decoder, at = json.JSONDecoder(strict=False), 0
    for _ in range(_MAX_VALUES if len(html) <= _LONGEST else 0):
        found = _VALUE.search(html, at)
        if not found:
            return
        try:
            value, at = decoder.raw_decode(html, found.end())
            yield value
        except (ValueError, RecursionError):
            at = found.end() + 1


def _lists(value: Any, base: str, timezone: str, fetched_at: float) -> Iterator[list[Link]]:
    """Every list of objects in ``value`` that reads like a list of articles."""
    todo, seen = [(value, 0)], 0
    while todo and seen < _MAX_NODES:
        node, depth = todo.pop()
        seen += 1
        inside = list(node.values()) if isinstance(node, dict) else node if isinstance(node, list) else []
        if depth < _MAX_DEPTH:
            todo += [(x, depth + 1) for x in inside if isinstance(x, dict | list)]
        if isinstance(node, list) and sum(isinstance(x, dict) for x in node) >= _FEWEST:
            links = {
                x.key: x for row in node if isinstance(row, dict) and (x := _link(row, base, timezone, fetched_at))
            }
            titled = sum(width(x.title) >= _TITLE for x in links.values())
            if len(links) >= _FEWEST and 2 * titled > len(links):
                yield list(links.values())


def _link(row: dict[Any, Any], base: str, timezone: str, fetched_at: float) -> Link | None:
    fields = {str(k).lower().replace("_", "").replace("-", ""): v for k, v in row.items()}
    title = " ".join(_TAG.sub("", _first(fields, "json_title")).split())[:500]
    url = join(base, _first(fields, "json_url")) if title else None
    if not url or url.rstrip("/") == base.rstrip("/"):
        return None
    date = next((d for k in _keys("json_date") if (d := written_date(fields.get(k), timezone, fetched_at))), None)
    return Link(url, url_key(url), title, date)


def _first(fields: dict[str, Any], keys: str) -> str:
    return next((v for k in _keys(keys) if isinstance(v := fields.get(k), str) and v.strip()), "")


@cache
def _keys(name: str) -> tuple[str, ...]:
    return tuple(terms("lists")[name])
