"""/.well-known/security.txt: whom to tell of a weakness (RFC 9116), where the configuration names somebody."""

from __future__ import annotations

from datetime import UTC, datetime

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from feeds.web.context import context_of

_HOLDS = 180  # days


def security(request: Request) -> Response:
    """The file, renewed at each midnight."""
    context = context_of(request)
    settings = context.settings
    if not settings.security_contact:
        raise HTTPException(404)
    day = context.now() // 86400 + _HOLDS
    expires = datetime.fromtimestamp(day * 86400, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    lines = (
        f"Contact: {settings.security_contact}",
        f"Expires: {expires}",
        "Preferred-Languages: zh, en",
        f"Canonical: {settings.base_url}/.well-known/security.txt",
    )
    return PlainTextResponse("\n".join(lines) + "\n")
