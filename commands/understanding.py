"""The commands that show what would be understood, and change nothing: a page read, a text judged."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from commands import printing
from commands.options import Config, Json
from commands.remote import Api, Token, remote

if TYPE_CHECKING:
    from crawler.archive import Bad, Document
    from crawler.config.catalogue import Catalogue
    from crawler.configuration import Configuration
    from crawler.items import Column, Source

_SHOWN = 20  # links of a list that are printed for people


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
        said = [there.post("/explain", _given(target))]
    else:
        configuration = Configuration(config)
        said = _explained(configuration, target)
    if json:
        printing.as_json(said[0] if len(said) == 1 else said)
    else:
        for data in said:
            _print_verdict(data)
    return 0


def _given(target: str) -> dict[str, str]:
    """What a daemon elsewhere is to explain: an address, or the text of a file or of standard input."""
    if not _is_kept(target):
        return {"url": target}
    content = sys.stdin.buffer.read() if target == "-" else Path(target).read_bytes()
    return {"text": content.decode("utf-8", "replace")}


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
    printing.say("")


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
    """Each column that the target names, or the one thing that stands there.  Raises ConfigError, FetchError."""
    from crawler import checking

    if columns := _columns(configuration.catalogue, target):
        return [await checking.check_column(configuration, *column, articles) for column in columns]
    if _is_kept(target):
        read = checking.kept(configuration, _documents(target))
        return [checking.check_article(configuration, reading) for reading in read]
    return [await checking.check_page(configuration, target, articles)]


def _columns(catalogue: Catalogue, target: str) -> list[tuple[Source, Column]]:
    """The columns of a source or a source file, known or not, or those with this key or address."""
    if target.endswith(".toml"):
        return _in_file(Path(target))
    keys = [key for key in catalogue.columns if key == target or key.partition("/")[0] == target]
    keys = keys or [key for key, column in catalogue.columns.items() if column.url == target]
    return [(catalogue.source_of(key), catalogue.columns[key]) for key in keys]


def _in_file(file: Path) -> list[tuple[Source, Column]]:
    from crawler import platforms
    from crawler.config.catalogue import load_source

    source = load_source(file)
    for column in source.column:
        platforms.check(source, column)
    return [(source, column) for column in source.column]


def _explained(configuration: Configuration, target: str) -> list[dict[str, Any]]:
    """Of the documents of a file or of standard input, or of the page at an address.  Raises FetchError, Unreadable."""
    from crawler import checking
    from crawler.explaining import explain_page, explained

    if not _is_kept(target):
        return [explain_page(configuration, target)]
    kept = checking.kept(configuration, _documents(target))
    return [explained(configuration, reading.article, reading.source) for reading in kept]


def _documents(target: str) -> Iterator[Document | Bad]:
    from crawler import archive

    return archive.in_stream(sys.stdin.buffer) if target == "-" else archive.in_file(Path(target))


def _is_kept(target: str) -> bool:
    """Whether the target is standard input or a file.  Raises BadParameter when it is no address either."""
    if target == "-" or Path(target).exists():
        return True
    if target.startswith(("http://", "https://")):
        return False
    raise typer.BadParameter(f"{target!r}: no such source, column or file, and no http(s) address")


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
    printing.say("")
    if "kind" in result:
        _print_verdict(result)
        printing.say(result["body"])
        printing.table(("cut", "rule"), list(zip(result["cuts"], result["cut_by"], strict=True)) if cuts else [])
    for article in articles:
        _print_check(article, cuts)


def _or(lines: list[str] | None, nothing: str) -> list[str]:
    """The lines, or that there are none; [] when nobody asked."""
    return [] if lines is None else lines or [nothing]
