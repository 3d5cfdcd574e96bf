"""Every shipped source: its file is right, and its platform reads a page of its publisher's structure.

The pages lie under tests/pages/<source>/, with what must be read from them in expected.json; sources of one structure
may share a page ("../emb-mm/list.html").  A new source is a new file and a new folder, nothing else.
"""

from __future__ import annotations

import json
import mimetypes
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from crawler import platforms
from crawler.config.catalogue import Catalogue, load_source
from crawler.config.settings import PACKAGE
from crawler.items import Article, Column, Due, Link, Page, PageClass, Source
from crawler.judging.attribution.official import official_name

FILES = sorted((PACKAGE / "sources").glob("*.toml"))
SOURCES = [load_source(f) for f in FILES]
CATALOGUE = Catalogue.of(SOURCES)
COLUMNS = [pytest.param(s, c, id=s.key(c)) for s in SOURCES for c in s.column]
ENABLED = [pytest.param(s, c, id=key) for key, s, c in CATALOGUE.enabled()]
PAGES = Path(__file__).parent.parent / "pages"
NOW = datetime(2026, 10, 14, 8, 0, tzinfo=UTC).timestamp()


def expected(source: Source, column: Column) -> dict[str, Any]:
    file = PAGES / source.id / "expected.json"
    fix = f"save a list and an article of it under {file.parent}/ and write what they hold into {file.name}"
    found: dict[str, dict[str, Any]] = json.loads(file.read_text("utf-8")) if file.is_file() else {}
    if column.id not in found:
        pytest.fail(f"{source.key(column)} has no page to be read: {fix} (docs/add-a-source.md)")
    return found[column.id]


def page(source: Source, name: str, url: str, status: int = 200) -> Page:
    """A recorded page as its server would send it; no charset is given away, as on most of these sites."""
    file = PAGES / source.id / name
    assert file.is_file(), f"expected.json names {file}, which is not there"
    return Page(url, status, file.read_bytes(), mimetypes.guess_type(name)[0] or "", fetched_at=NOW)


def list_page(source: Source, column: Column, wanted: dict[str, Any]) -> Page:
    """The recorded list, at the address that the column's own page ("entrance") names, where it only names one."""
    url: str | None = column.url
    if "entrance" in wanted:
        url = platforms.entrance(page(source, wanted["entrance"], column.url), column)
    assert url, "the entrance names no list"
    return page(source, wanted["list"], url)


def first_article(source: Source, column: Column, wanted: dict[str, Any]) -> tuple[Article, Link]:
    """The first item of the list, read as a visit reads it: on its own page, or in the list where that carries it."""
    link = platforms.read_list(list_page(source, column, wanted), source, column).links[0]
    due = Due(
        source.key(column),
        link.fetch_url or link.url,
        link.key,
        link.title,
        published=link.published.at if link.published else None,
        published_precision=link.published.precision if link.published else None,
        shown=link.url,
        text=link.text,
    )
    stored = wanted["article"].get("page", wanted["list"])
    return platforms.read_article(page(source, stored, due.url), source, column, due), link


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.stem)
def test_a_source_file_is_named_after_its_id_and_says_who_speaks(file: Path) -> None:
    source, text = load_source(file), file.read_text("utf-8")
    assert source.id == file.stem
    assert source.name_en
    assert source.homepage or not source.column or source.accounts
    assert text.startswith("# "), "the first comment says who it is and what is odd about the site"


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.stem)
def test_what_is_shipped_disabled_says_why(file: Path) -> None:
    off = re.findall(r"^enabled = false(.*)$", file.read_text("utf-8"), re.M)
    assert len(off) == sum(not c.enabled for c in load_source(file).column)
    assert all(re.fullmatch(r"\s+# \S.{3,}", reason) for reason in off)


@pytest.mark.parametrize(("source", "column"), COLUMNS)
def test_a_column_is_one_that_its_platform_can_read(source: Source, column: Column) -> None:
    platforms.check(source, column)
    assert column.url.startswith("http")


@pytest.mark.parametrize(("source", "column"), COLUMNS)
def test_the_mirrors_of_a_column_are_looked_at(source: Source, column: Column) -> None:
    for mirror in column.mirrors:
        assert CATALOGUE.columns[mirror].enabled
        assert mirror.partition("/")[0] != source.id


@pytest.mark.parametrize(("source", "column"), ENABLED)
def test_exactly_the_items_of_the_list_are_read(source: Source, column: Column) -> None:
    wanted = expected(source, column)
    listing = platforms.read_list(list_page(source, column, wanted), source, column)
    assert listing.page_class in (PageClass.LIST, PageClass.FEED), listing.why
    read = [[x.url, x.title, x.published.at[:10] if x.published else None] for x in listing.links]
    assert read == wanted["links"]
    assert len({x.key for x in listing.links}) == len(listing.links)


@pytest.mark.parametrize(("source", "column"), ENABLED)
def test_the_first_article_is_read_whole(source: Source, column: Column) -> None:
    wanted = expected(source, column)
    if "article" not in wanted:
        pytest.skip("the article has the structure of another column of this source")
    article, link = first_article(source, column, wanted)
    assert article.page_class is PageClass.ARTICLE, article.why
    assert article.key == link.key
    assert article.title == wanted["article"]["title"]
    assert article.body.startswith(wanted["article"]["first"])
    assert article.body.endswith(wanted["article"]["last"])
    assert article.published
    assert article.published.at.startswith(wanted["article"]["published"])
    assert article.url == link.url


@pytest.mark.parametrize(("source", "column"), ENABLED)
def test_a_challenge_is_told_from_a_list_and_from_an_empty_one(source: Source, column: Column) -> None:
    if not (wanted := expected(source, column).get("challenge")):
        pytest.skip("no challenge was seen there")
    listing = platforms.read_list(page(source, wanted["page"], column.url, wanted["status"]), source, column)
    assert (listing.page_class, listing.links) == (PageClass.CHALLENGE, ())
    assert column.mirrors


def test_the_catalogue_holds_every_source_once_and_no_two_share_a_name() -> None:
    assert len(CATALOGUE.sources) == len(FILES)
    claimed = [name for s in SOURCES for name in {s.name, *s.aliases}]
    assert len(claimed) == len(set(claimed))


def test_no_two_sources_share_an_account_and_each_account_bears_a_name_of_its_source() -> None:
    assert len(CATALOGUE.accounts) == sum(len(s.accounts) for s in SOURCES)
    for source in SOURCES:
        assert set(source.accounts.values()) <= {source.name, *source.aliases}


def test_a_medium_claims_no_name_that_says_of_itself_that_it_is_an_office() -> None:
    for source in SOURCES:
        if not source.authority.official:
            assert not [name for name in (source.name, *source.aliases) if official_name(name)]


def test_the_guide_is_short_and_names_what_is_there() -> None:
    guide = (PAGES.parents[1] / "docs" / "add-a-source.md").read_text("utf-8")
    assert len(guide.splitlines()) < 60
    shipped = set(re.findall(r"`([\w-]+)\.toml`", guide)) - {"fenghuo"}
    assert shipped <= set(CATALOGUE.sources)
    assert set(re.findall(r"tests/pages/([\w-]+)/", guide)) <= set(CATALOGUE.sources)
