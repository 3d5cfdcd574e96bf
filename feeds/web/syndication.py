"""/feeds/…: the files as they were written, their archives, and the same feeds narrowed by a query."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import quote

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from crawler.config.settings import Settings
from crawler.store.wire import publications
from feeds import channels
from feeds.channels import Channel
from feeds.entries import Feed
from feeds.formats import FORMATS, opml, render
from feeds.languages import language_named
from feeds.publish import archive, keep
from feeds.web.context import Context, context_of
from feeds.web.documents import MAX_AGE, Document, respond
from feeds.web.questions import query_of
from feeds.web.tickets import ticket, without_token

_QUERY_SAFE = "=&%+,:;@/?!$'()*~-._"
log = structlog.get_logger(__name__)
_NEVER_CHANGES = 30 * 86400  # seconds for which an archive need not be asked for again


async def feed(request: Request) -> Response:
    """A feed, or a part of its archive: ``/feeds/{path}.{suffix}``, ``/feeds/{path}/{part}.{suffix}``."""
    context = context_of(request)
    path, _, suffix = request.path_params["path"].rpartition(".")
    channel, part = _named(path, context)
    if suffix not in FORMATS or not channel:
        raise HTTPException(404)
    if part:
        return await run_in_threadpool(_archived, context, channel, part, suffix, request)
    query = quote(without_token(request.scope["query_string"].decode("latin-1")), safe=_QUERY_SAFE)
    document = None
    if not query:
        document = context.files.get(context.folder, f"{channel.path}.{suffix}", FORMATS[suffix].media_type)
    if document is None:
        document = await run_in_threadpool(_render, context, channel, suffix, request, query)
    return _answer(context, document, request, links=_links(context, channel, suffix, query))


def feed_list(request: Request) -> Response:
    """Every feed, as OPML; where readers need a token, each with its own."""
    context = context_of(request)
    settings, language = context.settings, _language(request)
    with context.store.read() as tx:
        found = channels.directory(tx, context.catalogue)
    groups = [
        (
            group.of(language) if language else group.both,
            [(c.titled(language) if language else c.title, _address(c.path, settings)) for c in members],
        )
        for group, members in found
    ]
    body = opml.write(channels.NAME.both, f"{settings.base_url}/", groups)
    return _answer(context, Document.of(body, 0, opml.MEDIA_TYPE, dated=False), request)


def _address(path: str, settings: Settings) -> str:
    return f"{settings.base_url}/feeds/{path}.atom{ticket(settings.read_token, path)}"


def _language(request: Request) -> str:
    """The language that was asked for; "" for none: then both."""
    return language_named(request.query_params.get("lang")) or ""


def _named(path: str, context: Context) -> tuple[Channel | None, str]:
    """The channel that ``path`` names, and the part of its archive."""
    if found := _channel(path, context):
        return found, ""
    path, _, part = path.rpartition("/")
    if not publications.is_part(part) or path == "health":  # of what is broken there is no archive
        return None, ""
    return _channel(path, context), part


def _channel(path: str, context: Context) -> Channel | None:
    if path == channels.CAP.path and context.settings.cap.sender:
        return channels.CAP
    return channels.channel(path, context.catalogue)


def _render(context: Context, channel: Channel, suffix: str, request: Request, query: str) -> Document:
    with context.store.read() as tx:
        imprint = channels.imprint_of(tx, context.settings, context.catalogue)
        if query:
            narrow = query_of(request.query_params)
            found = channels.narrowed(tx, channel, imprint, narrow, query, _language(request))
        else:
            found = channels.load(tx, channel, imprint)
    return _document(found, suffix)


def _archived(context: Context, channel: Channel, part: str, suffix: str, request: Request) -> Response:
    """A part of a feed.  Once closed it is written down when it is first asked for, and stays as it is then."""
    path = f"{archive(context.settings)}/{channel.path}/{part}.{suffix}"
    document = context.files.get(context.folder, path, FORMATS[suffix].media_type)
    if document:
        return _answer(context, document, request, max_age=_NEVER_CHANGES)
    with context.store.read() as tx:
        if not publications.has(tx, replace(channel.query, part=part)):
            raise HTTPException(404)
        imprint = channels.imprint_of(tx, context.settings, context.catalogue)
        found = channels.load(tx, channel, imprint, part)
    document = _document(found, suffix)
    if not found.chain.closed:
        return _answer(context, document, request)
    try:
        kept = keep(context.folder / path, document.body)
    except OSError as e:  # a full disk: it is served all the same, and kept another time
        log.error("archive.not_kept", path=path, error=str(e))
        return _answer(context, document, request)
    document = Document.of(kept, document.modified, document.media_type, dated=False)
    return _answer(context, document, request, max_age=_NEVER_CHANGES)


def _document(found: Feed, suffix: str) -> Document:
    """As its bytes may change without its date (an entry that no longer fits takes its own with it), not dated."""
    body, _ = render(found, suffix)
    return Document.of(body, found.updated.timestamp(), FORMATS[suffix].media_type, dated=False)


def _links(context: Context, channel: Channel, suffix: str, query: str) -> str:
    """The Link header by which a subscriber finds the hub (WebSub, section 4)."""
    if query or not channel.written or not context.settings.hub:
        return ""
    topic = f"{context.settings.base_url}/feeds/{channel.path}.{suffix}"
    return f'<{context.settings.hub}>; rel="hub", <{topic}>; rel="self"'


def _answer(
    context: Context, document: Document, request: Request, *, links: str = "", max_age: int = MAX_AGE
) -> Response:
    private = bool(context.settings.read_token)
    response = respond(document, request.headers, head=request.method == "HEAD", private=private, max_age=max_age)
    if links:
        response.headers["Link"] = links
    if "+xml" in response.headers.get("Content-Type", "") and is_browser(request.headers):
        response.headers["Content-Type"] = "application/xml; charset=utf-8"
    return response


def is_browser(headers: Mapping[str, str]) -> bool:
    """Whether a person looks.  Browsers apply a feed's style sheet only when it calls itself XML and no feed."""
    if dest := headers.get("sec-fetch-dest"):
        return dest == "document"
    accept = headers.get("accept", "")
    return accept.startswith("text/html") and "rss" not in accept and "atom" not in accept
