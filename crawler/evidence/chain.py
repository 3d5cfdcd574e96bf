"""The chain: every capture and every verdict is a link that names the hash of the link before it.

A link is one line of canonical JSON (the subset of RFC 8785 without floating-point numbers), and its hash is the
SHA-256 of that line: `sha256sum` is all that is needed to check it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

GENESIS = "0" * 64
"""What the first link names as the hash before it."""


@dataclass(frozen=True, slots=True)
class Link:
    """One link: its place from 1, its line of canonical JSON, and the SHA-256 of that in hexadecimal."""

    number: int
    text: str
    hash: str

    @property
    def event(self) -> dict[str, Any]:
        """What it says.  Raises ValueError when its line is not the JSON of an object."""
        said = json.loads(self.text)
        if not isinstance(said, dict):
            raise ValueError("not an object")
        return said


def canonical(value: Any) -> str:
    """The one way to write ``value`` as JSON.  Raises TypeError for a float, of which there are several ways."""
    _no_floats(value)
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _no_floats(value: Any) -> None:
    if isinstance(value, float):
        raise TypeError(f"{value!r}: a float has no place in the chain")
    for inner in value.values() if isinstance(value, Mapping) else value if isinstance(value, list | tuple) else ():
        _no_floats(inner)


def digest(text: str) -> str:
    """The SHA-256 of a text's UTF-8, in hexadecimal."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def linked(before: Link | None, event: Mapping[str, Any]) -> Link:
    """The link that says ``event`` after the link ``before`` (None: as the first one)."""
    number = before.number + 1 if before else 1
    text = canonical({**event, "number": number, "previous": before.hash if before else GENESIS})
    return Link(number, text, digest(text))


def flaw(before: Link | None, link: Link) -> str:
    """Why ``link`` does not follow ``before`` (None: nothing is before it) as it was written; "" when it does."""
    expected = before.number + 1 if before else 1
    if link.number != expected:
        missing = f"link {expected} is" if link.number == expected + 1 else f"links {expected} to {link.number - 1} are"
        return f"{missing} missing before it"
    if digest(link.text) != link.hash:
        return "its words are not those that were written: they do not have its hash"
    try:
        said = link.event
    except ValueError:
        return "it is not a line of JSON"
    if said.get("number") != link.number:
        return f"it was written as link {said.get('number')}, and moved here"
    if said.get("previous") != (before.hash if before else GENESIS):
        return (
            f"it does not follow link {before.number}: one of the two was exchanged" if before else "it is not a first"
        )
    return ""
