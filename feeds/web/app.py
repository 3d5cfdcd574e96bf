"""The web application: the table of routes behind the gate, and what is said when something goes wrong."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path

import structlog
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from crawler.configuration import Configuration
from crawler.exceptions import FenghuoError, StoreError
from crawler.store import Store
from feeds.languages import Word
from feeds.web import metrics
from feeds.web.context import Context
from feeds.web.gate import API, MOST_BODY, SECURITY_HEADERS, SLOWEST_BODY, Gate, TooLong, TooSlow, check_exposure
from feeds.web.problems import problem, status_of
from feeds.web.routes import STATIC, TABLE
from feeds.web.routing import needed, routes
from feeds.web.sessions import make_key
from feeds.web.status import DaemonStatus
from feeds.web.unchanged import Unchanged
from feeds.web.view import View, page

_FOR_MACHINES = ("/feeds", "/hub", API, "/metrics", "/healthz", "/.well-known/", STATIC)
_NOT_FOUND = Word("There is no such page")
_NOT_FOUND_HINT = Word("The address may be wrong, or this notice is not known here.")
_REFUSED = Word("This was not done")
_REFUSED_HINT = Word("Go back, correct what is named here, and try again.")
_FAILED = Word("The page cannot be shown just now")
_FAILED_HINT = Word("Watching and delivering go on; the log has the details.")
log = structlog.get_logger(__name__)


def create_app(
    configuration: Configuration, store: Store, status: DaemonStatus, *, now: Callable[[], float] = time.time
) -> Starlette:
    """The application.  Raises ConfigError when it would serve other machines without a token, StoreError."""
    check_exposure(configuration.settings)
    context = Context(configuration, store, status, make_key(store), now)
    static = Mount(STATIC.rstrip("/"), StaticFiles(directory=Path(__file__).parent / "static"))
    app = Starlette(
        routes=[*routes(TABLE), static],
        middleware=[
            Middleware(Unchanged, context=context),
            Middleware(Gate, context=context, needed=needed(TABLE, [STATIC]), shown=_helped),
        ],
        exception_handlers={
            HTTPException: _refused,
            StoreError: _store_failed,
            FenghuoError: _not_done,
            TooLong: _too_much,
            TooSlow: _too_much,
            Exception: _failed,
        },
    )
    app.router.redirect_slashes = False  # it would put the Host that was sent into an answer
    app.state.context, app.state.table = context, TABLE
    app.state.registry = metrics.registry(context)
    return app


def _refused(request: Request, error: Exception) -> Response:
    """A wrong address or a wrong question."""
    code = error.status_code if isinstance(error, HTTPException) else 500
    detail = error.detail if isinstance(error, HTTPException) else ""
    if request.url.path.startswith(API):
        return problem(code, detail, headers=getattr(error, "headers", None))
    if request.url.path.startswith(_FOR_MACHINES):
        return PlainTextResponse(f"{detail}\n", code, getattr(error, "headers", None))
    if code == 404:
        return page(View.of(request), "error.html", status=404, headline=_NOT_FOUND, hint=_NOT_FOUND_HINT, detail="")
    return _helped(request, code, detail, getattr(error, "headers", None))


def _helped(request: Request, code: int, detail: str, headers: Mapping[str, str] | None = None) -> Response:
    """The page that says what was wrong, and where to go on."""
    response = page(View.of(request), "error.html", status=code, headline=_REFUSED, hint=_REFUSED_HINT, detail=detail)
    response.headers.update(headers or {})
    return response


def _not_done(request: Request, error: Exception) -> Response:
    """What was asked for cannot be done; the error says why."""
    code = status_of(error) if isinstance(error, FenghuoError) else 500
    if request.url.path.startswith(API):
        return problem(code, str(error))
    if request.url.path.startswith(_FOR_MACHINES):
        return PlainTextResponse(f"{error}\n", code)
    return _helped(request, code, str(error))


def _too_much(request: Request, error: Exception) -> Response:
    """A body that is too long, or is sent too slowly; the connection ends with the answer."""
    long = isinstance(error, TooLong)
    detail = f"longer than {MOST_BODY} bytes" if long else f"not sent within {SLOWEST_BODY:g} s"
    headers = {"Connection": "close"}
    if request.url.path.startswith(API):
        return problem(413 if long else 408, detail, headers=headers)
    return PlainTextResponse(f"{detail}\n", 413 if long else 408, headers)


def _store_failed(request: Request, error: Exception) -> Response:
    """The database refuses just now: 503, no stack trace."""
    log.error("web.store", path=request.url.path, error=str(error))
    return _broken(request, 503)


def _failed(request: Request, error: Exception) -> Response:
    """A bug: the log has it, the reader does not.  This answer does not pass the gate, so it has its headers here."""
    log.error("web.failed", path=request.url.path, exc_info=error)
    response = _broken(request, 500)
    response.headers.update(SECURITY_HEADERS)
    return response


def _broken(request: Request, status: int) -> Response:
    if request.url.path.startswith(API):
        return problem(status, "the log says more")
    view = View.of(request)
    if request.url.path.startswith(_FOR_MACHINES):
        return PlainTextResponse(f"{_FAILED.of(view.language)}\n", status)
    return page(view, "error.html", status=status, headline=_FAILED, hint=_FAILED_HINT, detail="")
