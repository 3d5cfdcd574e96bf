"""Lists and articles as JSON: JMESPath names the rows and their fields, templates make addresses of them."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from typing import Annotated, Any
from urllib.parse import quote

import jmespath
from jmespath.exceptions import JMESPathError
from pydantic import AfterValidator

from crawler.items import Article, Column, Due, HttpUrl, Listing, Model, Page, PageClass, Source
from crawler.platforms.articles import on_page
from crawler.platforms.rows import KeyChoice, Row, in_its_place, listing, plain
from crawler.reading.address import join, url_key
from crawler.reading.charset import decode
from crawler.reading.dating.list_dates import written_date
from crawler.reading.lists.list_further import counted_page

_PLACEHOLDER = re.compile(r"\{([^{}]+)\}")
_WRAPPED = re.compile(
    r"\s*(?:/\*.{0,50}?\*/\s*)?(?:(?:var|let|const)\s+)?[\w$.]{1,100}\s*(?:\(|=(?!=))(.*?)\)?\s*;?\s*", re.S
)
_LONGEST_NUMBER = 25  # digits; longer ones stay text (int() is quadratic, and Python refuses 4,300 digits)


def _expression(text: str) -> str:
    try:
        jmespath.compile(text)
    except JMESPathError as e:
        raise ValueError(f"{text!r} is not a JMESPath expression: {' '.join(str(e).split())}") from e
    return text


def _template(text: str) -> str:
    for inside in _PLACEHOLDER.findall(text) or ([] if "://" in text or text.startswith("/") else [text]):
        _expression(inside)
    return text


Expression = Annotated[str, AfterValidator(_expression)]
"""JMESPath (https://jmespath.org/specification.html), applied to a row."""
Template = Annotated[str, AfterValidator(_template)]
"""An address with ``{expression}`` in it, each filled from the row and quoted; or an expression that gives one."""


class ArticleFields(Model):
    """Where an article's parts lie in its own JSON document; what is not given comes from the list."""

    body: Expression  # HTML, or several pieces of it
    title: Expression | None = None
    published: Expression | None = None


class Options(Model):
    """``[column.json]``: where the rows are, and what each says."""

    items: Expression = "@"
    url: Template
    fetch_url: Template | None = None  # where machines read the article, if not at ``url``
    base: HttpUrl | None = None  # what relative addresses are relative to, if not the list itself
    title: Expression | None = None
    published: Expression | None = None
    id: Expression | None = None
    text: Expression | None = None  # the article itself, where the list carries it
    key: KeyChoice = "auto"
    article: ArticleFields | None = None  # given: articles are JSON; else they are web pages


def read_list(page: Page, source: Source, column: Column) -> Listing:
    """The rows of a JSON list."""
    return read_rows(page, source, Options.model_validate(column.options))


def read_rows(page: Page, source: Source, options: Options) -> Listing:
    """The rows of the JSON list on ``page``, or what stands in its place."""
    text = decode(page.body, page.declared_charset)
    if stands_there := in_its_place(page, text):
        return stands_there
    try:
        found = search(options.items, load(text))
    except ValueError as e:
        return Listing(PageClass.UNKNOWN, why=str(e))
    if not isinstance(found, list):
        return Listing(PageClass.UNKNOWN, why=f"json.items: {options.items!r} gives {_kind(found)} instead of a list")
    return listing(_rows(found, options, page, source), source, PageClass.LIST, key=options.key)


def next_page(page: Page) -> str | None:
    """The list's next page, where a parameter of its address counts pages."""
    return counted_page(page.url)


def read_article(page: Page, source: Source, column: Column, due: Due) -> Article:
    """The article: a JSON document where ``[column.json.article]`` says so, else a web page."""
    if fields := Options.model_validate(column.options).article:
        return read_document(page, source, due, fields)
    return on_page(page, source, column, due)


def read_document(page: Page, source: Source, due: Due, fields: ArticleFields) -> Article:
    """The article that the JSON document ``page`` holds; its address is the one for people."""
    from crawler.reading.articles.article import article_from_html

    text = decode(page.body, page.declared_charset)
    if stands_there := in_its_place(page, text):
        return _unread(page, due, stands_there.page_class, stands_there.why)
    try:
        document = load(text)
    except ValueError as e:
        return _unread(page, due, PageClass.UNKNOWN, str(e))
    body = _joined(search(fields.body, document))
    if not body:
        return _unread(page, due, PageClass.UNKNOWN, f"article.body: {fields.body!r} gives no text")
    title = plain(scalar(search(fields.title, document))) if fields.title else ""
    published = search(fields.published, document) if fields.published else due.published
    return article_from_html(
        body,
        url=due.shown or page.url,
        title=title or due.title,
        source=source,
        published=written_date(published, source.timezone, page.fetched_at),
        key=due.key,
        fetched_at=page.fetched_at,
    )


def load(text: str) -> Any:
    """The value of a JSON text, also in a JSONP call or an assignment.  Raises ValueError in one line.

    Lenient where publishers are careless and strict where a reader would be hurt: control characters pass, NaN is null,
    numbers of more than 25 digits stay text, the last of two equal keys counts.
    """
    text = text.lstrip("\ufeff").strip()
    if text[:1] not in ("{", "[", '"') and (wrapped := _WRAPPED.fullmatch(text)):
        text = wrapped[1]
    try:
        return json.loads(text, strict=False, parse_int=_integer, parse_constant=lambda _: None)
    except (ValueError, RecursionError) as e:
        raise ValueError(f"not JSON ({e}): {' '.join(text[:60].split())!r}") from e


def search(expression: str, value: Any) -> Any:
    """What ``expression`` finds in ``value``; None also where it does not fit what is there."""
    try:
        return jmespath.search(expression, value)
    except (JMESPathError, RecursionError, TypeError, ValueError):
        return None


def scalar(value: Any) -> str:
    """A text or number as text, "" for anything else; ids of 19 digits keep every digit."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    if isinstance(value, float):
        return repr(value) if math.isfinite(value) else ""
    return str(value).replace("\0", " ").strip().encode("utf-8", "replace").decode("utf-8")


def fill(template: str, row: Any) -> str | None:
    """The address that ``template`` gives for ``row``; None when a part of it is missing."""
    names = _PLACEHOLDER.findall(template)
    if not names or names == [template[1:-1]]:
        literal = not names and ("://" in template or template.startswith("/"))
        return template if literal else scalar(search(names[0] if names else template, row)) or None
    values = {name: quote(scalar(search(name, row)), safe="/") for name in names}
    return _PLACEHOLDER.sub(lambda m: values[m[1]], template) if all(values.values()) else None


def _rows(found: list[Any], options: Options, page: Page, source: Source) -> Iterator[Row]:
    base = options.base or page.url

    def address(template: str | None, row: Any) -> str | None:
        href = fill(template, row) if template else None
        return join(base, href) if href else None

    def field(expression: str | None, row: Any) -> Any:
        return search(expression, row) if expression else None

    for row in found:
        yield Row(
            address(options.url, row),
            scalar(field(options.id, row)),
            plain(scalar(field(options.title, row))),
            written_date(field(options.published, row), source.timezone, page.fetched_at),
            address(options.fetch_url, row),
            _joined(field(options.text, row)) or None,
        )


def _joined(value: Any) -> str:
    """A text, or the texts of a list one below the other."""
    return "\n".join(filter(None, map(scalar, value))) if isinstance(value, list) else scalar(value)


def _unread(page: Page, due: Due, page_class: PageClass, why: str) -> Article:
    return Article(page_class, page.url, due.key or url_key(page.url), due.title, why=why)


def _integer(digits: str) -> int | str:
    return int(digits) if len(digits) <= _LONGEST_NUMBER else digits


def _kind(value: Any) -> str:
    names = {dict: "an object", str: "a text", bool: "true or false", type(None): "nothing"}
    return names.get(type(value), "a number")
