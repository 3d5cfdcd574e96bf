"""What a reader asks for in the query string (contract, section 6), checked and made a `Query`."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from starlette.datastructures import QueryParams
from starlette.exceptions import HTTPException

from crawler.items import Kind, parse_duration
from crawler.store.notices import Query
from feeds.channels import LIMIT

MOST = 500  # entries in one answer
_LONGEST_WORDS = 200  # characters of a search


def query_of(params: QueryParams) -> Query:
    """The query that ``q exclude kind place scam source since limit before`` ask for.

    Several values are joined by comma or given again.  Raises HTTPException 400 with one line for a wrong value;
    other parameters are nobody's business.
    """
    return Query(
        kind=_kinds(params),
        place=tuple(p.upper() for p in _values(params, "place")),
        scam=_values(params, "scam"),
        source=_values(params, "source"),
        q=_words(params, "q"),
        exclude=_words(params, "exclude"),
        since=_since(params.get("since", "")),
        limit=_limit(params.get("limit", "")),
        before=params.get("before") or None,
    )


def _values(params: QueryParams, name: str) -> tuple[str, ...]:
    return tuple(v.strip() for given in params.getlist(name) for v in given.split(",") if v.strip())


def _kinds(params: QueryParams) -> tuple[str, ...]:
    kinds = _values(params, "kind")
    if unknown := [k for k in kinds if k not in list(Kind)]:
        raise HTTPException(400, f"kind: {unknown[0][:40]!r} is none of {', '.join(Kind)}")
    return kinds


def _words(params: QueryParams, name: str) -> str:
    words = " ".join(params.getlist(name)).strip()
    if len(words) > _LONGEST_WORDS:
        raise HTTPException(400, f"{name}: longer than {_LONGEST_WORDS} characters")
    return words.replace("\0", "")


def _since(text: str) -> float | None:
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text.replace(" ", "+"))  # a plus sign that was not quoted
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        pass
    try:
        return time.time() - parse_duration(text)
    except ValueError:
        raise HTTPException(400, "since: write a date (2025-01-17), a time (RFC 3339) or a span (7d)") from None


def _limit(text: str) -> int:
    if not text:
        return LIMIT
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= MOST):
        raise HTTPException(400, f"limit: write a number from 1 to {MOST}")
    return int(text)
