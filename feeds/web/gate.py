"""The gate before every page: which hosts we answer to, who may read, and headers that keep a page from acting."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from collections.abc import Callable
from functools import lru_cache
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from crawler.config import Settings
from crawler.exceptions import ConfigError
from crawler.store.publications import is_part

SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",  # an address may carry a token
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_RAW_HEADERS = [(name.lower().encode(), value.encode()) for name, value in SECURITY_HEADERS.items()]
COOKIE = "fenghuo_read"
_COOKIE_SECONDS = 30 * 86400
_OPEN_TO_ALL = ("/healthz", "/static/", "/hub")  # probes and style sheets know no token; the hub asks for a topic's
_FEEDS = "/feeds/"
_FOR_MACHINES = ("/feeds", "/api/", "/metrics")  # they keep the token in the address; a browser gets a cookie


def check_exposure(settings: Settings) -> None:
    """Refuse to serve other machines without a token.  Raises ConfigError."""
    if not settings.read_token and not _is_loopback(settings.host):
        raise ConfigError(
            f"listen = {settings.listen!r} serves other machines: set read_token, or listen on 127.0.0.1 behind a proxy"
        )


class Gate:
    """ASGI middleware; the settings are asked for at each request, since they may have been reloaded."""

    def __init__(self, app: ASGIApp, settings: Callable[[], Settings]) -> None:
        self._app = app
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass the request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        answer = decide(scope, self._settings()) or self._app
        await answer(scope, receive, _with_security_headers(send))


def decide(scope: Scope, settings: Settings) -> Response | None:
    """The answer of the gate itself, or None to let the request through."""
    headers = Headers(scope=scope)
    if not host_allowed(headers.get("host", ""), settings.host, settings.base_url):
        return PlainTextResponse("unknown host: set base_url to the address that readers use\n", 400)
    if scope["path"].startswith(_OPEN_TO_ALL):
        return None
    if not settings.read_token:
        return None if _is_loopback((scope.get("client") or ("127.0.0.1",))[0]) else not_found()
    return _decide_by_token(scope, headers, settings)


def not_found() -> Response:
    """What a stranger sees: the same, whether a page exists or not."""
    return PlainTextResponse("not found\n", 404)


@lru_cache(maxsize=64)
def host_allowed(host: str, listen: str, base_url: str) -> bool:
    """Whether a Host header names us; anything else is a rebinding attack or a cache that would be poisoned."""
    try:
        name = urlsplit(f"//{host}").hostname
    except ValueError:
        return False
    return name in ("localhost", "127.0.0.1", "::1", listen.lower(), urlsplit(base_url).hostname)


def without_token(query: str) -> str:
    """A query string without the token, everything else as it was."""
    return "&".join(p for p in query.split("&") if p and p.partition("=")[0] != "token")


def feed_token(read_token: str, path: str) -> str:
    """What lets a reader into the feed at ``path`` (below /feeds/, without suffix) and its archive, and nowhere else.

    Derived, so that it can be given away: it tells nothing of ``read_token``, and ends when that one is changed.
    """
    return hmac.new(read_token.encode(), f"feed:{path}".encode(), hashlib.sha256).hexdigest()[:32]


def ticket(read_token: str, path: str) -> str:
    """The query by which the feed at ``path`` is read; "" where none is needed."""
    return f"?token={feed_token(read_token, path)}" if read_token else ""


def opens(offered: str, read_token: str, path: str) -> bool:
    """Whether the token ``offered`` opens the document at ``path``, as a whole or for a feed and its archive alone."""
    if not offered or _same(offered, read_token):
        return bool(offered)
    feed = path.removeprefix(_FEEDS).rpartition(".")[0] if path.startswith(_FEEDS) else ""
    above, _, last = feed.rpartition("/")
    whole = above if is_part(last) or above == "misp" else feed  # whose part it is, or one of whose files
    return bool(whole) and _same(offered, feed_token(read_token, whole))


def _decide_by_token(scope: Scope, headers: Headers, settings: Settings) -> Response | None:
    query = scope["query_string"].decode("latin-1")
    offered = dict(parse_qsl(query)).get("token", "")
    if opens(offered, settings.read_token, scope["path"]):
        return None if scope["path"].startswith(_FOR_MACHINES) else _remember(scope["path"], query, settings)
    scheme, _, bearer = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and _same(bearer.strip(), settings.read_token):
        return None
    cookie = cookie_parser(headers.get("cookie", "")).get(COOKIE, "")
    return None if _same(cookie, _stamp(settings)) else not_found()


def _remember(path: str, query: str, settings: Settings) -> Response:
    """Take the token out of the address bar, the history and the referrer: a cookie has it from here on."""
    rest = without_token(query)
    target = quote("/" + path.lstrip("/\\"), safe="/") + (f"?{urlencode(parse_qsl(rest))}" if rest else "")
    response = RedirectResponse(target, 303)
    secure = settings.base_url.startswith("https:")
    response.set_cookie(COOKIE, _stamp(settings), max_age=_COOKIE_SECONDS, httponly=True, samesite="lax", secure=secure)
    return response


def _stamp(settings: Settings) -> str:
    """What the cookie holds: proves the token without being it."""
    return hashlib.sha256(b"fenghuo-read:" + settings.read_token.encode()).hexdigest()


def _same(a: str, b: str) -> bool:
    return hmac.compare_digest(a.encode(), b.encode())


@lru_cache(maxsize=64)
def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _with_security_headers(send: Send) -> Send:
    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message["headers"], *_RAW_HEADERS]
        await send(message)

    return send_with_headers
