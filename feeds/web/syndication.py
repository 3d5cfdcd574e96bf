"""/feeds/…: the files as they were written, and the same feeds narrowed by a query, rendered on demand."""

from __future__ import annotations

from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from feeds import channels
from feeds.formats import FORMATS, opml, render
from feeds.web.context import Context, context_of
from feeds.web.documents import Document, respond
from feeds.web.gate import without_token
from feeds.web.questions import query_of

_QUERY_SAFE = "=&%+,:;@/?!$'()*~-._"


async def feed(request: Request) -> Response:
    """A feed: ``/feeds/{path}.{suffix}``."""
    context = context_of(request)
    path, _, suffix = request.path_params["path"].rpartition(".")
    if suffix not in FORMATS or not (channel := channels.channel(path, context.catalogue)):
        raise HTTPException(404)
    query = quote(without_token(request.scope["query_string"].decode("latin-1")), safe=_QUERY_SAFE)
    document = None
    if not query:
        document = context.files.get(context.folder, f"{channel.path}.{suffix}", FORMATS[suffix].media_type)
    if document is None:
        document = await run_in_threadpool(_render, context, channel, suffix, request, query)
    return _answer(context, document, request)


async def feed_list(request: Request) -> Response:
    """Every feed, as OPML."""
    context = context_of(request)
    base = context.settings.base_url
    groups = [
        (name.both, [(c.title, f"{base}/feeds/{c.path}.atom") for c in found])
        for name, found in channels.directory(context.catalogue)
    ]
    body = opml.write("烽火 Fenghuo", f"{base}/", groups)
    return _answer(context, Document.of(body, 0, opml.MEDIA_TYPE, dated=False), request)


def _render(context: Context, channel: channels.Channel, suffix: str, request: Request, query: str) -> Document:
    narrow = query_of(request.query_params)
    with context.store.read() as tx:
        imprint = channels.imprint_of(tx, context.settings, context.catalogue)
        found = channels.load(tx, channel, imprint, narrow=narrow, query=query)
    body, _ = render(found, suffix)
    # an entry that is revised until it no longer fits the query takes its date with it
    return Document.of(body, found.updated.timestamp(), FORMATS[suffix].media_type, dated=False)


def _answer(context: Context, document: Document, request: Request) -> Response:
    private = bool(context.settings.read_token)
    return respond(document, request.headers, head=request.method == "HEAD", private=private)
