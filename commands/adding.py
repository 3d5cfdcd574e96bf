"""`fenghuo add`: a list somebody wants watched becomes a source file, once it has been shown what would be read."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from commands import printing
from commands.options import Config, Json
from commands.remote import Api, Remote, Token, remote

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
    render: Annotated[
        bool, typer.Option("--render", help="Look at it with a browser: its list is made by scripts.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Write the source without asking.")] = False,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Also write the page with the found items outlined.")
    ] = None,
    config: Config = None,
    json: Json = False,
    api: Api = None,
    token: Token = None,
) -> int:
    """Watch a list: show what would be read there, then write the source's file."""
    from crawler.adding.proposing import Wanted, checked, proposed, watched
    from crawler.config.settings import load_settings
    from crawler.config.sourcefile import own_folder
    from feeds import operations

    if there := remote(api, token):
        if html is not None:
            raise typer.BadParameter("works on this machine only; leave out --api", param_hint="--html")
        given: dict[str, Any] = {"url": url, "id": id, "name": name, "authority": authority, "timezone": timezone}
        given |= {"render": True} if render else {}
        return _elsewhere(there, given, yes=yes, json=json)
    settings = load_settings(config)
    folder, catalogue = own_folder(settings), watched(settings)
    wanted = checked(Wanted(url, id, name, authority, timezone, render), catalogue)
    proposal = asyncio.run(proposed(settings, catalogue, wanted))
    if html is not None:
        _write_annotated(html, proposal)
    told = proposal.told()
    if not json:
        _show(told)
    file = folder / f"{proposal.source.id}.toml"
    wanted_so = yes or _agreed(f"Write {file}?")
    written = str(operations.save(settings, proposal)) if wanted_so else None
    return _said(told | {"file": written}, written and f"written: {written}", json=json)


def _elsewhere(there: Remote, given: dict[str, Any], *, yes: bool, json: bool) -> int:
    """Have a daemon look there, and watch just what it showed."""
    told = there.post("/sources/preview", given)
    if not json:
        _show(told)
    if not (yes or _agreed(f"Watch {printing.cell(told['id'])} there?")):
        return _said(told | {"columns": None}, None, json=json)
    keys = there.post("/sources", {"preview": told["preview"]})["columns"]
    return _said(told | {"columns": keys}, f"watched: {', '.join(keys)}", json=json)


def _agreed(question: str) -> bool:
    """Whether whoever adds the source wants it; nobody there to answer is no."""
    try:
        return typer.confirm(question, err=True)
    except typer.Abort:
        printing.note("")
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


def _show(told: dict[str, Any]) -> None:
    """The proposal for people: the source, its list, its first article, what is worth knowing."""
    authority = f"{told['authority']} ({'' if told['official'] else 'not '}official)"
    names = ("column", "url", "platform")
    printing.fields(
        [
            ("id", told["id"]),
            ("name", told["name"]),
            ("authority", authority),
            *((name, told[name]) for name in names),
            ("links", len(told["links"])),
        ]
    )
    printing.say("")
    rows = [(x["published"] and x["published"][:16], x["title"], x["url"]) for x in told["links"][:_SHOWN]]
    printing.table(("published", "title", "url"), rows)
    printing.say("")
    if article := told["article"]:
        published = article["published"] and f"{article['published']} ({article['published_precision']})"
        beginning = article["body"][:_BEGINNING] + ("…" if len(article["body"]) > _BEGINNING else "")
        printing.fields([("article", article["url"]), ("title", article["title"]), ("published", published)])
        printing.say(f"{beginning}\n")
    for note in told["notes"]:
        printing.note(note)


def _said(told: dict[str, Any], done: str | None, *, json: bool) -> int:
    """Tell how it ended: 0 when the source is watched, 3 when it is not."""
    if json:
        printing.as_json(told)
    elif done:
        printing.say(done)
        printing.note(f"a running daemon looks at it by itself; fenghuo poll {told['id']} does so now")
    else:
        printing.note("nothing was written; --yes writes without asking")
    return 0 if done else 3
