"""Every shipped source: its file is right, and its platform reads a page of its publisher's structure.

The pages lie under tests/pages/<source>/, with what must be read from them in expected.json.
"""

from __future__ import annotations

import json
import mimetypes
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from crawler import platforms
from crawler.config import PACKAGE, Catalogue, load_source
from crawler.items import Column, Due, Page, PageClass, Source

FILES = sorted((PACKAGE / "sources").glob("*.toml"))
SOURCES = [load_source(f) for f in FILES]
COLUMNS = [pytest.param(s, c, id=s.key(c)) for s in SOURCES for c in s.column]
PAGES = Path(__file__).parent.parent / "pages"
NOW = datetime(2026, 10, 14, 8, 0, tzinfo=UTC).timestamp()


def expected(source: Source, column: Column) -> dict[str, Any]:
    file = PAGES / source.id / "expected.json"
    fix = f"save a list and an article of it under {file.parent}/ and write what they hold into {file.name}"
    found: dict[str, dict[str, Any]] = json.loads(file.read_text("utf-8")) if file.is_file() else {}
    if column.id not in found:
        pytest.fail(f"{source.key(column)} has no page to be read: {fix} (docs/add-a-source.md)")
    return found[column.id]


def page(source: Source, name: str, url: str) -> Page:
    """A recorded page as its server would send it; no charset is given away, as on most of these sites."""
    file = PAGES / source.id / name
    assert file.is_file(), f"expected.json names {file}, which is not there"
    return Page(url, 200, file.read_bytes(), mimetypes.guess_type(name)[0] or "", fetched_at=NOW)


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.stem)
def test_a_source_file_is_named_after_its_id_and_says_who_speaks(file: Path) -> None:
    source = load_source(file)
    assert source.id == file.stem
    assert source.name_en
    assert source.homepage
    assert file.read_text("utf-8").startswith("# "), "the first comment says who it is and what is odd about the site"


@pytest.mark.parametrize(("source", "column"), COLUMNS)
def test_a_column_is_one_that_its_platform_can_read(source: Source, column: Column) -> None:
    platforms.check(source, column)
    assert platforms.list_url(column).startswith("http")


@pytest.mark.parametrize(("source", "column"), COLUMNS)
def test_exactly_the_items_of_the_list_are_read(source: Source, column: Column) -> None:
    wanted = expected(source, column)
    listing = platforms.read_list(page(source, wanted["list"], column.url), source, column)
    assert listing.page_class in (PageClass.LIST, PageClass.FEED), listing.why
    read = [[x.url, x.title, x.published.at[:10] if x.published else None] for x in listing.links]
    assert read == wanted["links"]
    assert len({x.key for x in listing.links}) == len(listing.links)


@pytest.mark.parametrize(("source", "column"), COLUMNS)
def test_the_first_article_is_read_whole(source: Source, column: Column) -> None:
    wanted = expected(source, column)
    if "article" not in wanted:
        pytest.skip("the article has the structure of another column of this source")
    link = platforms.read_list(page(source, wanted["list"], column.url), source, column).links[0]
    due = Due(source.key(column), link.fetch_url or link.url, link.key, link.title, shown=link.url)
    article = platforms.read_article(page(source, wanted["article"]["page"], due.url), source, column, due)
    assert article.page_class is PageClass.ARTICLE, article.why
    assert article.key == link.key
    assert article.title == wanted["article"]["title"]
    assert article.body.startswith(wanted["article"]["first"])
    assert article.body.endswith(wanted["article"]["last"])
    assert article.published
    assert article.published.at.startswith(wanted["article"]["published"])
    assert article.url == link.url


def test_the_catalogue_holds_every_source_once_and_no_two_share_a_name() -> None:
    catalogue = Catalogue.of(SOURCES)
    assert len(catalogue.sources) == len(FILES) >= 11
    claimed = [name for s in SOURCES for name in {s.name, *s.aliases}]
    assert len(claimed) == len(set(claimed))
