"""What a page says of its article in JSON-LD (schema.org): the headline, and the text where scripts show it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from crawler.reading.articles.locate import Element

_TYPES = ("article", "newsarticle", "reportagenewsarticle", "blogposting", "report", "governmentservice", "webpage")
_LONGEST = 500_000  # characters of a script that is read
_DEEPEST = 6


def article_data(root: Element) -> dict[str, str]:
    """``headline`` and ``articleBody`` of the page's article, as far as they are given as text."""
    found = next((f for said in linked_data(root) if (f := _article(said, _DEEPEST))), {})
    return {k: v for k in ("headline", "articleBody") if isinstance(v := found.get(k), str)}


def linked_data(root: Element) -> Iterator[Any]:
    """The JSON-LD documents of the page ``root``; what is no JSON is left out."""
    for script in root.iter("script"):
        if (script.get("type") or "").strip().lower() == "application/ld+json" and (said := _loaded(script.text)):
            yield said


def _loaded(text: str | None) -> Any:
    try:
        return json.loads(text, strict=False) if text and len(text) < _LONGEST else None
    except (ValueError, RecursionError):
        return None


def _article(said: Any, depth: int) -> dict[str, Any] | None:
    """The first object of an article's type."""
    if isinstance(said, list) and depth:
        return next((found for item in said[:50] if (found := _article(item, depth - 1))), None)
    if not isinstance(said, dict):
        return None
    named = said.get("@type")
    names = [named] if isinstance(named, str) else named if isinstance(named, list) else []
    if any(isinstance(n, str) and n.lower() in _TYPES for n in names) and "headline" in said:
        return said
    return _article(said.get("@graph"), depth - 1) if depth else None
