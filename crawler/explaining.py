"""What a text would mean to us, had it just been read, and what it is to what is known already; nothing is changed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import Connection

from crawler import archive
from crawler.configuration import Configuration
from crawler.exceptions import StoreError, Unreadable
from crawler.fetch import fetch_page
from crawler.intake import understand
from crawler.items import Article, Column, Known, Origin, PageClass, Source, notice_json
from crawler.judging.judge import judge
from crawler.judging.likeness.clusters import belongs_to
from crawler.store import open_store
from crawler.store.engine import parse_url, sqlite_file
from crawler.store.wire import notices

_T = TypeVar("_T")
_LEFT_OUT = ("id", "first_seen", "updated", "status", "sightings", "revisions", "related")  # of a remembered notice


def explained(
    configuration: Configuration, article: Article, source: Source | None, column: Column | None = None
) -> dict[str, Any]:
    """What the store would remember of ``article``, had it known nothing before, and under ``known`` what it knows.

    Raises Unreadable when it is no article.
    """
    if article.page_class is not PageClass.ARTICLE:
        raise Unreadable(f"{article.url}: {article.page_class}: {article.why}")
    prior = column.kind if column else None
    origin, verdict = understand(article, source, prior=prior, catalogue=configuration.catalogue)
    carrier = source.id if source else None
    change = judge(article, verdict, origin, Known(), now=0.0, column=None, source=carrier, baseline=True)
    said = {k: v for k, v in notice_json(change.notice).items() if k not in _LEFT_OUT}
    return said | {"known": _likened(configuration, article, origin)}


def explain_text(configuration: Configuration, content: bytes, name: str) -> dict[str, Any]:
    """`explained` of a text or an HTML page, with or without front matter.  Raises Unreadable."""
    document = archive.in_text(content, name)
    if isinstance(document, archive.Bad):
        raise Unreadable(f"{document.where}: {document.reason}")
    read = archive.read(document, configuration.catalogue)
    return explained(configuration, read.article, read.source)


def explain_page(configuration: Configuration, url: str) -> dict[str, Any]:
    """`explained` of the page at ``url``.  Raises FetchError, Unreadable."""
    page = asyncio.run(fetch_page(configuration.settings, url))
    read = archive.read_page(page, configuration.catalogue)
    return explained(configuration, read.article, read.source)


def asked(configuration: Configuration, question: Callable[[Connection], _T], otherwise: _T) -> _T:
    """What the store answers; ``otherwise`` where there is none yet, or none that can be read: it only helps."""
    url = configuration.settings.database_url
    file = sqlite_file(parse_url(url))
    if file is not None and not file.exists():
        return otherwise
    try:
        store = open_store(url)
        try:
            with store.read() as tx:
                return question(tx)
        finally:
            store.close()
    except StoreError:
        return otherwise


def _likened(configuration: Configuration, article: Article, origin: Origin) -> list[dict[str, Any]]:
    """The known notice that a text would join, or those it would be related to, each with the reasons."""
    found = asked(configuration, lambda tx: notices.known(tx, article), Known())
    if found.here is not None:
        return [_row(found.here.id, "same", 1.0, "read at this address before")]
    match, related = belongs_to(article, origin, found)
    if match is not None:
        return [_row(match.notice.id, match.decision.relation, match.decision.overlap, match.because)]
    return [_row(r.id, "related", r.overlap, r.because) for r in related]


def _row(id: str, relation: str, overlap: float, because: str) -> dict[str, Any]:
    return {"id": id, "relation": relation, "overlap": overlap, "because": because}
