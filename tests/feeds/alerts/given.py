"""Notices, hooks and a standing clock for the tests of alerts; receivers that answer by a script."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from crawler.config.hooks import Hook
from crawler.config.settings import Settings
from crawler.items import Kind, Notice, Origin, Place, Published, Revision, Scope, Sighting, Verdict, notice_json
from crawler.store import Store
from crawler.store.delivery import outbox
from crawler.store.delivery.outbox import Event
from feeds.alerts.deliver import Delivered, Deliverer
from tests.server import Answer, Request, Server, answer

NOW = 1_700_000_000.0
SECRET = "whsec_c2VjcmV0IG9mIGEgdGVzdCwgMjQgYnl0ZXM="
OK = answer(b"ok")


class Clock:
    """A clock that stands until it is told to go on."""

    def __init__(self, now: float = NOW) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


def notice(**changes: Any) -> dict[str, Any]:
    """A notice as hooks see it: an official warning about Myanmar, but for ``changes``."""
    found = Notice(
        id="ntc_1",
        url="https://police.example/1.html",
        title="谨防境外高薪招工骗局",
        body="近期有人以高薪为名诱骗群众出境。\n请勿轻信。",
        language="zh-CN",
        published=Published("2025-01-17T00:00:00+08:00", "day"),
        first_seen=NOW,
        updated=NOW,
        status="current",
        origin=Origin("某地警方", "police", None, official=True),
        verdict=Verdict(Kind.WARNING, Scope.CROSS_BORDER, ("job-lure",), (Place("MM", "缅甸", "妙瓦底"),)),
        alertable=True,
        sightings=(Sighting("https://news.example/9", "news", "news/main", "转载", NOW, "reprint"),),
        revisions=(Revision(NOW, True, "人数由 92 改为 763", "-92\n+763"),),
    )
    return notice_json(found) | changes


def event(type: str = "notice.new", id: str = "evt_1", **changes: Any) -> Event:
    return Event(id, type, NOW, notice(**changes))


def hook(url: str, id: str = "soc", **more: Any) -> Hook:
    return Hook(id=id, url=url, **more)


def settings(*hooks: Hook) -> Settings:
    return Settings(hook=hooks, allow_addresses=("127.0.0.1/32",), base_url="https://fenghuo.example")


def happen(store: Store, *titles: str, type: str = "notice.new") -> list[str]:
    """Put events into the outbox, one a title."""
    with store.begin() as tx:
        return [
            outbox.add(tx, type, at=NOW + n, payload=notice(id=f"ntc_{t}", title=t), column=t)
            for n, t in enumerate(titles)
        ]


def deliver(
    store: Store, to: Settings, clock: Callable[[], float], deadline: float = 5.0, *, last: bool = False
) -> Delivered:
    """Deliver until nothing is due, without jitter; ``last``: people do not wait for calm either."""

    async def run() -> Delivered:
        deliverer = Deliverer(store, to, owner="me", now=clock, chance=lambda: 0.0, deadline=deadline)
        try:
            return await deliverer.run(last=last)
        finally:
            await deliverer.close()

    return asyncio.run(run())


async def until(condition: Callable[[], bool]) -> None:
    """Wait for ``condition``, ten seconds at most."""
    for _ in range(1000):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise TimeoutError


def script(*answers: Answer) -> Callable[[Request], bytes]:
    """Answers in turn; the last one for ever."""
    left = list(answers)

    def next_answer(request: Request) -> bytes:
        said = left.pop(0) if len(left) > 1 else left[0]
        return said(request) if callable(said) else said

    return next_answer


class Everywhere(dict[str, Answer]):
    """One script for every path."""

    def __init__(self, *answers: Answer) -> None:
        super().__init__()
        self._script = script(*answers)

    def get(self, _path: str, _default: Any = None) -> Answer:  # type: ignore[override]
        return self._script


def ids(receiver: Server) -> list[str]:
    """The webhook-ids that arrived, in order."""
    return [r.headers["webhook-id"] for r in receiver.requests]
