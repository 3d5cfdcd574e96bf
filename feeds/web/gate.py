"""The gate before every page: which hosts we answer to, who may pass, how much may be sent, and what a page may do."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import Request, cookie_parser
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from crawler.config.settings import Settings
from crawler.exceptions import ConfigError, StoreError
from feeds.web import sessions
from feeds.web.callers import Caller, Role, client_address, is_loopback, raised, role_by_address, role_by_token
from feeds.web.problems import problem
from feeds.web.tickets import follows_link, local, offered_by, opens, remember

if TYPE_CHECKING:
    from feeds.web.context import Context

SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",  # an address may carry a token
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
Shown = Callable[[Request, int, str, Mapping[str, str] | None], Response]
_RAW_HEADERS = [(name.lower().encode(), value.encode()) for name, value in SECURITY_HEADERS.items()]
TOO_MANY = "too many wrong tokens; try again later"
MOST_BODY = 1_000_000  # bytes
MOST_HEADERS = 65_536  # bytes
SLOWEST_BODY = 10.0  # seconds until a request has been sent
SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
_FOR_MACHINES = ("/feeds", "/hub", "/api/", "/metrics", "/healthz")  # a browser is led to the login, a program is not
API = "/api/"
_OF_OTHERS = "/hub"  # where strangers' programs post, and no browser of ours


def check_exposure(settings: Settings) -> None:
    """Refuse to serve other machines without a token.  Raises ConfigError."""
    if not (settings.read_token or settings.admin_token or is_loopback(settings.host)):
        raise ConfigError(
            f"listen = {settings.listen!r} serves other machines: set read_token or admin_token, "
            "or listen on 127.0.0.1 behind a proxy"
        )


class Gate:
    """ASGI middleware; the settings are asked for at each request, since they may have been reloaded.

    ``needed``: the role that a method and path need, by the table of routes.  ``shown``: the page that tells a reader
    of a refusal, as (request, status, detail, headers).
    """

    def __init__(self, app: ASGIApp, context: Context, needed: Callable[[str, str], Role], shown: Shown) -> None:
        self._app, self._context, self._needed, self._shown = app, context, needed, shown

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass the request on with who sent it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers, settings = Headers(scope=scope), self._context.settings
        cookie = cookie_parser(headers.get("cookie", "")).get(sessions.COOKIE, "")
        who = sessions.visitor(cookie, sessions.signing(self._context.key, settings))
        send = _with_headers(send, who, settings)
        answer = _unacceptable(scope, headers, settings) or await self._judged(scope, headers, who)
        if isinstance(answer, _Refusal) and "caller" in scope.get("state", {}) and _reads(scope["path"], headers):
            answer = self._shown(Request(scope), answer.status_code, answer.detail, answer.more)
        await (answer or self._app)(scope, _bounded(receive), send)

    async def _judged(self, scope: Scope, headers: Headers, who: sessions.Visitor) -> Response | None:
        """Find out who asks; the answer that keeps them out, or None."""
        settings = self._context.settings
        address = client_address((scope.get("client") or ("127.0.0.1",))[0], headers, settings.proxies)
        if _bearer(headers) and (wait := self._context.throttle.wait(address)):
            return _said(scope["path"], 429, TOO_MANY, wait_for(wait))
        try:
            caller = await self._caller(scope, headers, address, who)
        except StoreError:
            return _said(scope["path"], 503, "the database cannot be read; try again")
        scope.setdefault("state", {}).update({"caller": caller, "visitor": who})
        return _admitted(scope, headers, caller, self._needed(scope["method"], scope["path"]), settings)

    async def _caller(self, scope: Scope, headers: Headers, address: str, who: sessions.Visitor) -> Caller:
        settings, now = self._context.settings, self._context.now()
        if token := _bearer(headers):
            role = role_by_token(token, settings, address)
            if role is not Role.ANYONE or settings.read_token or settings.admin_token:
                if role is Role.ANYONE:
                    self._context.throttle.failed(address)
                return Caller(address, role, "bearer")
        if not who.fresh:  # readers of feeds have no cookie, and need no thread
            role = await run_in_threadpool(sessions.role_of, self._context.store, who, now)
            if role is not Role.ANYONE:
                return Caller(address, raised(role, address, settings), "session")
        if follows_link(scope["query_string"].decode("latin-1"), headers, settings):
            return Caller(address, raised(Role.READ, address, settings), "link")
        return Caller(address, role_by_address(address, settings), "address")


def _unacceptable(scope: Scope, headers: Headers, settings: Settings) -> Response | None:
    """The answer to what we take from nobody: a name that is not ours, a body that is too long."""
    if not host_allowed(headers.get("host", ""), settings.host, settings.base_url):
        return PlainTextResponse("unknown host: set base_url to the address that readers use\n", 400)
    if sum(len(name) + len(value) for name, value in scope["headers"]) > MOST_HEADERS:
        return _said(scope["path"], 431, f"headers longer than {MOST_HEADERS} bytes")
    length = headers.get("content-length", "0")
    if not (length.isascii() and length.isdigit()) or int(length[:12]) > MOST_BODY:
        return _said(scope["path"], 413, f"longer than {MOST_BODY} bytes")
    return _said(scope["path"], 404, "not found") if "\0" in scope["path"] else None


def _admitted(scope: Scope, headers: Headers, caller: Caller, needed: Role, settings: Settings) -> Response | None:
    """None where ``caller`` may pass; else what they are told, which to a stranger is nothing."""
    path, method, query = scope["path"], scope["method"], scope["query_string"].decode("latin-1")
    if caller.role >= needed:
        if caller.by == "link" and method in ("GET", "HEAD") and "token=" in query:
            return None if path.startswith(_FOR_MACHINES) else remember(path, query, settings)
        return _forged(scope, headers, caller, settings)
    if needed is Role.READ and settings.read_token and opens(offered_by(query), settings.read_token, path):
        return None
    if path.startswith(API):
        if caller.role is Role.ANYONE or caller.by == "address":
            return problem(401, "send Authorization: Bearer and a token", headers={"WWW-Authenticate": "Bearer"})
        return problem(403, "this needs the admin_token")
    if method in SAFE and _reads(path, headers) and (settings.read_token or settings.admin_token):
        return RedirectResponse(f"/login?{urlencode({'next': local(path, query)})}", 303)
    return not_found() if caller.role is Role.ANYONE else _said(path, 403, "this needs the admin_token")


def _forged(scope: Scope, headers: Headers, caller: Caller, settings: Settings) -> Response | None:
    """The answer to what another site has a browser send in its user's name; None for everything else.

    A token in a header is sent on purpose.  A cookie, or being on this machine, is not: then the browser must say that
    the request is ours, where it says anything, and what it posts to the API must be JSON, which no form can send.
    A form's own token is looked at where the form is read.
    """
    path = scope["path"]
    if scope["method"] in SAFE or path == _OF_OTHERS:
        return None
    if path.startswith(API) and scope["method"] == "POST" and not _is_json(headers):
        return problem(415, "send Content-Type: application/json")
    if caller.by == "bearer":
        return None
    site, origin = headers.get("sec-fetch-site", "none"), headers.get("origin")
    if origin == "null" and not path.startswith(API):
        origin = None  # so browsers name a page that has them send no referrer; the form's token decides
    if site in ("none", "same-origin") and (origin is None or is_ours(origin, headers.get("host", ""), settings)):
        return None
    return _said(path, 403, "this was sent by another site")


def is_ours(origin: str, host: str, settings: Settings) -> bool:
    """Whether an Origin is the page itself: under the name it was asked by, or under its public one."""
    public = urlsplit(settings.base_url)
    return origin in (f"http://{host}", f"https://{host}", f"{public.scheme}://{public.netloc}")


def wait_for(seconds: float) -> dict[str, str]:
    """The header that says when to try again."""
    return {"Retry-After": str(int(seconds) + 1)}


def _said(path: str, status: int, detail: str, headers: dict[str, str] | None = None) -> Response:
    if path.startswith(API):
        return problem(status, detail, headers=headers)
    return _Refusal(status, detail, headers)


class _Refusal(PlainTextResponse):
    """A refusal in one line, for programs; a reader is shown a page."""

    def __init__(self, status: int, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(f"{detail}\n", status, headers)
        self.detail, self.more = detail, headers


def _reads(path: str, headers: Headers) -> bool:
    """Whether it is a reader who asks, by a browser, and no program."""
    return not path.startswith(_FOR_MACHINES) and "text/html" in headers.get("accept", "")


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


def _bearer(headers: Headers) -> str:
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _is_json(headers: Headers) -> bool:
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    return kind == "application/json"


def _bounded(receive: Receive) -> Receive:
    """The request's body, which may neither be longer nor take longer than is good."""
    got, ends = 0, asyncio.get_running_loop().time() + SLOWEST_BODY
    complete = False

    async def receive_bounded() -> Message:
        nonlocal got, complete
        if complete:
            return await receive()  # waits for the browser to go away
        try:
            async with asyncio.timeout_at(ends):
                message = await receive()
        except TimeoutError:
            raise TooSlow from None
        got += len(message.get("body", b""))
        complete = not message.get("more_body", False)
        if got > MOST_BODY:
            raise TooLong
        return message

    return receive_bounded


class TooLong(Exception):
    """A body goes on beyond `MOST_BODY`."""


class TooSlow(Exception):
    """A body was not sent within `SLOWEST_BODY`."""


def _with_headers(send: Send, who: sessions.Visitor, settings: Settings) -> Send:
    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            said = {name for name, _ in message["headers"]}  # a page of evidence is locked in more tightly
            ours = [header for header in _RAW_HEADERS if header[0] not in said]
            message["headers"] = [*message["headers"], *ours, *_cookie(who, settings)]
        await send(message)

    return send_with_headers


def _cookie(who: sessions.Visitor, settings: Settings) -> list[tuple[bytes, bytes]]:
    """The cookie of a browser that was just shown its first form."""
    if not (who.fresh and who.shown):
        return []
    carrier = Response()
    sessions.give(carrier, who, settings)
    return [(name, value) for name, value in carrier.raw_headers if name == b"set-cookie"]
