"""`fenghuo add`: a list somebody wants watched becomes a source file, once it has been shown what would be read."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from commands import printing
from commands.options import Config, Json

if TYPE_CHECKING:
    from crawler.adding.proposing import Proposal

_SHOWN = 10  # items of the list that are printed for people
_BEGINNING = 300  # characters of an article that are printed for people


def add(
    url: Annotated[str, typer.Argument(metavar="URL", help="A list page, a feed or a JSON list.", show_default=False)],
    id: Annotated[str | None, typer.Option("--id", help="Of the source; default from the host.")] = None,
    name: Annotated[str | None, typer.Option("--name", help="Of the publisher; default what the site says.")] = None,
    authority: Annotated[
        str | None, typer.Option("--authority", help="What kind of publisher: police, media, account …")
    ] = None,
    timezone: Annotated[
        str | None, typer.Option("--timezone", help="Of dates that name none; default Asia/Shanghai.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Write the source without asking.")] = False,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Also write the page with the found items outlined.")
    ] = None,
    config: Config = None,
    json: Json = False,
) -> int:
    """Watch a list: show what would be read there, then write the source's file."""
    from crawler.adding.proposing import Wanted, checked, proposed, watched
    from crawler.config import load_settings
    from crawler.sourcefile import own_folder
    from feeds import operations

    settings = load_settings(config)
    folder, catalogue = own_folder(settings), watched(settings)
    wanted = checked(Wanted(url, id, name, authority, timezone), catalogue)
    proposal = asyncio.run(proposed(settings, catalogue, wanted))
    if html is not None:
        _write_annotated(html, proposal)
    if not json:
        _show(proposal)
    file = folder / f"{proposal.source.id}.toml"
    if not (yes or _agreed(file)):
        return _said(proposal, None, json=json)
    return _said(proposal, operations.save(settings, proposal), json=json)


def _agreed(file: Path) -> bool:
    """Whether whoever adds the source wants it; nobody there to answer is no."""
    try:
        return typer.confirm(f"Write {file}?", err=True)
    except typer.Abort:
        typer.echo(err=True)
        return False


def _write_annotated(file: Path, proposal: Proposal) -> None:
    from crawler.exceptions import ConfigError
    from crawler.reading.charset import decode
    from crawler.reading.lists.annotate import annotated

    page, links = proposal.found.page, proposal.found.listing.links
    text = annotated(decode(page.body, page.declared_charset), page.url, links)
    try:
        file.write_text(text, "utf-8", errors="replace")
    except OSError as e:
        raise ConfigError(f"{file}: cannot be written: {e.strerror}") from e


def _show(proposal: Proposal) -> None:
    """The proposal for people: the source, its list, its first article, what is worth knowing."""
    source, found = proposal.source, proposal.found
    column, links = source.column[0], found.listing.links
    printing.fields(
        [
            ("id", source.id),
            ("name", source.name),
            ("authority", f"{source.authority} ({'' if source.authority.official else 'not '}official)"),
            ("column", column.name),
            ("url", column.url),
            ("platform", column.platform),
            ("links", len(links)),
        ]
    )
    typer.echo()
    rows = [(x.published and x.published.at[:16], x.title, x.url) for x in links[:_SHOWN]]
    printing.table(("published", "title", "url"), rows)
    typer.echo()
    if proposal.visit:
        article = proposal.visit.article
        published = article.published and f"{article.published.at} ({article.published.precision})"
        beginning = article.body[:_BEGINNING] + ("…" if len(article.body) > _BEGINNING else "")
        printing.fields([("article", article.url), ("title", article.title), ("published", published)])
        printing.say(f"{beginning}\n")
    for note in proposal.notes:
        printing.note(note)


def _said(proposal: Proposal, file: Path | None, *, json: bool) -> int:
    """Tell how it ended: 0 when the source is written, 3 when it is not."""
    if json:
        printing.as_json(_as_json(proposal, file))
    elif file:
        printing.say(f"written: {file}")
        printing.note(f"a running daemon looks at it by itself; fenghuo poll {proposal.source.id} does so now")
    else:
        printing.note("nothing was written; --yes writes without asking")
    return 0 if file else 3


def _as_json(proposal: Proposal, file: Path | None) -> dict[str, Any]:
    source, found, visit = proposal.source, proposal.found, proposal.visit
    article = visit and {
        "url": visit.article.url,
        "title": visit.article.title,
        "published": visit.article.published and visit.article.published.at,
        "body": visit.article.body,
    }
    return {
        "file": str(file) if file else None,
        "id": source.id,
        "name": source.name,
        "authority": source.authority,
        "official": source.authority.official,
        "url": source.column[0].url,
        "platform": source.column[0].platform,
        "page_class": found.listing.page_class,
        "links": [
            {"url": x.url, "title": x.title, "published": x.published and x.published.at} for x in found.listing.links
        ],
        "article": article,
        "notes": list(proposal.notes),
    }
