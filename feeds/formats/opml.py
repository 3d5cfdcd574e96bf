"""OPML 2.0: every feed there is, for readers that subscribe to many at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lxml.etree import Element, SubElement, tostring

from feeds.safe_text import sound

MEDIA_TYPE = "text/x-opml; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Outline:
    """One thing that is watched: a feed, or another list (``type="link"``, OPML 2.0)."""

    title: str
    url: str
    is_feed: bool
    home: str = ""


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


def write_subscriptions(title: str, outlines: Iterable[Outline]) -> bytes:
    """OPML of what is watched, for another reader or another Fenghuo."""
    root = Element("opml", version="2.0")
    SubElement(SubElement(root, "head"), "title").text = title
    body = SubElement(root, "body")
    for each in outlines:
        kind = {"type": "rss", "xmlUrl": each.url} if each.is_feed else {"type": "link", "url": each.url}
        home = {"htmlUrl": each.home} if each.home else {}
        SubElement(body, "outline", sound({"text": each.title, "title": each.title, **kind, **home}))
    return bytes(tostring(root, xml_declaration=True, encoding="UTF-8"))
