"""Conditions in a form: how they stand, and what comes back of them; those that no form shows stay as they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crawler.config.hooks import When
from crawler.items import Authority, Kind, Scope

CHOSEN = {"scope": list(map(str, Scope)), "kind": list(map(str, Kind)), "authority": ["official", *map(str, Authority)]}
"""Conditions of which a form shows every value to tick."""
WRITTEN = ("place", "scam", "source", "words")
"""Conditions whose values a form has written, with commas between."""
GROUPS = ("when", "unless")
"""What must hold, and what may not."""


def fields(when: When, group: str) -> dict[str, str]:
    """The fields of a form that say ``when``: one for each value that is ticked, one for each list that is written."""
    ticked = {f"{group}.{name}.{value}": "1" for name in CHOSEN for value in getattr(when, name)}
    return ticked | {f"{group}.{name}": ", ".join(getattr(when, name)) for name in WRITTEN}


def unshown(when: When) -> list[str]:
    """The names of the conditions that are given and have no place in a form."""
    return [name for name in when.given if name not in CHOSEN and name not in WRITTEN]


def given(form: Mapping[str, str], group: str, before: When) -> dict[str, Any]:
    """The conditions that a form says, as the configuration writes them; what no form shows stays as ``before``."""
    said: dict[str, Any] = {
        name: [value for value in values if form.get(f"{group}.{name}.{value}")] for name, values in CHOSEN.items()
    }
    said |= {name: _listed(form.get(f"{group}.{name}", ""), split=name != "words") for name in WRITTEN}
    said["place"] = [code.upper() for code in said["place"]]
    return {name: values for name, values in said.items() if values} | plain(before, unshown(before))


def plain(when: When, names: list[str] | None = None) -> dict[str, Any]:
    """Conditions (all that are given, or those named) as the configuration writes them."""
    return when.model_dump(mode="json", include=set(when.given if names is None else names))


def told(when: When) -> list[tuple[str, list[str]]]:
    """Conditions as a list shows them: each name with its values."""
    values = ((name, getattr(when, name)) for name in when.given)
    return [(name, list(map(str, v)) if isinstance(v, tuple) else [str(v)]) for name, v in values]


def _listed(text: str, *, split: bool) -> list[str]:
    parts = text.replace("，", ",").split(",") if split or "," in text or "，" in text else [text]
    return [part.strip() for part in parts if part.strip()]
