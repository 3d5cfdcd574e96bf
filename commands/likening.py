"""What a text is to what is known already, for the commands that explain it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from commands.options import opened

if TYPE_CHECKING:
    from crawler.configuration import Configuration
    from crawler.items import Article, Origin


def likened(configuration: Configuration, article: Article, origin: Origin) -> list[dict[str, Any]]:
    """The known notice that a text would join, or those it would be related to, each with the reasons.

    [] where there is no store yet, or none that can be read: it is not what is explained.
    """
    from crawler.exceptions import StoreError
    from crawler.judging.likeness.clusters import belongs_to
    from crawler.store import notices
    from crawler.store.engine import parse_url, sqlite_file

    file = sqlite_file(parse_url(configuration.settings.database_url))
    if file is not None and not file.exists():
        return []
    try:
        with opened(configuration.settings) as store, store.read() as tx:
            known = notices.known(tx, article)
    except StoreError:
        return []
    if known.here is not None:
        return [_row(known.here.id, "same", 1.0, "read at this address before")]
    match, related = belongs_to(article, origin, known)
    if match is not None:
        return [_row(match.notice.id, match.decision.relation, match.decision.overlap, match.because)]
    return [_row(r.id, "related", r.overlap, r.because) for r in related]


def _row(id: str, relation: str, overlap: float, because: str) -> dict[str, Any]:
    return {"id": id, "relation": relation, "overlap": overlap, "because": because}
