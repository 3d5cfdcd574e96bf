"""Who is sent a feed: nothing is forgotten until it was accepted, and a feed that changes again is sent again."""

from __future__ import annotations

from crawler.store import Store
from crawler.store.delivery import subscriptions

HUB = "https://hub.example/"


def due(store: Store, now: float) -> list[tuple[str, str]]:
    with store.read() as tx:
        return [(one.topic, one.callback) for one in subscriptions.due(tx, now, 10)]


def test_a_hub_is_told_of_each_changed_topic_once(store: Store) -> None:
    for now in (1.0, 2.0):
        with store.begin() as tx:
            subscriptions.changed(tx, ["all.atom", "all.rss", "all.atom"], hub=HUB, now=now)
    assert sorted(due(store, 2.0)) == [("all.atom", HUB), ("all.rss", HUB)]


def test_subscribers_of_other_topics_are_left_alone(store: Store) -> None:
    with store.begin() as tx:
        subscriptions.put(tx, "all.atom", "https://a.example/", "", 100.0)
        subscriptions.put(tx, "all.rss", "https://b.example/", "", 100.0)
        subscriptions.changed(tx, ["all.rss"], hub="", now=1.0)
    assert due(store, 1.0) == [("all.rss", "https://b.example/")]


def test_what_was_sent_is_no_longer_due_unless_it_changed_meanwhile(store: Store) -> None:
    with store.begin() as tx:
        subscriptions.changed(tx, ["all.atom"], hub=HUB, now=1.0)
        one = subscriptions.due(tx, 1.0, 10)[0]
        subscriptions.changed(tx, ["all.atom"], hub=HUB, now=2.0)
        subscriptions.sent(tx, one)
        again = subscriptions.due(tx, 2.0, 10)[0]
        subscriptions.sent(tx, again)
    assert due(store, 9.0) == []


def test_a_failure_waits_and_is_counted_and_a_change_is_a_fresh_start(store: Store) -> None:
    with store.begin() as tx:
        subscriptions.changed(tx, ["all.atom"], hub=HUB, now=1.0)
        subscriptions.defer(tx, subscriptions.due(tx, 1.0, 10)[0], until=60.0)
    assert due(store, 59.0) == []
    with store.begin() as tx:
        assert subscriptions.due(tx, 60.0, 10)[0].attempts == 1
        subscriptions.changed(tx, ["all.atom"], hub=HUB, now=61.0)
        assert subscriptions.due(tx, 61.0, 10)[0].attempts == 0


def test_leases_end_and_another_hub_takes_over(store: Store) -> None:
    with store.begin() as tx:
        subscriptions.put(tx, "all.atom", "https://a.example/", "", 100.0)
        subscriptions.changed(tx, ["all.atom"], hub=HUB, now=1.0)
        subscriptions.tidy(tx, 50.0, HUB)
        assert subscriptions.count(tx) == 2
        subscriptions.tidy(tx, 100.0, "https://other.example/")
        assert subscriptions.count(tx) == 0
