"""Forms that a page shows and gets back: read once, bounded, and only with the token that the page put in."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qs

from starlette.exceptions import HTTPException
from starlette.requests import Request

from feeds.web.sessions import FIELD, HEADER, is_meant, visitor_of

_MOST_FIELDS = 200


async def read_form(request: Request) -> None:
    """Read and check the form that ``request`` sends, for `form_of`.  Raises HTTPException 400, 403."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    body = await request.body()
    if body and kind != "application/x-www-form-urlencoded":
        raise HTTPException(400, "send a form (application/x-www-form-urlencoded)")
    try:
        fields = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError:
        raise HTTPException(400, f"more than {_MOST_FIELDS} fields") from None
    form = {name: values[-1].replace("\0", "") for name, values in fields.items()}
    if not is_meant(visitor_of(request), form.pop(FIELD, "") or request.headers.get(HEADER, "")):
        raise HTTPException(
            403, "this form is too old, or not ours: go back, load the page again, and send it once more"
        )
    request.scope["state"]["form"] = form


def form_of(request: Request) -> Mapping[str, str]:
    """The fields of the form that ``request`` sent, each once, without the token."""
    form: Mapping[str, str] = request.scope["state"]["form"]
    return form
