"""What the configuration says of publishing: who is told of changed feeds, and who speaks in CAP alerts."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from crawler.items import Model


class WebSub(Model):
    """Who tells subscribers at once that a feed has changed: a hub elsewhere, or ourselves; by default nobody."""

    hub: str = Field(default="", pattern=r"^(https?://[^\s<>\"]+)?$")
    embedded: bool = False

    @model_validator(mode="after")
    def _one(self) -> Self:
        if self.hub and self.embedded:
            raise ValueError("hub and embedded: choose one")
        return self


class Cap(Model):
    """Notices as CAP 1.2 alerts; off until both keys are given, as nobody but the operator can say who speaks."""

    sender: str = Field(default="", pattern=r"^[^\s,<&]*$")
    status: Literal["", "Actual", "Exercise", "System", "Test", "Draft"] = ""

    @model_validator(mode="after")
    def _both(self) -> Self:
        if bool(self.sender) != bool(self.status):
            raise ValueError("sender and status: give both")
        return self
