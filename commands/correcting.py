"""The commands that correct by hand what was taken for one notice, or for two."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated

import typer

from commands import printing
from commands.options import Config, Json, opened

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from crawler.archive import Read
    from crawler.configuration import Configuration
    from crawler.items import Notice, Sighting
    from crawler.store import Store


def merge(
    kept: Annotated[str, typer.Argument(metavar="A", help="The id of the notice that stays.")],
    other: Annotated[str, typer.Argument(metavar="B", help="The id of the notice that becomes part of it.")],
    config: Config = None,
    json: Json = False,
) -> int:
    """Make two notices one, for good; nothing is sent."""
    from crawler.configuration import Configuration
    from crawler.store import corrections

    configuration = Configuration(config)
    with opened(configuration.settings) as store:
        with store.begin() as tx:
            notice = corrections.merge(tx, kept, other, now=time.time())
        _publish(store, configuration)
    return _said(notice, f"{other} is part of it now", json=json)


def split(
    sighting: Annotated[
        str, typer.Argument(metavar="SIGHTING", help="The address of a sighting, as `show` prints it.")
    ],
    config: Config = None,
    json: Json = False,
) -> int:
    """Make one sighting a notice of its own, for good; nothing is sent."""
    from crawler import intake
    from crawler.configuration import Configuration
    from crawler.reading.address import url_key
    from crawler.store import corrections

    configuration, now = Configuration(config), time.time()
    with opened(configuration.settings) as store:
        with store.begin() as tx:
            link, seen, before = corrections.sighted(tx, sighting, url_key(sighting))
            read = _kept(tx, link, seen, configuration)
            change = intake.apart(read.article, read.source, seen, before, catalogue=configuration.catalogue, now=now)
            notice = corrections.split(tx, link, change, now=now)
        _publish(store, configuration)
    return _said(notice, f"no longer part of {before.id}", json=json)


def _kept(tx: Connection, link: str, seen: Sighting, configuration: Configuration) -> Read:
    """What was last read at a link, from the evidence that was kept of it.  Raises UnknownNotice."""
    from crawler import archive
    from crawler.exceptions import UnknownNotice
    from crawler.store import captures

    pages = captures.of_link(tx, link)
    if not pages:
        raise UnknownNotice(f"{seen.url}: no page of it is kept, so nothing says what it is by itself")
    page = captures.load(tx, pages[-1])
    if not page.content_type.startswith("text/plain"):
        return archive.read_page(page, configuration.catalogue)
    text = page.body.decode("utf-8", "replace")
    document = archive.Document(where=link, url=page.url, title=seen.title, text=text, source=seen.source)
    return archive.read(document, configuration.catalogue)


def _publish(store: Store, configuration: Configuration) -> None:
    from feeds.publish import publish

    publish(store, configuration.settings, configuration.catalogue)


def _said(notice: Notice, what: str, *, json: bool) -> int:
    from crawler.items import notice_json

    if json:
        printing.as_json(notice_json(notice))
    else:
        printing.say(f"{notice.id}  {notice.title}  ({len(notice.sightings)} sightings; {what})")
    return 0
