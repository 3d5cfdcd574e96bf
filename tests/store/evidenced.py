"""A store with evidence: captures, notices with revisions, sightings and a withdrawal, all chained."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from crawler.items import Change, ChangeType, Exchange, Page
from crawler.store import Store
from crawler.store.evidence import captures
from crawler.store.evidence.verifying import Report, verify
from crawler.store.wire import notices
from tests.store.given import NOW, key, new, revised


def page(number: int, body: bytes | None = None, at: float = NOW) -> Page:
    url, body = f"https://{key(number)}", body or b"<p>%d</p>" % number * 50
    exchange = Exchange((("Host", "police.example"),), ((b"Content-Type", b"text/html"),), body, "OK", "1.1", b"cert")
    return Page(url, 200, body, "text/html", {"content-type": "text/html"}, at, "192.0.2.1", exchange)


def judged(store: Store, change: Change, number: int, shown: Page | None = None) -> None:
    at = change.notice.updated
    with store.begin() as tx:
        capture = captures.add(tx, shown or page(number, at=at), key(number))
        notices.apply(tx, change, key=key(number), now=at, capture=capture)


def fill(store: Store) -> None:
    """Three notices: one revised twice, one withdrawn, one as it was; seven captures; a chain of 13 links."""
    for number in (1, 2, 3):
        judged(store, new(number, text_hash=f"{number:064d}"), number)
    first = new(1).notice
    once = revised(first, "改后的正文。", "e" * 64, NOW + 60)
    twice = revised(once.notice, "再改后的正文。", "f" * 64, NOW + 120)
    judged(store, once, 1, page(1, b"<p>once</p>", NOW + 60))
    judged(store, twice, 1, page(1, b"<p>twice</p>", NOW + 120))
    gone = replace(new(2, text_hash=f"{2:064d}").notice, status="withdrawn", updated=NOW + 180)
    with store.begin() as tx:
        captures.add(tx, page(1, b"<p>once</p>", NOW + 150), key(1))
        captures.add(tx, page(3, b"<p>list</p>", NOW + 160), None)
        notices.apply(tx, Change(ChangeType.WITHDRAWN, gone, event="notice.withdrawn"), key=key(2), now=NOW + 180)


def report(store: Store, folder: Path = Path(), **more: str) -> Report:
    with store.read() as tx:
        return verify(tx, folder, **more)


def found(store: Store, folder: Path = Path(), **more: str) -> list[tuple[str, str, int]]:
    return [(f.what, f.id, f.link) for f in report(store, folder, **more).flaws]
