"""大汉 Hanweb JPAAS (工业和信息化部, 商务部, 市场监管总局, Zhejiang): a page of scripts, lists as HTML within JSON.

``script[parseType=buildstatic]`` names where its part of the page comes from and, in ``querydata``, what to ask for.
"""

from __future__ import annotations

import json as values
import re
from html import unescape
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from crawler.items import Column, Listing, Page, PageClass, Source
from crawler.platforms import html, json
from crawler.platforms.either import is_json, of_markup, text_of
from crawler.reading.address import join

Options = html.Options
read_article = html.read_article

_UNIT = "/api-gateway/jpaas-publish-server/front/page/build/unit"
_SCRIPT = re.compile(r"<script\b[^<>]{0,4000}>", re.I)
_QUERY = re.compile(r"querydata\s{0,3}=\s{0,3}(?:\"(\{[^\"]{1,3000}\})\"|'(\{[^']{1,3000}\})')", re.I)
_WHERE = re.compile(r"\burl\s{0,3}=\s{0,3}[\"']([^\"'\s]{1,500})", re.I)
_LIST = re.compile(r"list|列表", re.I)
_FIRST = '{"pageNo":1,"pageSize":"24"}'


def read_list(page: Page, source: Source, column: Column) -> Listing:
    """The items of the HTML that a JSON answer holds, or of a web page."""
    if not is_json(page):
        return html.read_list(page, source, column)
    try:
        markup = json.search("data.html", json.load(text_of(page)))
    except ValueError as e:
        return Listing(PageClass.UNKNOWN, why=str(e))
    if not isinstance(markup, str) or not markup.strip():
        return Listing(PageClass.UNKNOWN, why="data.html of the answer holds no list")
    return html.read_list(of_markup(page, markup), source, column)


def entrance(page: Page) -> str | None:
    """The address of the list that the page's script would load."""
    units = [(q, tag) for tag in _SCRIPT.findall(text_of(page)) if "buildstatic" in tag and (q := _query(tag))]
    found = next((u for u in units if _LIST.search(u[0].get("tagId", ""))), units[0] if units else None)
    if not found:
        return None
    where = _WHERE.search(found[1])
    return join(page.url, f"{where[1] if where else _UNIT}?{urlencode(found[0] | {'paramJson': _FIRST})}")


def next_page(page: Page) -> str | None:
    """The same list with the next ``pageNo``."""
    parts = urlsplit(page.url)
    asked = dict(parse_qsl(parts.query))
    try:
        which = values.loads(asked["paramJson"])
        which["pageNo"] = int(which["pageNo"]) + 1
    except (KeyError, TypeError, ValueError):
        return None
    query = urlencode(asked | {"paramJson": values.dumps(which, separators=(",", ":"))})
    return urlunsplit(parts._replace(query=query))


def _query(tag: str) -> dict[str, str]:
    """What a script asks for, written as JSON with single quotes."""
    if not (found := _QUERY.search(tag)):
        return {}
    try:
        asked = json.load(unescape(found[1] or found[2]).replace("'", '"'))
    except ValueError:
        return {}
    return {k: json.scalar(v) for k, v in asked.items()} if isinstance(asked, dict) else {}
