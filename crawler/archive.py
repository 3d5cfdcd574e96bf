"""Documents that somebody else kept: lines of JSON (contract, section 4) and texts with front matter.

Nothing is fetched and nothing stored here.  A document that cannot be used is a `Bad` with its place and reason; it
never stops the others.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, BinaryIO, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, AliasChoices, BaseModel, ConfigDict, Field, ValidationError, model_validator

from crawler.carriers import NOWHERE, account, carrier, stranger
from crawler.config.catalogue import Catalogue, host_of
from crawler.exceptions import Unreadable
from crawler.items import Article, Basis, Column, Due, Page, Precision, Published, Source
from crawler.reading.address import url_key
from crawler.reading.articles.article import article_from_text, read_article
from crawler.reading.dating.dates import from_field

URN = "urn:sha256:"  # names a text that was kept without its address by its content
LINES = frozenset({".jsonl", ".ndjson", ".json"})
TEXTS = frozenset({".txt", ".md", ".html", ".htm"})
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)\n---[ \t]*(?:\n|\Z)", re.S)
_NAMES = {"source": "publisher", "date": "published", "fetch_date": "fetched_at"}  # front matter's word -> ours
_MARKUP = re.compile(r"\s*<(?:!doctype|html|head|body|div|article|section|p|\?xml)\b", re.I)


def _aware(at: datetime) -> datetime:
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _address(url: str) -> str:
    if not url.startswith(("http://", "https://", URN)):
        raise ValueError(f"not an http(s) address: {url!r}")
    return url


Moment = Annotated[datetime, AfterValidator(_aware)]
"""RFC 3339; an archive that wrote no offset meant UTC."""
Address = Annotated[str, AfterValidator(_address)]


class Document(BaseModel):
    """One kept page or text, and what the archive says of it.  Lines of `fenghuo export` are documents too."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    where: str  # file and line, for messages
    url: Address | None = None  # None: a text that was kept without its address
    fetched_at: Moment | None = Field(None, validation_alias=AliasChoices("fetched_at", "first_seen"))
    html: str | None = None
    text: str | None = Field(None, validation_alias=AliasChoices("text", "body"))
    title: str = ""
    published: str | None = None
    published_precision: Precision | None = None
    published_basis: Basis | None = None
    publisher: str | None = None  # who carried it, by name
    source: str | None = None  # who carried it, by id in the catalogue
    claimed: str | None = None  # the origin that the archive already knew

    @model_validator(mode="after")
    def _has_content(self) -> Self:
        if not (self.html or self.text or "").strip():
            raise ValueError("neither html nor text")
        return self

    @property
    def identity(self) -> str:
        """The address, or for a text without one the name of its content (RFC 8141 shape)."""
        return self.url or f"{URN}{hashlib.sha256(self.content).hexdigest()}"

    @property
    def at(self) -> float:
        """When it was fetched, POSIX seconds; 0.0 when the archive does not say."""
        return self.fetched_at.timestamp() if self.fetched_at else 0.0

    @property
    def content(self) -> bytes:
        """What was kept, as bytes of UTF-8."""
        return (self.html or self.text or "").encode("utf-8", "replace")


@dataclass(frozen=True, slots=True)
class Bad:
    """A document that cannot be used."""

    where: str
    reason: str


def in_lines(lines: Iterable[bytes], name: str) -> Iterator[Document | Bad]:
    """One document a line of JSON; empty lines are skipped."""
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield _from_line(line.removeprefix(b"\xef\xbb\xbf"), f"{name}:{number}")


def in_text(content: bytes, name: str, url: str | None = None) -> Document | Bad:
    """The one document of a text or HTML file, with front matter (title, url, source, date, fetch_date) or without."""
    try:
        text = content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as e:
        return Bad(name, f"not UTF-8 at byte {e.start}")
    head = _FRONT_MATTER.match(text)
    said = {_NAMES.get(k, k): v for k, v in _front_matter(head[1])} if head else {}
    body = text[head.end() :] if head else text
    said["html" if _MARKUP.match(body) else "text"] = body
    if url:
        said["url"] = url
    return _validated(said, name)


def in_file(path: Path) -> Iterator[Document | Bad]:
    """Every document of a file, or of a folder's files in the order of their names.

    Only what is named by its user may be a link: in a folder, which may be a stranger's, one may lead anywhere.
    """
    if path.is_dir():
        for inner in sorted(p for p in path.rglob("*") if p.suffix.lower() in LINES | TEXTS):
            yield from _inside(inner)
        return
    try:
        with path.open("rb") as file:
            if path.suffix.lower() in TEXTS:
                yield in_text(file.read(), str(path))
            else:
                yield from in_lines(file, str(path))
    except OSError as e:
        yield Bad(str(path), f"cannot be read: {e.strerror}")


def _inside(path: Path) -> Iterator[Document | Bad]:
    """The documents of something in a folder whose name is that of a document."""
    if path.is_symlink():
        yield Bad(str(path), "is a link, which is not followed; name it by itself to have it read")
    elif path.is_file():
        yield from in_file(path)
    elif not path.is_dir():
        yield Bad(str(path), "is no file")


