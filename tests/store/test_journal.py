"""What happened, in its order; and who is logged in."""

from __future__ import annotations

from threading import Thread

import pytest
from sqlalchemy import select

from crawler.items import Change, ChangeType
from crawler.store import Store, journal, sessions
from crawler.store.tables import sessions as session_rows
from crawler.store.wire import corrections, notices
from tests.feeds.world import T0, make_notice

MOST = 5


def remember(store: Store, number: int) -> str:
    notice = make_notice(number)
    with store.begin() as tx:
        for _ in range(2):  # judged twice, it happened once
            change = Change(ChangeType.NEW, notice, sighting=notice.sightings[0], event="notice.new")
            notices.apply(tx, change, key=notice.url, now=notice.first_seen)
    return notice.id


def told(store: Store, last: int = 0) -> list[tuple[str, str | None]]:
    with store.read() as tx:
        return [(entry.type, entry.notice_id) for entry in journal.after(tx, last)]


def test_what_happens_is_written_down_once(store: Store) -> None:
    first, second = remember(store, 1), remember(store, 2)
    with store.begin() as tx:
        corrections.merge(tx, first, second, now=T0 + 9)
    assert told(store) == [("notice.new", first), ("notice.new", second), ("notice.merged", second)]


def test_what_is_undone_never_happened(store: Store) -> None:
    try:
        with store.begin() as tx:
            journal.add(tx, "notice.new", at=T0, notice_id="ntc_1")
            raise ValueError
    except ValueError:
        pass
    assert told(store) == []


def test_numbers_are_committed_in_their_order(store: Store) -> None:
    """A slow writer is not overtaken by one that came after it: a reader would go on behind its number."""

    def write(name: str) -> None:
        with store.begin() as tx:
            journal.add(tx, name, at=T0)

    with store.begin() as tx:
        journal.add(tx, "slow", at=T0)
        quick = Thread(target=write, args=("quick",))
        quick.start()
        quick.join(0.3)
        assert told(store) == []
    quick.join(30)
    assert told(store) == [("slow", None), ("quick", None)]


def test_a_number_is_never_given_twice(store: Store) -> None:
    with store.begin() as tx:
        for at in (1.0, 2.0, 3.0):
            journal.add(tx, "notice.new", at=at)
        assert journal.bounds(tx) == (1, 3)
        assert journal.forget(tx, 10.0) == 2
        assert journal.bounds(tx) == (3, 3)
        journal.add(tx, "notice.new", at=4.0)
        assert journal.bounds(tx) == (3, 4)


def test_a_session_is_known_until_it_ends(store: Store) -> None:
    with store.begin() as tx:
        sessions.begin(tx, "secret", "read", now=T0, until=T0 + 60)
        assert sessions.role(tx, "secret", T0 + 59) == "read"
        assert sessions.role(tx, "secret", T0 + 60) is None
        assert sessions.role(tx, "another", T0) is None
        sessions.end(tx, "secret")
        assert sessions.role(tx, "secret", T0) is None


def test_sessions_that_ended_and_those_too_many_are_forgotten(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "MOST", MOST)
    with store.begin() as tx:
        for number in range(MOST + 2):
            sessions.begin(tx, f"s{number}", "read", now=T0 + number, until=T0 + 10_000)
        assert len(tx.execute(select(session_rows)).all()) == MOST
        assert sessions.role(tx, "s1", T0) is None
        assert sessions.role(tx, f"s{MOST + 1}", T0) == "read"
        sessions.begin(tx, "late", "read", now=T0 + 20_000, until=T0 + 30_000)
        assert len(tx.execute(select(session_rows)).all()) == 1
