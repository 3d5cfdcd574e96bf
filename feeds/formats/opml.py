"""OPML 2.0: every feed there is, for readers that subscribe to many at once."""

from __future__ import annotations

from collections.abc import Iterable

from lxml.etree import Element, SubElement, tostring

MEDIA_TYPE = "text/x-opml; charset=utf-8"


def write(title: str, home: str, groups: Iterable[tuple[str, Iterable[tuple[str, str]]]]) -> bytes:
    """OPML of ``groups``: (name of the group, (title of a feed, its address))."""
    root = Element("opml", version="2.0")
    SubElement(SubElement(root, "head"), "title").text = title
    body = SubElement(root, "body")
    for name, feeds in groups:
        group = SubElement(body, "outline", text=name)
        for text, url in feeds:
            SubElement(group, "outline", text=text, title=text, type="rss", xmlUrl=url, htmlUrl=home, language="zh-CN")
    return bytes(tostring(root, xml_declaration=True, encoding="UTF-8"))
