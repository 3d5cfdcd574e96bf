"""Logging in with a token of the configuration, and out."""

from __future__ import annotations

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from feeds.web import gate, sessions, tickets
from feeds.web.callers import Role, caller_of, role_by_token
from feeds.web.context import context_of
from feeds.web.forms import form_of
from feeds.web.view import View, page

log = structlog.get_logger("web")


def form(request: Request) -> Response:
    """The form that asks for a token."""
    return _shown(request, status=200, wrong=False, following=request.query_params.get("next", "/"))


async def log_in(request: Request) -> Response:
    """Begin a session for whoever knows a token."""
    context, address = context_of(request), caller_of(request).address
    if wait := context.throttle.wait(address):
        raise HTTPException(429, gate.TOO_MANY, gate.wait_for(wait))
    said = form_of(request)
    role = role_by_token(said.get("token", "").strip(), context.settings, "")
    if role is Role.ANYONE:
        context.throttle.failed(address)
        log.warning("login failed", address=address)
        return _shown(request, status=403, wrong=True, following=said.get("next", "/"))
    path, _, query = said.get("next", "/").partition("?")
    response = RedirectResponse(tickets.local(path, query), 303)
    who = await run_in_threadpool(sessions.log_in, context.store, sessions.visitor_of(request), role, context.now())
    sessions.give(response, who, context.settings)
    log.info("logged in", role=role.name.lower(), address=address)
    return response


async def log_out(request: Request) -> Response:
    """End the session, here and wherever its cookie was copied to."""
    await run_in_threadpool(sessions.log_out, context_of(request).store, sessions.visitor_of(request))
    response = RedirectResponse("/", 303)
    response.delete_cookie(sessions.COOKIE, httponly=True, samesite="lax")
    response.delete_cookie(tickets.COOKIE, httponly=True, samesite="lax")
    return response


def _shown(request: Request, *, status: int, wrong: bool, following: str) -> Response:
    view, token = View.of(request), sessions.visitor_of(request).token
    return page(view, "login.html", status=status, wrong=wrong, following=following, csrf=token)
