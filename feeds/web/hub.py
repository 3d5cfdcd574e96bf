"""/hub: our own WebSub hub, when ``websub.embedded`` is on; feeds are its topics, subscribers verify their intent."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qs, parse_qsl, urlsplit

import structlog
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from crawler.store.delivery import subscriptions
from feeds import channels, websub
from feeds.alerts.wire import Wire, redacted
from feeds.formats import FORMATS
from feeds.web.callers import Role, caller_of
from feeds.web.context import Context, context_of
from feeds.web.tickets import opens

_MOST_FORM = 8192  # bytes
_LONGEST_CALLBACK, _LONGEST_SECRET = 1000, 199  # characters, bytes (section 5.1)
MOST_SUBSCRIPTIONS = 5000
MOST_VERIFIED_AT_ONCE = 16
log = structlog.get_logger("websub")


@dataclass(frozen=True, slots=True)
class Asked:
    """A subscriber's request, checked."""

    mode: str
    topic: str  # path and suffix of a feed
    url: str  # the topic as the subscriber wrote it
    callback: str
    secret: str
    lease: int  # seconds


async def subscribe(request: Request) -> Response:
    """Take a request to subscribe or unsubscribe; whether it is meant is asked after the answer."""
    context = context_of(request)
    closed = not context.settings.read_token and caller_of(request).role < Role.READ  # no topic has a token to ask for
    if closed or not context.settings.websub.embedded:
        raise HTTPException(404)
    asked = _checked(await _form(request), context)
    if len(context.verifying) >= MOST_VERIFIED_AT_ONCE or await run_in_threadpool(_is_full, context):
        return PlainTextResponse("too many subscribers\n", 503, {"Retry-After": "60"})
    return PlainTextResponse("to be verified\n", 202, background=BackgroundTask(_verify, context, asked))


async def _form(request: Request) -> dict[str, str]:
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > _MOST_FORM:
            raise HTTPException(413, "too long")
    return {name: values[0] for name, values in parse_qs(body.decode("utf-8", "replace")).items()}


def _checked(form: dict[str, str], context: Context) -> Asked:
    """The request that ``form`` makes.  Raises HTTPException 400 with one line."""
    mode, url, callback = (form.get(f"hub.{name}", "") for name in ("mode", "topic", "callback"))
    if mode not in ("subscribe", "unsubscribe"):
        raise HTTPException(400, "hub.mode: write subscribe or unsubscribe")
    if not (topic := _topic(url, context)):
        raise HTTPException(400, "hub.topic: is none of the feeds that name this hub")
    if not _is_callback(callback):
        raise HTTPException(400, f"hub.callback: write an http(s) address of at most {_LONGEST_CALLBACK} characters")
    secret = form.get("hub.secret", "")
    if len(secret.encode()) > _LONGEST_SECRET:
        raise HTTPException(400, f"hub.secret: longer than {_LONGEST_SECRET} bytes")
    wanted = form.get("hub.lease_seconds", "")
    lease = int(wanted[:9]) if wanted.isascii() and wanted.isdigit() else websub.LONGEST_LEASE
    lease = min(max(lease, websub.SHORTEST_LEASE), websub.LONGEST_LEASE)
    return Asked(mode, topic, url, callback, secret, lease)


def _topic(url: str, context: Context) -> str:
    """The feed that ``url`` names, if it is one whose changes are pushed and the address opens it; else ""."""
    address, _, query = url.partition("?")
    root = f"{context.settings.base_url}/feeds/"
    topic = address.removeprefix(root)
    path, _, suffix = topic.rpartition(".")
    channel = channels.channel(path, context.catalogue)
    if not address.startswith(root) or suffix not in FORMATS or not channel or not channel.written:
        return ""
    token, rest = context.settings.read_token, dict(parse_qsl(query))
    offered = rest.pop("token", "")
    return "" if rest or (token and not opens(offered, token, f"/feeds/{topic}")) else topic


def _is_callback(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and len(url) <= _LONGEST_CALLBACK
    except ValueError:
        return False


def _is_full(context: Context) -> bool:
    with context.store.read() as tx:
        return subscriptions.count(tx) >= MOST_SUBSCRIPTIONS


async def _verify(context: Context, asked: Asked) -> None:
    """Ask the callback whether it is meant, and do as it says."""
    context.verifying.add(asked)
    try:
        async with Wire(context.settings) as wire:
            meant = await websub.intends(wire, asked.callback, asked.mode, asked.url, asked.lease)
    finally:
        context.verifying.discard(asked)
    if meant:
        await run_in_threadpool(_carry_out, context, asked)
    log.info(asked.mode, topic=asked.topic, by=redacted(asked.callback), verified=meant)


def _carry_out(context: Context, asked: Asked) -> None:
    with context.store.begin() as tx:
        if asked.mode == "subscribe":
            until = context.now() + asked.lease
            subscriptions.put(tx, asked.topic, asked.callback, asked.secret, until)
        else:
            subscriptions.drop(tx, asked.topic, asked.callback)
