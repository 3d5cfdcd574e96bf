"""A page that was kept as evidence, shown as it was without letting it do anything: no script, no form, no load."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from crawler.exceptions import UnknownNotice
from crawler.reading.charset import decode
from crawler.store.evidence import captures
from feeds.web.context import context_of

POLICY = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; frame-ancestors 'self'"
)
"""The sandbox also keeps a page from leading itself elsewhere (meta refresh), as HTML says of automatic features."""
_SHOWN = ("text/html", "application/xhtml+xml")


def capture(request: Request) -> Response:
    """The bytes of a capture as a page, or as text where they are none."""
    context = context_of(request)
    with context.store.read() as tx:
        try:
            kept = captures.load(tx, request.path_params["id"], context.settings.evidence_dir)
        except UnknownNotice:
            raise HTTPException(404) from None
    text = decode(kept.body, kept.declared_charset)
    kind = "text/html" if kept.content_type.partition(";")[0].strip().lower() in _SHOWN else "text/plain"
    response = Response(text.encode("utf-8", "replace"), media_type=f"{kind}; charset=utf-8")
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Cache-Control"] = "private, max-age=3600"
    return response
