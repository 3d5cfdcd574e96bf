"""What feedgen leaves out of a feed: links beside the first, archives, tombstones, and the style for browsers."""

from __future__ import annotations

from typing import Any

from feeds.entries import Feed

_STYLE = b'<?xml-stylesheet type="text/css" href="/static/feed.css"?>\n'
_ATOM = "http://www.w3.org/2005/Atom"
_ARCHIVES = "http://purl.org/syndication/history/1.0"  # RFC 5005
_TOMBSTONES = "http://purl.org/atompub/tombstones/1.0"  # RFC 6721


class Extension:
    """A feed's side of a feedgen extension; set ``feed`` and ``suffix`` before writing."""

    feed: Feed
    suffix: str

    def extend_ns(self) -> dict[str, str]:
        """The namespaces of what is added, and no other."""
        archives = {"fh": _ARCHIVES} if self.feed.chain.closed else {}
        return archives | ({"at": _TOMBSTONES} if self.feed.gone and self.suffix == "atom" else {})

    def extend_atom(self, feed: Any) -> Any:
        """Add what Atom knows: links, archives and tombstones."""
        from lxml.etree import SubElement

        self._link(feed, "link")  # feedgen writes Atom's namespace as if it were an attribute
        for gone in self.feed.gone:
            said = {"ref": gone.id, "when": gone.at.isoformat()}
            tombstone = SubElement(feed, f"{{{_TOMBSTONES}}}deleted-entry", said)
            SubElement(tombstone, f"{{{_TOMBSTONES}}}comment").text = gone.why
        return feed

    def extend_rss(self, rss: Any) -> Any:
        """Add what RSS takes from Atom: links and archives."""
        self._link(rss.find("channel"), f"{{{_ATOM}}}link")
        return rss

    def _link(self, feed: Any, name: str) -> None:
        from lxml.etree import SubElement

        for rel, url in self.feed.links(self.suffix):
            SubElement(feed, name, href=url, rel=rel)
        if self.feed.chain.closed:
            SubElement(feed, f"{{{_ARCHIVES}}}archive")


class NoEntries:
    """An entry's side of a feedgen extension that adds nothing to entries."""

    def extend_rss(self, entry: Any) -> Any:
        """The entry as it is."""
        return entry


def styled(document: bytes) -> bytes:
    """An XML document that names the style sheet by which a browser shows it to people."""
    declaration, end, rest = document.partition(b"?>\n")
    return declaration + end + _STYLE + rest
