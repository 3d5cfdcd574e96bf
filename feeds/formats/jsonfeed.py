"""JSON Feed 1.1, with what machines want to know in an extension object `_fenghuo`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from feeds.entries import Entry, Feed


def write(feed: Feed, entries: Sequence[Entry]) -> bytes:
    """``feed`` as JSON Feed 1.1, with ``entries`` of its own."""
    beside = dict(feed.links("json"))
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": f"{feed.imprint.base_url}/",
        "feed_url": feed.url("json"),
        **({"next_url": older} if (older := beside.get("next") or beside.get("prev-archive")) else {}),
        **({"hubs": [{"type": "WebSub", "url": beside["hub"]}]} if "hub" in beside else {}),
        "language": "zh-CN",
        "authors": [{"name": "Fenghuo 烽火", "url": f"{feed.imprint.base_url}/"}],
        "items": [_item(entry) for entry in entries],
    }
    return json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def _item(entry: Entry) -> dict[str, Any]:
    return {
        "id": entry.id,
        "url": entry.url,
        "title": entry.title,
        "summary": entry.summary,
        "content_html": entry.html,
        "content_text": entry.text,
        "date_published": entry.published.isoformat(),
        "date_modified": entry.updated.isoformat(),
        "authors": [{"name": entry.author}],
        "tags": [f"{c.scheme}:{c.term}" for c in entry.categories],
        "language": entry.language,
        "_fenghuo": entry.facts,
    }
