"""The commands that show what would be understood, and change nothing: a page read, a text judged."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from commands import printing
from commands.options import Config, Json, opened
from commands.remote import Api, Token, remote

if TYPE_CHECKING:
    from crawler.configuration import Configuration
    from crawler.items import Article, Column, Link, Listing, Page, Source

_SHOWN = 20  # links of a list that are printed for people


@dataclass(frozen=True)
class Reading:
    """An article and who carried it (None: nobody that the catalogue knows)."""

    article: Article
    source: Source | None
    column: Column | None = None


def explain(
    target: Annotated[str, typer.Argument(metavar="FILE|URL|-", help="A text or HTML file, a page, standard input.")],
    config: Config = None,
    json: Json = False,
    api: Api = None,
    token: Token = None,
) -> int:
    """Say what a text means, each word with the sentence it rests on."""
    from crawler.configuration import Configuration

    if there := remote(api, token):
        explained = [there.post("/explain", _given(target))]
    else:
        configuration = Configuration(config)
        read = list(_kept(configuration, target) if _is_kept(target) else [_visited(configuration, target)])
        explained = [_explained(configuration, reading) for reading in read]
    if json:
        printing.as_json(explained[0] if len(explained) == 1 else explained)
    else:
        for data in explained:
            _print_verdict(data)
    return 0


def _given(target: str) -> dict[str, str]:
    """What a daemon elsewhere is to explain: an address, or the text of a file or of standard input."""
    if not _is_kept(target):
        return {"url": target}
    content = sys.stdin.buffer.read() if target == "-" else Path(target).read_bytes()
    return {"text": content.decode("utf-8", "replace")}


def _explained(configuration: Configuration, reading: Reading) -> dict[str, Any]:
    from crawler.explaining import explained

    return explained(configuration, reading.article, reading.source, reading.column)


def _print_verdict(data: dict[str, Any]) -> None:
    origin = data["origin"]
    said = "official" if origin["official"] else "not official"
    claimed = ", claimed by the carrier" if origin["claimed_only"] else ", SPOOFED" if origin["spoofed"] else ""
    printing.say(f"{data['title']}\n")
    printing.fields(
        [
            ("origin", f"{origin['name']} ({origin['authority'] or 'unknown'}, {said}{claimed})"),
            ("passed on by", ", ".join(origin["via"])),
            ("published", data["published"] and f"{data['published']} ({data['published_precision']})"),
            ("kind", data["kind"]),
            ("scope", data["scope"]),
            ("scam types", ", ".join(data["scam_types"])),
            ("places", ", ".join(f"{p['code']} {p['name']} ({p['text']})" for p in data["places"])),
            ("alertable", "yes" if data["alertable"] else "no"),
            ("figures", ", ".join(data["figures"])),
            ("contacts", ", ".join(data["contacts"])),
            *((f"why {r['field']}", f"{r['value']}: {r['because']}") for r in data["reasons"]),
            *((f"{k['relation']} as", f"{k['id']} {k['overlap']:.0%}: {k['because']}") for k in data["known"]),
        ]
    )
    typer.echo()


def check(
    target: Annotated[str, typer.Argument(metavar="SOURCE[/COLUMN]|URL|FILE", show_default=False)],
    articles: Annotated[int, typer.Option(min=0, max=100, help="How many articles of a list are visited.")] = 1,
    explain_cuts: Annotated[
        bool, typer.Option("--explain-cuts", help="Show each line that was cut as house text, and by which rule.")
    ] = False,
    config: Config = None,
    json: Json = False,
) -> int:
    """Fetch and show what would be read and judged; change nothing."""
    from crawler.configuration import Configuration

    configuration = Configuration(config)
    checked = asyncio.run(_checked(configuration, target, articles))
    if json:
        printing.as_json(checked[0] if len(checked) == 1 else checked)
    else:
        for result in checked:
            _print_check(result, explain_cuts)
    return 0 if all(result["understood"] and not result.get("recorded") for result in checked) else 3


async def _checked(configuration: Configuration, target: str, articles: int) -> list[dict[str, Any]]:
    catalogue = configuration.catalogue
    keys = [k for k in catalogue.columns if k == target or k.partition("/")[0] == target]
    if keys := keys or [k for k, column in catalogue.columns.items() if column.url == target]:
        known = [(catalogue.source_of(key), catalogue.columns[key]) for key in keys]
        return [await _check_column(configuration, source, column, articles) for source, column in known]
    if target.endswith(".toml"):
        return await _check_source_file(configuration, Path(target), articles)
    if _is_kept(target):
        return [_article_json(configuration, reading) for reading in _kept(configuration, target)]
    return [await _check_page(configuration, target, articles)]


async def _check_source_file(configuration: Configuration, file: Path, articles: int) -> list[dict[str, Any]]:
    """Every column of a source file, also of one that is not in the catalogue yet.  Raises ConfigError."""
    from crawler import platforms
    from crawler.config.catalogue import load_source

    source = load_source(file)
    for column in source.column:
        platforms.check(source, column)
    return [await _check_column(configuration, source, column, articles) for column in source.column]


async def _check_page(configuration: Configuration, url: str, articles: int) -> dict[str, Any]:
    """An article, or a list that nobody has configured.  Raises FetchError."""
    from crawler import platforms
    from crawler.archive import read_page
    from crawler.carriers import stranger
    from crawler.fetch import fetch_page
    from crawler.items import PageClass

    page = await fetch_page(configuration.settings, url)
    read, nobody = read_page(page, configuration.catalogue), stranger(page.url)
    if read.article.page_class is not PageClass.ARTICLE:
        (column,) = nobody.column
        listing = platforms.read_list(page, nobody, column)
        if listing.links:
            return await _list_json(configuration, nobody, column, page, listing, articles)
    return _article_json(configuration, Reading(read.article, read.source))


async def _check_column(configuration: Configuration, source: Source, column: Column, articles: int) -> dict[str, Any]:
    """One look at a column and visits to its first articles; a failure is a result, so that others are shown.

    Where the column's pages were recorded, these are read again too, and the site is compared with them.
    """
    from crawler import platforms
    from crawler.adding import recording
    from crawler.entrance import fetch_list
    from crawler.exceptions import FenghuoError

    named: dict[str, Any] = {"column": source.key(column)}
    if kept := recording.recorded(configuration.settings, source, column):
        named |= {"recorded": recording.broken(kept, source, column)}
    try:
        page = await fetch_list(configuration.settings, column)
        listing = platforms.read_list(page, source, column)
        named |= {"changed": recording.changed(kept, listing)} if kept else {}
        return named | await _list_json(configuration, source, column, page, listing, articles)
    except FenghuoError as e:
        return named | {"url": column.url, "understood": False, "page_class": None, "why": str(e)}


async def _list_json(
    configuration: Configuration, source: Source, column: Column, page: Page, listing: Listing, articles: int
) -> dict[str, Any]:
    """What a list says, and what its first articles say."""
    from crawler.items import PageClass

    read = [await _followed(configuration, source, column, link) for link in listing.links[:articles]]
    understood = listing.page_class in (PageClass.LIST, PageClass.FEED) and bool(listing.links)
    return {
        "url": page.url,
        "status": page.status,
        "understood": understood and all(a["understood"] for a in read),
        "page_class": listing.page_class,
        "why": listing.why,
        "links": [_link_json(link) for link in listing.links],
        "articles": read,
    }


async def _followed(configuration: Configuration, source: Source, column: Column, link: Link) -> dict[str, Any]:
    """What the article of a link says; that it cannot be had is a result too."""
    from crawler.exceptions import FenghuoError

    try:
        return _article_json(configuration, await _follow(configuration, source, column, link))
    except FenghuoError as e:
        return {"url": link.url, "understood": False, "page_class": None, "why": str(e)}


async def _follow(configuration: Configuration, source: Source, column: Column, link: Link) -> Reading:
    """Read the article of a link, from the list itself where that carried it."""
    from crawler import platforms
    from crawler.adding.recording import due_of
    from crawler.fetch import fetch_page
    from crawler.items import Page

    due = due_of(source, column, link)
    page = Page(link.url, 200, b"") if link.text else await fetch_page(configuration.settings, due.url)
    return Reading(platforms.read_article(page, source, column, due), source, column)


def _visited(configuration: Configuration, url: str) -> Reading:
    return asyncio.run(_visit(configuration, url))


async def _visit(configuration: Configuration, url: str) -> Reading:
    """Fetch one page and read it as an article.  Raises FetchError."""
    from crawler import archive
    from crawler.fetch import fetch_page

    page = await fetch_page(configuration.settings, url)
    read = archive.read_page(page, configuration.catalogue)
    return Reading(read.article, read.source)


def _is_kept(target: str) -> bool:
    """Whether the target is standard input or a file.  Raises BadParameter when it is no address either."""
    if target == "-" or Path(target).exists():
        return True
    if target.startswith(("http://", "https://")):
        return False
    raise typer.BadParameter(f"{target!r}: no such source, column or file, and no http(s) address")


def _kept(configuration: Configuration, target: str) -> Iterator[Reading]:
    """The documents of a file or of standard input, read.  Raises Unreadable."""
    from crawler import archive
    from crawler.exceptions import Unreadable

    found = archive.in_stream(sys.stdin.buffer) if target == "-" else archive.in_file(Path(target))
    for document in found:
        if isinstance(document, archive.Bad):
            raise Unreadable(f"{document.where}: {document.reason}")
        read = archive.read(document, configuration.catalogue)
        yield Reading(read.article, read.source)


def _link_json(link: Link) -> dict[str, Any]:
    return {"url": link.url, "title": link.title, "published": link.published and link.published.at}


def _article_json(configuration: Configuration, reading: Reading) -> dict[str, Any]:
    from crawler.items import PageClass

    article = _without_learnt(configuration, reading)
    reading = replace(reading, article=article)
    understood = article.page_class is PageClass.ARTICLE
    about = {"url": article.url, "understood": understood, "page_class": article.page_class, "why": article.why}
    details = {
        "source": reading.source and reading.source.id,
        "claimed": article.claimed,
        "cuts": [c.line for c in article.cuts],
    }
    details["cut_by"] = [c.rule for c in article.cuts]
    return about | (details | _explained(configuration, reading) if understood else {})


def _without_learnt(configuration: Configuration, reading: Reading) -> Article:
    """The article without what has been learnt of its source's house text, where there is a store that can tell."""
    from crawler.exceptions import StoreError
    from crawler.reading.articles import boilerplate
    from crawler.store.engine import parse_url, sqlite_file
    from crawler.store.watch import house

    settings, source = configuration.settings, reading.source
    file = sqlite_file(parse_url(settings.database_url))
    if source is None or (file is not None and not file.exists()):
        return reading.article
    try:
        with opened(settings) as store, store.read() as tx:
            return boilerplate.without(reading.article, house.learnt(tx, source.id))
    except StoreError:  # it is not what is checked
        return reading.article


def _print_check(result: dict[str, Any], cuts: bool) -> None:
    links, articles = result.get("links"), result.get("articles", ())
    printing.fields(
        [
            ("column", result.get("column")),
            ("url", result["url"]),
            ("page", result["page_class"] or "none"),
            ("why", result["why"]),
            ("links", None if links is None else len(links)),
            *(("recorded", line) for line in _or(result.get("recorded"), "reads as it did")),
            *(("changed", line) for line in _or(result.get("changed"), "nothing since it was recorded")),
        ]
    )
    printing.table(
        ("published", "title", "url"), [(x["published"], x["title"], x["url"]) for x in (links or [])[:_SHOWN]]
    )
    typer.echo()
    if "kind" in result:
        _print_verdict(result)
        printing.say(result["body"])
        printing.table(("cut", "rule"), list(zip(result["cuts"], result["cut_by"], strict=True)) if cuts else [])
    for article in articles:
        _print_check(article, cuts)


def _or(lines: list[str] | None, nothing: str) -> list[str]:
    """The lines, or that there are none; [] when nobody asked."""
    return [] if lines is None else lines or [nothing]
