"""Atom (RFC 4287) by feedgen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from feeds.entries import Entry, Feed
from feeds.formats.links import Extension, styled


def write(feed: Feed, entries: Sequence[Entry]) -> bytes:
    """``feed`` as Atom, with ``entries`` of its own."""
    from feedgen.feed import FeedGenerator

    fg = FeedGenerator()
    fg.register_extension("links", Extension, _Links, rss=False)
    fg.links.feed, fg.links.suffix = feed, "atom"
    fg.id(feed.id)
    fg.title(feed.title)
    fg.updated(feed.updated)
    fg.author(name="Fenghuo 烽火", uri=feed.imprint.base_url)
    fg.generator("Fenghuo")
    fg.language("zh-CN")
    fg.link(href=feed.url("atom"), rel="self", type="application/atom+xml")
    fg.link(href=f"{feed.imprint.base_url}/", rel="alternate", type="text/html")
    for entry in entries:
        _add(fg.add_entry(order="append"), entry)
    return styled(bytes(fg.atom_str()))


def _add(fe: Any, entry: Entry) -> None:
    fe.id(entry.id)
    fe.title(entry.title)
    fe.published(entry.published)
    fe.updated(entry.updated)
    fe.author(name=entry.author)
    fe.content(entry.html, type="html")
    if entry.summary:
        fe.summary(entry.summary)
    fe.category([{"term": c.term, "scheme": f"urn:fenghuo:{c.scheme}", "label": c.label} for c in entry.categories])
    fe.links.entry = entry


class _Links:
    """Writes an entry's links; feedgen 1.0 loses their rel and type (lkiesow/python-feedgen#135)."""

    entry: Entry

    def extend_atom(self, element: Any) -> Any:
        from lxml.etree import SubElement

        SubElement(element, "link", href=self.entry.url, rel="alternate", type="text/html")
        if self.entry.cap:
            SubElement(element, "link", href=self.entry.cap, rel="alternate", type="application/cap+xml")
        for title, url in self.entry.via:
            SubElement(element, "link", href=url, rel="via", type="text/html", title=title)
        return element
