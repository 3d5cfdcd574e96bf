"""What other systems exchange: one notice as CAP, many with the indicators they name as STIX and as a MISP feed."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from crawler.config.catalogue import Catalogue, host_of
from crawler.exceptions import UnknownNotice
from crawler.store.wire import notices
from crawler.store.wire.notices import Query
from feeds import channels
from feeds.channels import MAIN
from feeds.entries import Imprint, is_alert
from feeds.formats import cap, misp, stix
from feeds.indicators import indicators
from feeds.web.context import Context, context_of
from feeds.web.documents import Document, respond
from feeds.web.questions import MOST, query_of


def cap_alert(request: Request) -> Response:
    """A notice as a CAP 1.2 alert, where the configuration says who speaks."""
    context = context_of(request)
    try:
        with context.store.read() as tx:
            found = notices.get(tx, request.path_params["id"])
            imprint = channels.imprint_of(tx, context.settings, context.catalogue)
    except UnknownNotice:
        raise HTTPException(404) from None
    if not context.settings.cap.sender or not is_alert(found):
        raise HTTPException(404)
    return _answer(cap.write(found, context.settings.cap, imprint), found.updated, cap.MEDIA_TYPE, request)


def stix_bundle(request: Request) -> Response:
    """The notices that alert, as a STIX bundle; narrowed as any feed."""
    imprint, found = _named(request, channels.both(MAIN["alerts"].query, query_of(request.query_params)))
    newest = max((n.updated for n, _ in found), default=0.0)
    return _answer(stix.write(found, imprint), newest, stix.MEDIA_TYPE, request)


def misp_file(request: Request) -> Response:
    """A file of the MISP feed."""
    imprint, found = _named(request, Query(alertable=True, limit=MOST))
    newest = max((n.updated for n, _ in found), default=0.0)
    body = misp.write(request.path_params["name"], found, imprint)
    if body is None:
        raise HTTPException(404)
    kind = "text/csv; charset=utf-8" if request.path_params["name"].endswith(".csv") else "application/json"
    return _answer(body, newest, kind, request)


def _named(request: Request, query: Query | None) -> tuple[Imprint, stix.Named]:
    """The notices that are wanted, each with the indicators it names."""
    context = context_of(request)
    with context.store.read() as tx:
        imprint = channels.imprint_of(tx, context.settings, context.catalogue)
        found = notices.search(tx, query) if query else []
    own = own_hosts(context.catalogue)
    return imprint, [(n, indicators(n, own)) for n in found]


def own_hosts(catalogue: Catalogue) -> frozenset[str]:
    """The hosts of every publisher we know."""
    addresses = [s.homepage for s in catalogue.sources.values()] + [c.url for c in catalogue.columns.values()]
    return frozenset(host for address in addresses if address and (host := host_of(address)))


def _answer(body: bytes, modified: float, media_type: str, request: Request) -> Response:
    context: Context = context_of(request)
    document = Document.of(body, modified, media_type, dated=False)
    private = bool(context.settings.read_token)
    return respond(document, request.headers, head=request.method == "HEAD", private=private)
