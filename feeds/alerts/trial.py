"""`fenghuo test-alert`: one clearly marked event straight to a hook, and what its receiver says."""

from __future__ import annotations

import time

from crawler.config.settings import Settings
from crawler.exceptions import ConfigError
from crawler.items import Kind, Notice, Origin, Scope, Verdict, notice_json
from crawler.store.delivery.outbox import Event
from feeds.alerts.channels import send
from feeds.alerts.schedule import Answer
from feeds.alerts.wire import Wire


async def test_alert(settings: Settings, hook_id: str) -> Answer:
    """Send a test event to a hook, past outbox and ``when``; returns what happened.

    Raises ConfigError when no such hook is configured.
    """
    hooks = {h.id: h for h in settings.hook}
    if hook_id not in hooks:
        raise ConfigError(f"no hook {hook_id!r} is configured; there are: {', '.join(hooks) or 'none'}")
    now = time.time()
    async with Wire(settings) as wire:
        return await send(wire, hooks[hook_id], [test_event(settings, now)], settings.base_url, now)


def test_event(settings: Settings, now: float) -> Event:
    """A ``notice.new`` in full shape that nobody can take for a notice."""
    notice = Notice(
        id="ntc_test",
        url=settings.base_url,
        title="测试消息，并非通告 / Test message, not a notice",
        body="这是烽火发出的一条测试消息，说明提醒可以送达。\nThis is a test by Fenghuo: alerts can reach you.",
        language="zh-CN",
        published=None,
        first_seen=now,
        updated=now,
        status="current",
        origin=Origin("烽火 Fenghuo", None, None, official=False),
        verdict=Verdict(Kind.OTHER, Scope.NONE),
        alertable=False,
    )
    return Event(f"evt_test_{int(now * 1000)}", "notice.new", now, notice_json(notice) | {"test": True})
