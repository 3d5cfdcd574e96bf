"""`fenghuo import`: archives and forwarded articles take the path of the crawl."""

from __future__ import annotations

import asyncio
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commands import printing, subscribing
from commands.alerting import deliver_now
from commands.options import Config, Json, opened, quiet

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from crawler.archive import Bad, Document, Read
    from crawler.configuration import Configuration
    from crawler.items import Change
    from crawler.store import Store

_BATCH = 50  # documents a transaction: a commit waits for the disk, and a daemon must not wait long for the commit
_COUNTED = ("new", "reprint", "revised", "unchanged")


@dataclass
class Tally:
    """What became of the documents."""

    read: int = 0
    changes: Counter[str] = field(default_factory=Counter)
    bad: list[Bad] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        """The counts that are printed; a text that is back counts as revised."""
        said = {name: self.changes[name] for name in _COUNTED}
        said["revised"] += self.changes["restored"]
        return {"read": self.read, **said, "bad": len(self.bad)}


def import_(
    files: Annotated[
        list[str],
        typer.Argument(metavar="FILE...", help="JSON lines, texts with front matter, folders of them, -, or OPML."),
    ],
    alert: Annotated[bool, typer.Option("--alert", help="Alert what is new; else nothing is ever sent.")] = False,
    config: Config = None,
    json: Json = False,
) -> int:
    """Take in an archive by the path of the crawl, without alerts; OPML becomes sources."""
    from crawler import evidencing
    from crawler.config.settings import load_settings
    from crawler.configuration import Configuration
    from feeds.publish import publish

    if lists := [name for name in files if subscribing.is_opml(name)]:
        if len(lists) < len(files):
            raise typer.BadParameter(f"{lists[0]} is OPML and is imported by itself")
        return subscribing.import_opml(load_settings(config), lists, json=json)
    configuration = Configuration(config)
    settings = configuration.settings
    quiet(settings)
    tally = Tally()
    with opened(settings) as store, printing.progress("importing") as on_progress:
        documents = (d for name in files for d in _documents(name))
        for batch in _batches(documents):
            _import(store, configuration, batch, tally, alert=alert)
            on_progress(tally.read, None)
        evidencing.keep(store, settings, time.time())
        publish(store, settings, configuration.catalogue)
        if alert:
            asyncio.run(deliver_now(store, settings))
    _report(tally, json=json)
    return 3 if tally.bad else 0


def _documents(name: str) -> Iterator[Document | Bad]:
    from crawler import archive

    return archive.in_stream(sys.stdin.buffer) if name == "-" else archive.in_file(Path(name))


def _batches(documents: Iterable[Document | Bad]) -> Iterator[Sequence[Document | Bad]]:
    rest = iter(documents)
    while batch := list(islice(rest, _BATCH)):
        yield batch


def _import(
    store: Store, configuration: Configuration, batch: Sequence[Document | Bad], tally: Tally, *, alert: bool
) -> None:
    """Read a batch, then judge and save all of it in one transaction."""
    articles = [article for document in batch if (article := _read(configuration, document, tally))]
    with store.begin() as tx:
        changes = [_take_in(tx, configuration, article, alert=alert) for article in articles]
    tally.read += len(batch)
    tally.changes.update(change.type for change in changes)


def _read(configuration: Configuration, document: Document | Bad, tally: Tally) -> Read | None:
    """The document as an article, or None when that is added to the bad ones."""
    from crawler import archive
    from crawler.exceptions import Unreadable
    from crawler.items import PageClass

    if isinstance(document, archive.Bad):
        tally.bad.append(document)
        return None
    try:
        if len(document.content) > (most := configuration.settings.crawl.max_page):
            raise Unreadable(f"larger than crawl.max_page ({most} bytes)")
        found = archive.read(document, configuration.catalogue)
        if found.article.page_class is not PageClass.ARTICLE:
            raise Unreadable(f"{found.article.page_class}: {found.article.why}")
    except Unreadable as e:
        tally.bad.append(archive.Bad(document.where, str(e)))
        return None
    return found


def _take_in(tx: Connection, configuration: Configuration, read: Read, *, alert: bool) -> Change:
    """Take one article in as of when it was fetched: now if the archive does not say, and never later."""
    from crawler import intake

    now = time.time()
    return intake.take_in(
        tx,
        read.article,
        page=read.page,
        catalogue=configuration.catalogue,
        source=read.source,
        column=None,
        key=read.article.key,
        now=min(read.page.fetched_at or now, now),
        baseline=not alert,
    )


def _report(tally: Tally, *, json: bool) -> None:
    if json:
        printing.as_json(tally.counts() | {"bad_lines": [asdict(bad) for bad in tally.bad]})
        return
    printing.say(", ".join(f"{name} {count}" for name, count in tally.counts().items()))
    for bad in tally.bad:
        printing.note(f"{bad.where}: {bad.reason}")
