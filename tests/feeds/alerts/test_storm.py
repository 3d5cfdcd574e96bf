"""However much happens at once, people get one message; what is urgent and what machines get does not wait."""

from __future__ import annotations

import json
from typing import Any

import pytest

from crawler.config.hooks import Hook, When
from crawler.store import Store
from crawler.store.delivery import outbox
from feeds.alerts.channels import CALM
from feeds.alerts.deliver import Delivered
from tests.feeds.alerts.given import NOW, OK, Clock, Everywhere, deliver, happen, hook, notice, settings
from tests.server import Server, answer

FINE = answer(b'{"code":0,"errcode":0}')
NIGHT = 1_700_060_400.0  # 2023-11-15 23:00 in Shanghai
MORNING = NIGHT + 8 * 3600


def said(receiver: Server) -> list[str]:
    """The text of each message to a WeCom robot."""
    return [json.loads(r.body)["text"]["content"] for r in receiver.requests]


def robot(receiver: Server, **more: Any) -> Hook:
    return hook(f"wecom://key?base={receiver.url}", **more)


def happen_with(store: Store, title: str, **changes: Any) -> None:
    with store.begin() as tx:
        outbox.add(tx, "notice.new", at=NOW, payload=notice(id=f"ntc_{title}", title=title, **changes), column=title)


def test_three_hundred_at_once_are_one_message_that_leads_to_all(store: Store) -> None:
    happen(store, *(f"通告{n}" for n in range(300)))
    with Server(Everywhere(FINE)) as receiver:
        to = settings(robot(receiver))
        assert deliver(store, to, Clock()) == Delivered()
        assert deliver(store, to, Clock(NOW + CALM)) == Delivered(delivered=300)
    (text,) = said(receiver)
    assert text.startswith("【烽火】300 条通告")
    assert "https://fenghuo.example/feeds/all.rss?since=2023-11-14T22:13:20Z&limit=500" in text


def test_a_storm_that_goes_on_for_minutes_is_one_message_when_it_is_over(sqlite_store: Store) -> None:
    clock = Clock()
    with Server(Everywhere(FINE)) as receiver:
        to = settings(robot(receiver))
        for n in range(300):
            happen(sqlite_store, f"通告{n}")
            deliver(sqlite_store, to, clock)
            clock.now += 1.5
        assert receiver.requests == []
        clock.now += CALM
        deliver(sqlite_store, to, clock)
    assert [text.split("\n")[0] for text in said(receiver)] == ["【烽火】300 条通告"]


def test_a_storm_is_told_of_after_ten_minutes_though_it_does_not_end(sqlite_store: Store) -> None:
    clock = Clock()
    with Server(Everywhere(FINE)) as receiver:
        to = settings(robot(receiver))
        for n in range(250):
            happen(sqlite_store, f"通告{n}")
            deliver(sqlite_store, to, clock)
            clock.now += 4.0
    assert len(said(receiver)) == 1


def test_a_single_notice_is_told_after_a_moment_of_calm(sqlite_store: Store) -> None:
    happen(sqlite_store, "甲")
    with Server(Everywhere(FINE)) as receiver:
        deliver(sqlite_store, settings(robot(receiver)), Clock())
        assert receiver.requests == []
        deliver(sqlite_store, settings(robot(receiver)), Clock(NOW + CALM))
    assert [text.split("\n")[0] for text in said(receiver)] == ["【新通告】甲"]


def test_a_storm_that_fails_is_one_message_again(sqlite_store: Store) -> None:
    happen(sqlite_store, *(f"通告{n}" for n in range(300)))
    clock = Clock()
    with Server(Everywhere(answer(b"", 502))) as receiver:
        to = settings(robot(receiver))
        deliver(sqlite_store, to, clock, last=True)
        for wait in (5.0, 300.0):
            clock.now += wait
            deliver(sqlite_store, to, clock)
    assert len(said(receiver)) == 3
    assert len(set(said(receiver))) == 1


def test_machines_get_each_event_at_once_even_in_a_storm(sqlite_store: Store) -> None:
    happen(sqlite_store, *(f"通告{n}" for n in range(300)))
    with Server({"/": OK}) as receiver:
        assert deliver(sqlite_store, settings(hook(f"{receiver.url}/")), Clock()) == Delivered(delivered=300)
    assert len(receiver.requests) == 300


# --------------------------------------------------------------------------------------------------------------------
# Quiet hours and what is urgent


@pytest.mark.parametrize("digest", [None, "15m"])
def test_at_night_only_what_is_urgent_arrives_and_the_rest_in_the_morning(store: Store, digest: Any) -> None:
    clock = Clock(NIGHT + 60)
    with Server(Everywhere(FINE)) as receiver:
        quiet = robot(receiver, quiet="23:00-07:00", urgent=When(level=("撤离",)), digest=digest)
        happen(store, "平常")
        happen_with(store, "紧急", levels=["尽快撤离"])
        deliver(store, settings(quiet), clock)
        for hours in (1, 7):
            clock.now = NIGHT + hours * 3600
            deliver(store, settings(quiet), clock)
        assert [text.split("\n")[0] for text in said(receiver)] == ["【新通告】紧急"]
        clock.now = MORNING
        deliver(store, settings(quiet), clock)
    assert [text.split("\n")[0] for text in said(receiver)] == ["【新通告】紧急", "【新通告】平常"]


def test_a_retry_waits_for_the_morning_and_a_replay_does_not(sqlite_store: Store) -> None:
    clock = Clock(NIGHT - 60)
    with Server(Everywhere(answer(b"", 500))) as receiver:
        quiet = robot(receiver, quiet="23:00-07:00")
        ids = happen(sqlite_store, "甲")
        deliver(sqlite_store, settings(quiet), clock, last=True)
        clock.now += 5
        deliver(sqlite_store, settings(quiet), clock)
        clock.now += 300
        deliver(sqlite_store, settings(quiet), clock)
        assert len(receiver.requests) == 2
        with sqlite_store.begin() as tx:
            outbox.replay(tx, ids, clock.now)
        deliver(sqlite_store, settings(quiet), clock)
    assert len(receiver.requests) == 3


def test_what_is_urgent_waits_for_no_digest(sqlite_store: Store) -> None:
    with Server(Everywhere(FINE)) as receiver:
        to = settings(robot(receiver, digest="1h", urgent=When(level=("撤离",))))
        happen(sqlite_store, "平常")
        happen_with(sqlite_store, "紧急", levels=["尽快撤离"])
        deliver(sqlite_store, to, Clock())
    assert [text.split("\n")[0] for text in said(receiver)] == ["【新通告】紧急"]
