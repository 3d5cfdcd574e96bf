"""One notice: what it says and why we think so, where it came from and went, how it changed, and its proof."""

from __future__ import annotations

import itertools
from datetime import datetime
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from crawler.exceptions import UnknownNotice
from crawler.items import Notice
from crawler.store.delivery import ledger
from crawler.store.delivery.ledger import Passage
from crawler.store.wire import dossier, notices
from crawler.store.wire.dossier import Text
from feeds.entries import is_alert
from feeds.safe_text import http_url
from feeds.web.context import context_of
from feeds.web.latency import legs
from feeds.web.screens import marks
from feeds.web.screens.beside import beside
from feeds.web.screens.shown import shown, sighted
from feeds.web.view import View, page

_MOST_DELIVERIES = 200
_MOST_COMPARED = 5  # revisions that are shown side by side, the newest; comparing a long text takes 20 ms
_LONGEST_COMPARED = 30_000  # characters of a text that is shown side by side


def notice(request: Request) -> Response:
    """Everything known of one notice."""
    context, wanted = context_of(request), request.path_params["id"]
    try:
        with context.store.read() as tx:
            found = notices.get(tx, wanted)
            if found.id != wanted:
                return RedirectResponse(f"/notices/{found.id}", 303)
            sent = ledger.deliveries(tx, limit=_MOST_DELIVERIES, notice_id=wanted)
            texts, kept, way = dossier.texts(tx, wanted), dossier.kept(tx, wanted), dossier.way(tx, wanted)
            others = {r.id: notices.get(tx, r.id).title for r in found.related}
    except UnknownNotice:
        raise HTTPException(404) from None
    view, names = View.of(request), context.catalogue.called
    return page(
        view,
        "notice.html",
        n=shown(found),
        verdict=found.verdict,
        lines=annotated(found),
        url=http_url(found.url),
        sightings=sighted(found, names),
        via=found.origin.via,
        revisions=revised(found, texts),
        related=[(r, others[r.id]) for r in found.related],
        kept=kept,
        passages=[told(p) for p in way],
        deliveries=sent,
        cap=context.settings.cap.sender and is_alert(found),
    )


def annotated(notice: Notice) -> list[list[marks.Piece]]:
    """The lines of a notice, cut where a reason's sentence begins and ends; its marks are the reasons' numbers."""
    because = [r.because for r in notice.verdict.reasons]
    lines = [line for line in notice.body.splitlines() if line.strip()]
    return [marks.pieces(line, marks.quoted(line, because)) for line in lines]


def revised(notice: Notice, texts: list[Text]) -> list[dict[str, Any]]:
    """The revisions, newest first, each with the two texts side by side where they are not too long for that."""
    pairs = list(itertools.pairwise(texts))
    made = []
    for n, revision in reversed(list(enumerate(notice.revisions))):
        lines = []
        if n < len(pairs) and n >= len(notice.revisions) - _MOST_COMPARED:
            old, new = (text.whole for text in pairs[n])
            if max(len(old), len(new)) <= _LONGEST_COMPARED and old != new:
                lines = beside(old, new)
        made.append(
            {
                "number": n + 1,
                "at": revision.seen,
                "material": revision.material,
                "summary": revision.summary,
                "lines": lines,
                "before": pairs[n][0].seen if n < len(pairs) else notice.first_seen,
            }
        )
    return made


def told(passage: Passage) -> dict[str, Any]:
    """When a notice passed each stage on its way to a hook, and how long each leg took."""
    precise = passage.published and passage.precision in ("minute", "second")
    return {
        "hook": passage.hook,
        "published": datetime.fromisoformat(passage.published).timestamp() if precise and passage.published else None,
        "seen": passage.seen,
        "queued": passage.queued,
        "delivered": passage.delivered,
        "legs": dict(legs(passage)),
    }
