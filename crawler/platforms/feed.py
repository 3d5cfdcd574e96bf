"""Feeds: RSS 0.9x, 1.0 and 2.0, Atom 1.0 and JSON Feed 1.x, also when they are not well-formed."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from html.entities import html5
from itertools import islice
from typing import Any, Literal
from urllib.parse import urlsplit

from lxml import etree

from crawler.items import Article, Column, Due, Listing, Model, Page, PageClass, Source
from crawler.platforms import json
from crawler.platforms.articles import on_page
from crawler.platforms.rows import KeyChoice, Row, in_its_place, listing, plain
from crawler.reading.address import join
from crawler.reading.charset import decode
from crawler.reading.classes.broken_off import is_excerpt
from crawler.reading.dating.list_dates import written_date
from crawler.reading.lists.links import MAX_ITEMS

_ROOTS = frozenset(("rss", "RDF", "feed"))
_DATES = ("published", "pubDate", "date", "issued", "created", "updated", "modified")
_TEXTS = ("content", "encoded", "body", "description", "summary")
_XML = frozenset(("amp", "lt", "gt", "quot", "apos"))
_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
_BASE = "{http://www.w3.org/XML/1998/namespace}base"
_ATOM_LINK = "{http://www.w3.org/2005/Atom}link"
_HEADS = frozenset(("feed", "channel", "RDF"))  # what speaks of the feed as a whole
_PROLOG = re.compile(r"<\?xml\s[^>]{0,500}\?>")
_DOCTYPE = re.compile(r"<!DOCTYPE[^>\[]{0,2000}>", re.I)
_ENTITY = re.compile(r"<!ENTITY\s", re.I)
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, section 2.2
_TITLE_LINK = re.compile(r"\s{0,20}<a\s[^<>]{0,200}?href\s{0,3}=\s{0,3}[\"']([^\"'<>\s]{1,2000})", re.I)
_AMPERSAND = re.compile(r"<!\[CDATA\[.*?(?:\]\]>|\Z)|&(?:(\w{1,32});|(?!#\w{1,8};))", re.S)

_NUMBERED = re.compile(r"&#(?:x([0-9a-f]{1,8})|(\d{1,8}));", re.I)


class Options(Model):
    """``[column.feed]``."""

    article: Literal["page", "entry"] | json.ArticleFields = "page"
    """Where the article is read: on the page linked to, in the entry itself, or in a JSON document at ``fetch_url``."""
    fetch_url: json.Template | None = None  # of {id} {link} {path} {title}, where machines read the article
    key: KeyChoice = "auto"


def read_list(page: Page, source: Source, column: Column) -> Listing:
    """The entries of a feed."""
    return read_entries(page, source, Options.model_validate(column.options))


def read_article(page: Page, source: Source, column: Column, due: Due) -> Article:
    """The article of an entry, read where ``feed.article`` says."""
    fields = Options.model_validate(column.options).article
    if isinstance(fields, json.ArticleFields):
        return json.read_document(page, source, due, fields)
    return on_page(page, source, column, due)


def next_page(page: Page) -> str | None:
    """The document with the older entries: the next page or the archive before (RFC 5005), JSON Feed's next_url."""
    text = decode(page.body, page.declared_charset)
    if text.lstrip("\ufeff \t\r\n").startswith("{"):
        return _named_next(text, page)
    root = None if _ENTITY.search(text) else _tree(text, etree.XMLParser(recover=True, resolve_entities=False))
    links = root.iterfind(f".//{_ATOM_LINK}") if root is not None else ()
    older = {link.get("rel"): link.get("href") for link in links if _name(link.getparent()) in _HEADS}
    href = older.get("next") or older.get("prev-archive")
    return join(page.url, href) if href else None


def _named_next(text: str, page: Page) -> str | None:
    try:
        found = json.load(text)
    except ValueError:
        return None
    href = json.scalar(found.get("next_url")) if isinstance(found, dict) else ""
    return join(page.url, href) if href else None


def read_entries(page: Page, source: Source, options: Options) -> Listing:
    """The entries of the feed on ``page``, or what stands in its place."""
    text = decode(page.body, page.declared_charset)
    if stands_there := in_its_place(page, text):
        return stands_there
    if text.lstrip("\ufeff \t\r\n").startswith("{"):
        return _json_feed(text, page, source, options)
    if _ENTITY.search(text):
        return Listing(PageClass.ERROR, why="the feed declares entities of its own, which is refused")
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, remove_comments=True)
    root = _tree(text, parser)
    if root is None or _name(root) not in _ROOTS:
        return Listing(PageClass.UNKNOWN, why=f"not a feed: {' '.join(text[:60].split())!r}")
    broken = next((f"not well-formed, line {e.line}: {' '.join(e.message.split())}" for e in parser.error_log), "")
    entries = (_xml_entry(e, root) for e in islice(root.iter("{*}item", "{*}entry"), MAX_ITEMS))
    rows = (_row(entry, page, source, options) for entry in entries)
    title = next((_text(e) for e in root.iterfind("{*}channel/{*}title")), "") or _text(root.find("{*}title"))
    return replace(listing(rows, source, PageClass.FEED, key=options.key, why=broken), title=plain(title))


