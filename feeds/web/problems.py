"""Errors of the API, as RFC 9457 says them: application/problem+json."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from starlette.responses import Response

from crawler.exceptions import FenghuoError, StoreError, UnknownNotice
from feeds.safe_text import sound

MEDIA_TYPE = "application/problem+json"


def problem(
    status: int,
    detail: str = "",
    *,
    errors: Sequence[Mapping[str, Any]] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The answer that says in one line what is wrong; ``errors``: each wrong field with what is wrong about it."""
    said: dict[str, Any] = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status}
    said |= {"detail": detail} if detail else {}
    said |= {"errors": list(errors)} if errors else {}
    body = json.dumps(sound(said), ensure_ascii=False).encode()
    return Response(body, status, {"Cache-Control": "no-store", **(headers or {})}, MEDIA_TYPE)


def status_of(error: FenghuoError) -> int:
    """The status that tells of an error of ours: 404 unknown, 503 the database, 422 what cannot be done as asked."""
    if isinstance(error, UnknownNotice):
        return 404
    return 503 if isinstance(error, StoreError) else 422