def in_stream(stream: BinaryIO, name: str = "-") -> Iterator[Document | Bad]:
    """Every document of a stream: lines of JSON if its first one opens an object, else one text."""
    first = next((line for line in stream if line.strip()), b"")
    if first.lstrip(b"\xef\xbb\xbf \t").startswith(b"{"):
        yield from in_lines(_again(first, stream), name)
    else:
        yield in_text(first + stream.read(), name)


def _again(first: bytes, rest: Iterable[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def _front_matter(head: str) -> Iterator[tuple[str, str]]:
    for line in head.splitlines():
        name, colon, value = line.partition(":")
        if colon and value.strip():
            yield name.strip().lower(), value.strip().strip("\"'")


def _from_line(line: bytes, where: str) -> Document | Bad:
    try:
        data = json.loads(line)
    except ValueError as e:
        return Bad(where, f"not JSON: {e}")
    if not isinstance(data, dict):
        return Bad(where, "not a JSON object")
    if not data.get("url"):
        return Bad(where, "url is missing")
    return _validated(_from_notice(data) if "sightings" in data else data, where)


def _from_notice(data: Mapping[str, Any]) -> dict[str, Any]:
    """A line of `fenghuo export`: the sighting its text was read at says who carried it, ``origin`` whom that named."""
    origin = data.get("origin") or {}
    best: dict[str, Any] = next((s for s in data["sightings"] if s.get("url") == data["url"]), {})
    own = best.get("source") is not None and best.get("source") == origin.get("source")
    passed = origin.get("via") if origin.get("official") else None  # believed once, so whoever passed it on was known
    publisher = passed[-1] if passed else None
    return {
        **data,
        "source": best.get("source"),
        "publisher": publisher,
        "claimed": None if own else origin.get("name"),
    }


def _validated(data: Mapping[str, Any], where: str) -> Document | Bad:
    try:
        return Document.model_validate({**data, "where": where})
    except ValidationError as e:
        first = e.errors(include_url=False)[0]
        key = ".".join(map(str, first["loc"]))
        said = first["msg"].removeprefix("Value error, ")
        return Bad(where, f"{key}: {said}" if key else said)


# --------------------------------------------------------------------------------------------------------------------
# Reading


@dataclass(frozen=True, slots=True)
class Read:
    """A document or page as an article, with who carried it (None: nobody the catalogue knows) and the evidence."""

    article: Article
    source: Source | None
    page: Page


def read(document: Document, catalogue: Catalogue) -> Read:
    """Read what was kept.  Raises Unreadable when the archive's own word of it makes no sense."""
    source = _carrier(document, catalogue)
    reader = source or stranger(document.identity, document.publisher)
    published = _published(document, reader)
    kind = "html" if document.html else "plain"
    page = Page(document.identity, 200, document.content, f"text/{kind}; charset=utf-8", fetched_at=document.at)
    reading = _from_html if document.html else _from_text
    article = reading(page, reader, document, published)
    return Read(_vouched(article, document, known=source is not None), source, page)


def _vouched(article: Article, document: Document, *, known: bool) -> Article:
    """``article`` with what the archive knows of its origin and, where the catalogue does not, of its carrier."""
    publisher = None if known else document.publisher or document.source
    way = replace(
        article.attribution, carrier=publisher or "", told=() if document.claimed else article.attribution.told
    )
    return replace(article, claimed=document.claimed or article.claimed or publisher, attribution=way)


def read_page(page: Page, catalogue: Catalogue, asked: str | None = None) -> Read:
    """Read a page that was fetched at the address ``asked``, whoever carries it."""
    asked = asked or page.url
    source, due = carrier(catalogue, page.url), Due("", asked, key=url_key(asked))
    reader = source or stranger(page.url)
    article = read_article(page, reader, _column(reader, page.url), due)
    return Read(article, source or account(catalogue, article), page)


def _from_html(page: Page, reader: Source, document: Document, published: Published | None) -> Article:
    when = (published.at, published.precision) if published else (None, None)
    due = Due("", page.url, url_key(page.url), document.title, published=when[0], published_precision=when[1])
    return read_article(page, reader, _column(reader, page.url), due)


def _from_text(page: Page, reader: Source, document: Document, published: Published | None) -> Article:
    return article_from_text(
        document.text or "",
        url=page.url,
        title=document.title,
        source=reader,
        published=published,
        fetched_at=page.fetched_at,
    )


def _carrier(document: Document, catalogue: Catalogue) -> Source | None:
    if document.source and document.source in catalogue.sources:
        return catalogue.sources[document.source]
    return carrier(catalogue, document.identity, name=document.publisher or document.source)


def _column(reader: Source, url: str) -> Column:
    """The column whose selectors fit a page at ``url``: the first one on its host that has any, else one without."""
    host = urlsplit(url).hostname
    there = (c for c in reader.column if urlsplit(c.url).hostname == host and (c.body or c.title or c.published))
    return next(there, Column(url=url if host_of(url) else NOWHERE))


def _published(document: Document, reader: Source) -> Published | None:
    """The date that the archive gives.  Raises Unreadable when it is none."""
    if not document.published:
        return None
    found = from_field(document.published, reader.timezone)
    if found is None:
        raise Unreadable(f"published: not a date: {document.published!r}")
    precision = document.published_precision or found.precision
    return replace(found, precision=precision, basis=document.published_basis or found.basis)
