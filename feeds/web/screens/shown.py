"""A notice as the templates want it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from crawler.items import Notice
from feeds.safe_text import http_url
from feeds.web.screens import marks


def shown(notice: Notice, words: Sequence[str] = ()) -> dict[str, Any]:
    """A notice as a list shows it, with the ``words`` of a search marked."""
    title = notice.title.strip() or notice.id
    return {
        "id": notice.id,
        "title": title,
        "marked": marks.pieces(title, marks.found(title, words)),
        "snippet": marks.snippet(notice.body, words),
        "language": notice.language,
        "status": notice.status,
        "alertable": notice.alertable,
        "published": notice.published,
        "first_seen_at": notice.first_seen,
        "updated_at": notice.updated,
        "origin": notice.origin,
        "kind": notice.verdict.kind,
        "scope": notice.verdict.scope,
        "places": list(dict.fromkeys(p.code for p in notice.verdict.places)),
        "scams": notice.verdict.scam_types,
        "reprints": sum(s.role != "original" for s in notice.sightings),
    }


def sighted(notice: Notice, names: Mapping[str, str]) -> list[dict[str, Any]]:
    """The tree of where a notice was seen, first seen first, each with how much later than the first."""
    first = min((s.first_seen for s in notice.sightings), default=notice.first_seen)
    return [
        {
            "role": s.role,
            "link": http_url(s.url),
            "url": s.url,
            "title": s.title,
            "source": s.source,
            "name": names.get(s.source or "", s.source or ""),
            "at": s.first_seen,
            "later": s.first_seen - first,
            "overlap": round(100 * s.overlap),
            "because": s.because,
            "gone": s.gone,
            "speaks": s.url == notice.url,
        }
        for s in sorted(notice.sightings, key=lambda s: (s.role != "original", s.first_seen))
    ]
