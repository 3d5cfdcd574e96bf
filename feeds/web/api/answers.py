"""How the API answers and listens: JSON with a validator, pages of a list, bodies that are checked."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from crawler.items import timestamp
from feeds.safe_text import sound
from feeds.web.documents import not_modified
from feeds.web.questions import Paged, cursor_of, mistake

_T = TypeVar("_T")
_B = TypeVar("_B", bound=BaseModel)


class Body(BaseModel):
    """What is sent: an unknown key is a mistake."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def answer(
    request: Request, data: Mapping[str, Any], status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """``data`` as JSON; to GET with a strong ETag, and 304 to whoever has just that."""
    body = _written(data)
    said = {"Cache-Control": "private, no-cache", **(headers or {})}
    if request.method in ("GET", "HEAD") and status == 200:
        said["ETag"] = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        if not_modified(request.headers, said["ETag"], None):
            return Response(status_code=304, headers=said)
    return Response(body, status, said, "application/json")


_SUSPECTS = (rb"\u", rb"\b", rb"\f", "\ufffe".encode(), "\uffff".encode())  # of what `sound` takes out, as JSON has it


def _written(data: Mapping[str, Any]) -> bytes:
    """``data`` as JSON without what XML and UTF-8 cannot carry; most holds nothing of that and is not gone through."""
    try:
        body = _dumped(data)
    except UnicodeEncodeError:  # half a character
        return _dumped(sound(data))
    return _dumped(sound(data)) if any(suspect in body for suspect in _SUSPECTS) else body


def _dumped(data: Any) -> bytes:
    return json.dumps(data, ensure_ascii=False, allow_nan=False).encode()


def listed(
    request: Request,
    name: str,
    rows: Sequence[_T],
    page: Paged,
    shown: Callable[[_T], Mapping[str, Any]],
    key: Callable[[_T], str | int],
) -> Response:
    """A page of a list under ``name``, and under ``next`` the cursor of the one after it; None at the end.

    ``rows``: one more than the page may hold, where there is more.
    """
    here = rows[: page.limit]
    following = cursor_of(key(here[-1])) if len(rows) > page.limit else None
    return answer(request, {name: [shown(row) for row in here], "next": following})


async def sent(request: Request, model: type[_B]) -> _B:
    """The body of ``request``.  Raises HTTPException 400 with one line."""
    try:
        return model.model_validate_json(await request.body() or b"{}")
    except ValidationError as e:
        raise HTTPException(400, mistake(e)) from None


def timed(row: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """``row`` with POSIX seconds in RFC 3339."""
    return {**row, **{n: timestamp(row[n]) for n in names if row[n] is not None}}
