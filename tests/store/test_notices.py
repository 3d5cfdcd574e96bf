"""Notices: a judgement becomes memory and event together, once, however often it is applied."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from crawler.exceptions import UnknownNotice
from crawler.items import Authority, Change, ChangeType, Notice, Origin, Place, notice_json
from crawler.store import Store, changes, tables
from crawler.store.watch import identity, links
from crawler.store.wire import notices
from tests.store.given import NOW, article, key, link, new, notice, revised, sighting, verdict

ID = notice().id


def apply(store: Store, change: Change, number: int = 1, now: float = NOW) -> str | None:
    with store.begin() as tx:
        return notices.apply(tx, change, key=key(number), now=now)


def get(store: Store, id: str = ID) -> Notice:
    with store.read() as tx:
        return notices.get(tx, id)


def events(store: Store) -> list[Any]:
    with store.read() as tx:
        return list(tx.execute(select(tables.events.c["id", "type", "payload"]).order_by(tables.events.c.at)))


def pending(store: Store) -> list[str | None]:
    with store.read() as tx:
        return [notice for _, notice in changes.pending(tx)]


def test_a_new_notice_comes_back_as_it_was_given(store: Store) -> None:
    with store.begin() as tx:
        links.add(tx, "police/tips", [link(1)], now=NOW, owner="me", baseline=False)
    assert (apply(store, new()) or "").startswith("evt_")
    assert get(store) == notice()
    assert pending(store) == [ID]


def test_a_notice_without_date_or_authority_comes_back_as_it_was_given(store: Store) -> None:
    bare = notice(
        published=None, origin=Origin("某报", None, None, False, True), verdict=verdict(places=(), reasons=())
    )
    apply(store, Change(ChangeType.NEW, bare, sighting=bare.sightings[0]))
    assert get(store) == bare


def test_the_event_carries_the_notice_as_it_then_was(store: Store) -> None:
    event = apply(store, new())
    apply(store, revised(get(store), "改过的正文。", "b" * 64), now=NOW + 60)
    first, second = events(store)
    assert (first.id, first.type, first.payload) == (event, "notice.new", notice_json(notice()))
    assert second.type == "notice.revised"
    assert second.payload["revisions"][0]["summary"] == "一处数字改变"


def test_a_judgement_applied_twice_is_one_notice_and_one_event(store: Store) -> None:
    change = revised(notice(), "改过的正文。", "b" * 64)
    assert apply(store, new()) == apply(store, new())
    assert apply(store, change) == apply(store, change)
    assert len(get(store).revisions) == 1
    assert [e.type for e in events(store)] == ["notice.new", "notice.revised"]


def test_a_baseline_is_remembered_and_sends_nothing(store: Store) -> None:
    assert apply(store, replace(new(), event=None)) is None
    assert events(store) == []
    assert get(store) == notice()


def test_every_revision_is_kept_with_its_text_and_has_its_own_event(store: Store) -> None:
    apply(store, new())
    for number, text_hash in enumerate("bcd"):
        apply(store, revised(get(store), f"第{number}版。", text_hash * 64, NOW + number), now=NOW + number)
    assert [r.seen for r in get(store).revisions] == [NOW, NOW + 1, NOW + 2]
    assert len({e.id for e in events(store)}) == 4
    with store.read() as tx:
        known = notices.known(tx, article())
        texts = tx.execute(select(tables.revisions.c["number", "text_hash"]).order_by(tables.revisions.c.number)).all()
    assert [(row.number, row.text_hash[0]) for row in texts] == [(0, "a"), (1, "b"), (2, "c"), (3, "d")]
    assert {w.body for w in known.earlier} == {notice().body, "第0版。", "第1版。"}


def test_a_withdrawal_a_return_and_a_second_withdrawal_are_told_apart(store: Store) -> None:
    apply(store, new())
    ids = []
    for at in (NOW + 1, NOW + 3):
        gone = Change(ChangeType.WITHDRAWN, replace(notice(), status="withdrawn"), event="notice.withdrawn")
        ids += [apply(store, gone, now=at), apply(store, gone, now=at)]
        assert get(store).status == "withdrawn"
        apply(store, Change(ChangeType.RESTORED, notice()), now=at + 1)
        assert get(store).status == "current"
    assert ids[0] == ids[1] != ids[2] == ids[3]


def test_a_reprint_is_a_sighting_and_no_event(store: Store) -> None:
    apply(store, new())
    again = sighting(2, source="daily", column="daily/news", role="reprint", overlap=0.97, first_seen=NOW + 5)
    seen = replace(notice(), sightings=(sighting(1), again))
    assert apply(store, Change(ChangeType.REPRINT, seen, sighting=again), number=2) is None
    assert get(store).sightings == (sighting(1), again)
    assert len(events(store)) == 1


def test_the_original_found_after_its_reprint_becomes_the_notice_s_address(store: Store) -> None:
    claimed = Origin("某地警方", None, Authority.POLICE, True, True)
    apply(store, new(origin=claimed))
    best = sighting(2, first_seen=NOW + 5)
    upgraded = replace(notice(), url=best.url, origin=notice().origin, sightings=(sighting(1), best))
    apply(store, Change(ChangeType.REPRINT, upgraded, sighting=best), number=2)
    assert (get(store).url, get(store).origin.claimed_only) == (best.url, False)


def test_an_unchanged_reading_of_a_known_sighting_touches_no_feed(store: Store) -> None:
    apply(store, new())
    with store.begin() as tx:
        changes.done(tx, [number for number, _ in changes.pending(tx)])
    apply(store, Change(ChangeType.UNCHANGED, get(store), sighting=sighting(1)))
    assert pending(store) == []


def test_tags_follow_the_verdict(store: Store) -> None:
    apply(store, new())
    elsewhere = replace(notice(), verdict=verdict(places=(Place("KH", "柬埔寨", "西港"),), scam_types=()))
    apply(store, replace(revised(elsewhere, "新。", "b" * 64), event=None))
    with store.read() as tx:
        assert notices.search(tx, notices.Query(place="MM")) == []
        assert notices.search(tx, notices.Query(scam="job-lure")) == []
        assert len(notices.search(tx, notices.Query(place="KH"))) == 1


def test_the_judge_is_told_what_this_address_was_read_as(store: Store) -> None:
    apply(store, new())
    with store.read() as tx:
        known = notices.known(tx, article(text_hash="b" * 64))
    assert (known.here, known.alike, known.earlier) == (get(store), (), ())


def test_the_judge_is_told_of_the_same_text_elsewhere_and_of_all_if_there_are_several(store: Store) -> None:
    apply(store, new(1))
    apply(store, new(2, first_seen=NOW - 5), number=2)
    with store.read() as tx:
        known = notices.known(tx, article(3))
        assert (known.here, [a.notice.id for a in known.alike]) == (None, [notice(1).id, notice(2).id])
        assert notices.known(tx, article(3, text_hash="")).alike == ()


def test_an_article_under_another_of_its_names_is_known(store: Store) -> None:
    apply(store, new())
    with store.begin() as tx:
        identity.name(tx, [("wx:1:2:1", key(1))])
    with store.read() as tx:
        assert notices.known(tx, replace(article(9), key="wx:1:2:1", text_hash="")).here == get(store)
        assert notices.known(tx, replace(article(9), text_hash="", aliases=(key(1),))).here == get(store)


def test_a_sighting_under_an_alias_belongs_to_the_link(store: Store) -> None:
    apply(store, new())
    with store.begin() as tx:
        identity.name(tx, [("wx:1:2:1", key(1))])
        notices.apply(tx, replace(new(), event=None), key="wx:1:2:1", now=NOW)
    assert len(get(store).sightings) == 1


def test_an_import_that_no_list_named_is_a_sighting_too(store: Store) -> None:
    seen = sighting(1, source=None, column=None)
    apply(store, new(sightings=(seen,)))
    assert get(store).sightings == (seen,)


def test_an_unknown_notice_is_said_so(store: Store) -> None:
    with pytest.raises(UnknownNotice, match="ntc_x: no such notice"):
        get(store, "ntc_x")


def test_one_text_read_twice_at_the_same_moment_is_judged_one_after_the_other(store: Store) -> None:
    outcomes: list[str] = []
    barrier = threading.Barrier(2)

    def read(number: int) -> None:
        barrier.wait(10)
        with store.begin() as tx:
            if notices.known(tx, article(number)).alike:
                outcomes.append("reprint")
            else:
                outcomes.append("new")
                notices.apply(tx, new(number), key=key(number), now=NOW)

    threads = [threading.Thread(target=read, args=(n,)) for n in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(outcomes) == ["new", "reprint"]
