"""The web application: which address leads where."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import structlog
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from crawler.configuration import Configuration
from crawler.exceptions import StoreError
from crawler.store import Store
from feeds.languages import Word
from feeds.web import api, exchange, hub, metrics, pages, syndication
from feeds.web.context import Context
from feeds.web.gate import SECURITY_HEADERS, Gate, check_exposure
from feeds.web.status import DaemonStatus
from feeds.web.view import View, page

_FOR_MACHINES = ("/feeds", "/hub", "/api/", "/metrics", "/healthz", "/static/")
_NOT_FOUND = Word("There is no such page")
_NOT_FOUND_HINT = Word("The address may be wrong, or this notice is not known here.")
_FAILED = Word("The page cannot be shown just now")
_FAILED_HINT = Word("Watching and delivering go on; the log has the details.")
log = structlog.get_logger(__name__)


def create_app(
    configuration: Configuration, store: Store, status: DaemonStatus, *, now: Callable[[], float] = time.time
) -> Starlette:
    """The application.  Raises ConfigError when it would serve other machines without a token."""
    check_exposure(configuration.settings)
    context = Context(configuration, store, status, now)
    app = Starlette(
        routes=_routes(),
        middleware=[Middleware(Gate, settings=lambda: configuration.settings)],
        exception_handlers={HTTPException: _refused, StoreError: _store_failed, Exception: _failed},
    )
    app.state.context = context
    app.state.registry = metrics.registry(context)
    return app


def _routes() -> list[Route | Mount]:
    return [
        Route("/feeds/stix.json", exchange.stix_bundle),
        Route("/feeds/misp/{name}", exchange.misp_file),
        Route("/feeds/{path:path}", syndication.feed),
        Route("/feeds.opml", syndication.feed_list),
        Route("/hub", hub.subscribe, methods=["POST"]),
        Route("/", pages.overview),
        Route("/notices/{id}.cap", exchange.cap_alert),
        Route("/notices/{id}", pages.notice),
        Route("/sources", pages.sources),
        Route("/deliveries", pages.deliveries),
        Route("/api/v1/notices", api.list_notices),
        Route("/api/v1/notices/{id}", api.one_notice),
        Route("/api/v1/sources", api.list_sources),
        Route("/api/v1/coverage", api.coverage),
        Route("/api/v1/deliveries", api.list_deliveries),
        Route("/api/v1/health", api.health),
        Route("/healthz", api.healthz),
        Route("/metrics", metrics.metrics),
        Mount("/static", StaticFiles(directory=Path(__file__).parent / "static")),
    ]


def _refused(request: Request, error: Exception) -> Response:
    """A wrong address or a wrong question."""
    code = error.status_code if isinstance(error, HTTPException) else 500
    detail = error.detail if isinstance(error, HTTPException) else ""
    if code != 404 or request.url.path.startswith(_FOR_MACHINES):
        return PlainTextResponse(f"{detail}\n", code, getattr(error, "headers", None))
    view = View.of(request)
    return page(view, "error.html", status=404, headline=_NOT_FOUND, hint=_NOT_FOUND_HINT)


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
    view = View.of(request)
    if request.url.path.startswith(_FOR_MACHINES):
        return PlainTextResponse(f"{_FAILED.of(view.language)}\n", status)
    return page(view, "error.html", status=status, headline=_FAILED, hint=_FAILED_HINT)
