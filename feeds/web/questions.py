"""What a reader asks for in the query string (contract, section 6): typed, checked, described by the same models."""

from __future__ import annotations

import base64
import binascii
import json
import time
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, TypeVar, get_origin

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from starlette.datastructures import QueryParams
from starlette.exceptions import HTTPException

from crawler.items import Kind, Scope, parse_duration
from crawler.store.wire.notices import Query
from feeds.channels import LIMIT

MOST = 500  # entries in one answer
MOST_NOTICES = 200  # with their texts, in one answer of the API: more would take it longer than 0.1 s
_LONGEST_WORDS = 200  # characters of a search
_M = TypeVar("_M", bound=BaseModel)
_T = TypeVar("_T", str, int)


def moment(text: str) -> float:
    """POSIX seconds of a date, a time (RFC 3339) or a span before now.  Raises ValueError."""
    try:
        at = datetime.fromisoformat(text.replace(" ", "+"))  # a plus sign that was not quoted
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        pass
    try:
        return time.time() - parse_duration(text)
    except ValueError:
        raise ValueError("write a date (2025-01-17), a time (RFC 3339) or a span (7d)") from None


def cursor_of(*key: str | int) -> str:
    """The cursor that goes on after the row with this key; what is in it is nobody's business."""
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


def key_of(cursor: str) -> list[Any]:
    """The key that a cursor of ours holds.  Raises ValueError for anything else."""
    try:
        key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        key = None
    if not isinstance(key, list) or not all(isinstance(part, str | int) for part in key) or len(key) != 1:
        raise ValueError("is not a cursor of ours: take the `next` of an answer")
    return key


def _moment(text: str) -> str:
    moment(text)
    return text


def _cursor(text: str) -> str:
    key_of(text)
    return text


Moment = Annotated[str, AfterValidator(_moment)]
Words = Annotated[str, Field(max_length=_LONGEST_WORDS)]
Cursor = Annotated[str, AfterValidator(_cursor), Field(description="The `next` of the answer before.")]


class Asked(BaseModel):
    """Parameters of a query; others than these are nobody's business."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Paged(Asked):
    """A list in pages."""

    limit: int = Field(LIMIT, ge=1, le=MOST)
    cursor: Cursor | None = None

    def after(self, kind: type[_T]) -> _T | None:
        """The key of the last row that the reader has, if it is of this ``kind``.  Raises HTTPException 400."""
        if self.cursor is None:
            return None
        (key,) = key_of(self.cursor)
        if not isinstance(key, kind) or (isinstance(key, int) and not 0 <= key < 2**63):
            raise HTTPException(400, "cursor: is one of another list")
        return key


class NoticesAsked(Paged):
    """Which notices are wanted: all that is given must hold; of several values of one parameter any will do."""

    q: Words = Field("", description="Words that must all stand in title or text.")
    exclude: Words = Field("", description="Words of which none may.")
    kind: tuple[Kind, ...] = ()
    scope: tuple[Scope, ...] = ()
    place: tuple[str, ...] = Field((), description="Codes of countries (ISO 3166): MM.")
    scam: tuple[str, ...] = ()
    source: tuple[str, ...] = Field((), description="Sources in which it was seen, be it as a reprint.")
    status: tuple[Literal["current", "revised", "withdrawn"], ...] = ()
    alertable: bool | None = None
    official: bool | None = None
    since: Moment | None = Field(None, description="First seen since: a date, a time (RFC 3339), or a span (7d).")
    before: str | None = Field(None, description="The id of a notice, or a cursor: those after it in the list.")

    def query(self) -> Query:
        """As the store understands it."""
        return Query(
            kind=self.kind,
            scope=self.scope,
            place=tuple(place.upper() for place in self.place),
            scam=self.scam,
            source=self.source,
            status=self.status,
            alertable=self.alertable,
            official=self.official,
            q=self.q,
            exclude=self.exclude,
            since=None if self.since is None else moment(self.since),
            limit=self.limit,
            before=self.after(str) or _id(self.before),
        )


class NoticesListed(NoticesAsked):
    """Notices in pages, as the API lists them: shorter ones than a feed, whatever is asked for."""

    limit: Annotated[int, AfterValidator(lambda asked: min(asked, MOST_NOTICES))] = Field(LIMIT, ge=1, le=MOST)


def _id(before: str | None) -> str | None:
    """The id that ``before`` gives, plain or in a cursor."""
    try:
        return str(key_of(before)[0]) if before else None
    except ValueError:
        return before


def asked(params: QueryParams, model: type[_M]) -> _M:
    """What ``params`` ask, as a ``model``; several values are joined by comma or given again, empty ones not given.

    Raises HTTPException 400 with one line for a wrong value.
    """
    data: dict[str, Any] = {}
    for name, field in model.model_fields.items():
        alias = field.alias or name
        values = [v.replace("\0", "").encode("utf-8", "replace").decode() for v in params.getlist(alias)]
        if get_origin(field.annotation) is tuple:
            data[alias] = [v.strip() for given in values for v in given.split(",") if v.strip()]
        elif name in ("q", "exclude"):
            data[alias] = " ".join(values).strip()
        elif values and values[-1]:
            data[alias] = values[-1]
    try:
        return model.model_validate(data)
    except ValidationError as e:
        raise HTTPException(400, mistake(e)) from None


def mistake(error: ValidationError) -> str:
    """The first thing that is wrong, in one line."""
    first = error.errors(include_url=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    return f"{where}: {first['msg'].removeprefix('Value error, ')}"


def query_of(params: QueryParams) -> Query:
    """The query that the parameters of `NoticesAsked` ask for.  Raises HTTPException 400 with one line."""
    return asked(params, NoticesAsked).query()