def _name(element: Any) -> str:
    """The name of an element without its namespace; a prefix that the feed never declared stays in it."""
    return str(element.tag).rpartition("}")[2]


def _tree(text: str, parser: etree.XMLParser) -> Any:
    try:
        return etree.fromstring(_repaired(text).encode("utf-8"), parser)
    except etree.LxmlError:
        return None


def _repaired(text: str) -> str:
    """``text`` as XML that libxml2 reads whole: HTML's names of characters and lone ampersands are no XML."""

    def ampersand(found: re.Match[str]) -> str:
        if found[0].startswith("<"):
            return found[0]
        name = found[1]
        return found[0] if name in _XML else html5[f"{name};"] if f"{name};" in html5 else f"&amp;{found[0][1:]}"

    def numbered(found: re.Match[str]) -> str:
        code = int(found[1], 16) if found[1] else int(found[2])
        return "\ufffd" if 0xD800 <= code < 0xE000 or code > 0x10FFFF else found[0]  # half a character, or none

    text = _NUMBERED.sub(numbered, text)
    return _AMPERSAND.sub(ampersand, _NOT_XML.sub("", _DOCTYPE.sub("", _PROLOG.sub("", text, count=1), count=1)))


@dataclass(frozen=True, slots=True)
class _Entry:
    """An entry of any format, as its publisher wrote it."""

    id: str
    href: str
    title: str
    date: object
    text: str  # HTML
    base: str = ""


def _xml_entry(entry: Any, root: Any) -> _Entry:
    parts: dict[str, Any] = {}
    for child in entry.iterchildren("{*}*"):
        parts.setdefault(_name(child), child)
    name = _text(parts.get("guid")) or _text(parts.get("id")) or entry.get(_ABOUT, "")
    title = _text(parts.get("title"))
    return _Entry(
        id=name,
        href=_href(entry, parts.get("guid"), name, title),
        title=title,
        date=next((_text(parts[d]) for d in _DATES if d in parts), ""),
        text=max((_markup(parts[t]) for t in _TEXTS if t in parts), key=len, default=""),
        base=entry.get(_BASE) or root.get(_BASE) or "",
    )


def _json_entry(item: Any) -> _Entry:
    def first(*names: str) -> str:
        return next((v for n in names if isinstance(item, dict) and (v := json.scalar(item.get(n)))), "")

    return _Entry(
        id=first("id"),
        href=first("url", "external_url"),
        title=first("title"),
        date=first("date_published", "date_modified"),
        text=first("content_html", "content_text", "summary"),
    )


def _row(entry: _Entry, page: Page, source: Source, options: Options) -> Row:
    """Without a title an entry is called by its first words; without a link it can only be read in place.

    An excerpt that says so is no article: that is read on its page.
    """
    url = join(join(page.url, entry.base) or page.url, entry.href) if entry.href else None
    in_place = not url and bool(entry.id) and options.article == "entry"
    whole = in_place or (options.article == "entry" and not is_excerpt(entry.text))
    if in_place:
        url = source.homepage or page.url
    link = {"id": entry.id, "link": url or "", "path": urlsplit(url or "").path, "title": entry.title}
    return Row(
        url,
        entry.id,
        plain(entry.title) or plain(entry.text)[:80],
        written_date(entry.date, source.timezone, page.fetched_at),
        json.fill(options.fetch_url, link) if options.fetch_url else None,
        entry.text if whole and entry.text else None,
        by_id=in_place,
    )


def _href(entry: Any, guid: Any, name: str, title: str) -> str:
    """Where the entry is read: its alternate link, the text of ``link``, or an id that is a permanent link.

    A title that is itself an ``<a href>`` knows better: such feeds quote it into their links (consumer.ftc.gov).
    """
    if linked := _TITLE_LINK.match(title):
        return linked[1]
    links = [e for e in entry.iterchildren("{*}link") if e.get("rel", "alternate") == "alternate"]
    best = next((e for e in links if "html" in e.get("type", "")), links[0] if links else None)
    if best is not None and (href := best.get("href") or _text(best)):
        return str(href).strip()
    permanent = guid is None or guid.get("isPermaLink", "true").lower() == "true"
    return name if permanent and name.startswith(("http://", "https://")) else ""


def _markup(element: Any) -> str:
    """The HTML in an element, whether escaped or given as elements (Atom's xhtml)."""
    inside = "".join(etree.tostring(child, encoding="unicode") for child in element)
    return f"{element.text or ''}{inside}".strip()


def _text(element: Any) -> str:
    return "".join(element.itertext()).strip() if element is not None else ""


def _json_feed(text: str, page: Page, source: Source, options: Options) -> Listing:
    """JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/)."""
    try:
        found = json.load(text)
    except ValueError as e:
        return Listing(PageClass.UNKNOWN, why=str(e))
    items = found.get("items") if isinstance(found, dict) else None
    if not isinstance(items, list):
        return Listing(PageClass.UNKNOWN, why="not a JSON Feed: it has no items")
    rows = (_row(_json_entry(item), page, source, options) for item in items[:MAX_ITEMS])
    title = plain(json.scalar(found.get("title")))
    return replace(listing(rows, source, PageClass.FEED, key=options.key), title=title)
