"""A list page as it was read: the items that were found are outlined and numbered, and nothing on it acts any more."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

from lxml import etree

from crawler.items import Link
from crawler.reading.address import join, url_key
from crawler.reading.lists.links import parse_html
from crawler.reading.lists.list_rows import address

_ACTIVE = ("script", "iframe", "frame", "object", "embed", "applet", "form", "base", "noscript")
_POLICY = "default-src 'none'; img-src * data:; style-src * 'unsafe-inline'; font-src *"
_STYLE = (
    "[data-fenghuo]{outline:3px solid #d4380d!important;outline-offset:2px}"
    "[data-fenghuo]::before{content:attr(data-fenghuo);background:#d4380d;color:#fff;font:bold 12px sans-serif;"
    "padding:1px 5px;margin-right:4px}"
    "#fenghuo{all:initial;display:block;font:14px/1.5 sans-serif;padding:12px 16px;background:#fff7e6;color:#222;"
    "border-bottom:3px solid #d4380d}"
)


def annotated(text: str, url: str, links: Sequence[Link]) -> str:
    """The page ``text`` at ``url`` as HTML in which ``links`` are outlined; a feed or JSON becomes the list of them.

    Scripts, frames and forms are gone and forbidden, so that a hostile page can be opened from a file.
    """
    tree = parse_html(text) if "<a" in text.lower() else None
    marked = _mark(tree, url, links) if tree is not None else 0
    if tree is None or not marked:
        return _page(f"<base href='{escape(url)}'>", _banner(url, links, 0))
    _calm(tree)
    head = tree.find("head")
    head = head if head is not None else tree.makeelement("head")
    tree.insert(0, head)
    for number, (tag, said) in enumerate(
        (
            ("meta", {"charset": "utf-8"}),
            ("meta", {"http-equiv": "Content-Security-Policy", "content": _POLICY}),
            ("base", {"href": url}),
        )
    ):
        head.insert(number, tree.makeelement(tag, said))
    style = etree.SubElement(head, "style")
    style.text = _STYLE
    inside = etree.tostring(tree, encoding="unicode", method="html")
    start = inside.find(">", inside.lower().find("<body")) + 1
    return f"<!DOCTYPE html>\n{inside[:start]}{_banner(url, links, marked)}{inside[start:]}"


def _mark(tree: Any, url: str, links: Sequence[Link]) -> int:
    """Number the elements that lead to ``links``; how many of these were found on the page."""
    numbers = {link.key: number for number, link in enumerate(links, 1)}
    base = next((b for b in (join(url, e.get("href", "")) for e in tree.iter("base")) if b), url)
    seen: set[int] = set()
    for element in tree.iter():
        href = address(element) if isinstance(element.tag, str) else None
        number = numbers.get(url_key(joined)) if href and (joined := join(base, href)) else None
        if number:
            element.set("data-fenghuo", str(number))
            seen.add(number)
    return len(seen)


def _calm(tree: Any) -> None:
    """Take out what could act: elements that run or send something, handlers, addresses that are scripts."""
    etree.strip_elements(tree, *_ACTIVE, with_tail=False)
    for element in tree.iter():
        if not isinstance(element.tag, str):
            continue
        for name, value in element.attrib.items():
            if name.lower().startswith("on") or str(value).strip().lower().startswith("javascript:"):
                del element.attrib[name]
        if element.tag == "meta" and (element.get("http-equiv") or element.get("charset")):
            element.attrib.clear()


def _banner(url: str, links: Sequence[Link], marked: int) -> str:
    said = f"{len(links)} items read at {escape(url)}" + (f"; {marked} outlined below" if marked else "")
    rows = "".join(
        f"<tr><td>{number}</td><td>{escape(link.published.at[:16]) if link.published else ''}</td>"
        f"<td><a href='{escape(link.url)}'>{escape(link.title)}</a></td></tr>"
        for number, link in enumerate(links, 1)
    )
    table = f"<details{'' if marked else ' open'}><summary>list</summary><table>{rows}</table></details>"
    return f"<div id='fenghuo'><b>{said}</b>{table}</div>"


def _page(head: str, body: str) -> str:
    policy = f'<meta http-equiv="Content-Security-Policy" content="{escape(_POLICY)}">'
    head = f'<head><meta charset="utf-8">{policy}{head}<style>{_STYLE}</style></head>'
    return f"<!DOCTYPE html>\n<html>{head}<body>{body}</body></html>\n"
