"""What all shapes are, and what the lists and problems among them have in common."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

Time = str
"""RFC 3339."""


class Shape(BaseModel):
    """Something the API shows.  Fields may be added; names and meanings of those here stay."""

    model_config = ConfigDict(extra="allow", frozen=True)


class Listed(Shape):
    """A page of a list."""

    next: str | None = Field(description="The cursor of the next page; null on the last one.")


class Problem(Shape):
    """What went wrong (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str = ""
