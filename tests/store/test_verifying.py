"""Whatever is done to the evidence behind the program's back is found, and named at its place."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import Connection, delete, select, update

from crawler.evidence.chain import canonical, digest
from crawler.store import Store, open_store, tables
from crawler.store.evidence import captures, chain
from crawler.store.wire import corrections, notices
from tests.store.evidenced import fill, found, judged, page, report
from tests.store.given import NOW, key, new, notice

CAPTURES, CHAIN, NOTICES, REVISIONS = tables.captures, tables.chain, tables.notices, tables.revisions
ID = {number: notice(number).id for number in (1, 2, 3)}


@pytest.fixture
def filled(store: Store) -> Store:
    fill(store)
    return store


def forge(store: Store, deed: Callable[[Connection], object]) -> None:
    with store.begin() as tx:
        deed(tx)


def rechained(tx: Connection, number: int, **changed: object) -> None:
    """Change a link and make its own hash good, as a careful forger would."""
    event = json.loads(tx.execute(select(CHAIN.c.link).where(CHAIN.c.number == number)).scalar_one())
    text = canonical({**event, **changed})
    tx.execute(update(CHAIN).where(CHAIN.c.number == number).values(link=text, hash=digest(text)))


def test_evidence_that_nobody_touched_is_sound(filled: Store) -> None:
    said = report(filled)
    assert said.flaws == []
    assert (said.links, said.captures, said.notices) == (13, 7, 3)
    assert said.head is not None
    assert said.head.number == 13


def test_the_end_of_the_chain_is_checked_by_itself(filled: Store) -> None:
    def said(number: int) -> str:
        with filled.read() as tx:
            last = chain.head(tx)
            assert last is not None
            return chain.broken(tx, last, number)

    assert [said(number) for number in (1, 5, 500)] == ["", "", ""]
    forge(filled, lambda tx: rechained(tx, 4, subject="99"))
    assert said(5) == ""  # the forged one lies further back
    assert said(500).startswith("link 5: it does not follow link 4")
    forge(filled, lambda tx: tx.execute(delete(CHAIN).where(CHAIN.c.number == 11)))
    assert said(5).startswith("link 12: link 11 is missing")


def test_an_empty_store_is_sound(store: Store) -> None:
    assert (report(store).flaws, report(store).head) == ([], None)


def test_a_corrupted_capture_is_found(filled: Store) -> None:
    with filled.read() as tx:
        record = bytearray(captures.get(tx, 3).record)
    record[200] ^= 1
    forge(filled, lambda tx: tx.execute(update(CAPTURES).where(CAPTURES.c.id == 3).values(record=bytes(record))))
    assert found(filled) == [("capture", "3", 5)]


def test_a_capture_exchanged_with_all_its_hashes_is_found_by_the_chain(filled: Store) -> None:
    def exchange(tx: Connection) -> None:
        other = captures.get(tx, captures.add(tx, page(3, b"<p>forged</p>"), key(3)))
        tx.execute(delete(CHAIN).where(CHAIN.c.number == 14))
        tx.execute(delete(CAPTURES).where(CAPTURES.c.id == other.id))
        names = ("sha256", "size", "payload_sha256", "record_sha256", "record_size", "record")
        values = {name: getattr(other, name) for name in names}
        tx.execute(update(CAPTURES).where(CAPTURES.c.id == 5).values(values))

    forge(filled, exchange)
    (flaw,) = report(filled).flaws
    assert (flaw.what, flaw.id, flaw.link) == ("capture", "5", 9)
    assert "body_sha256" in flaw.why


@pytest.mark.parametrize("column", ["url", "address", "certificate", "fetched_at", "status"])
def test_what_is_said_of_a_capture_cannot_be_changed(filled: Store, column: str) -> None:
    value = {"fetched_at": NOW - 86400, "status": 404}.get(column, "forged")
    forge(filled, lambda tx: tx.execute(update(CAPTURES).where(CAPTURES.c.id == 1).values({column: value})))
    assert ("capture", "1", 1) in found(filled)


def test_a_reordered_chain_is_found_at_its_first_wrong_link(filled: Store) -> None:
    def swap(tx: Connection) -> None:
        for old, now in ((4, -4), (5, 4), (-4, 5)):
            tx.execute(update(CHAIN).where(CHAIN.c.number == old).values(number=now))

    forge(filled, swap)
    first = report(filled).broken_link
    assert first is not None
    assert (first.link, first.why) == (4, "it was written as link 5, and moved here")


@pytest.mark.parametrize("number", [1, 2, 6, 12])
def test_a_removed_link_is_found_by_the_next_one(filled: Store, number: int) -> None:
    forge(filled, lambda tx: tx.execute(delete(CHAIN).where(CHAIN.c.number == number)))
    first = report(filled).broken_link
    assert first is not None
    assert (first.link, first.why) == (number + 1, f"link {number} is missing before it")


@pytest.mark.parametrize("number", [2, 13])
def test_a_verdict_that_was_edited_is_found_by_its_hash(filled: Store, number: int) -> None:
    with filled.read() as tx:
        text = tx.execute(select(CHAIN.c.link).where(CHAIN.c.number == number)).scalar_one()
    forged = text.replace('"official":true', '"official":false')
    forge(filled, lambda tx: tx.execute(update(CHAIN).where(CHAIN.c.number == number).values(link=forged)))
    assert ("link", str(number), number) in found(filled)


def test_a_verdict_edited_with_its_hash_is_found_by_the_next_link(filled: Store) -> None:
    forge(filled, lambda tx: rechained(tx, 2, change="forged"))
    first = report(filled).broken_link
    assert first is not None
    assert (first.link, first.why) == (3, "it does not follow link 2: one of the two was exchanged")


def test_the_last_verdict_edited_with_its_hash_is_found_by_the_notice(filled: Store) -> None:
    forge(filled, lambda tx: rechained(tx, 13, statement={"status": "current"}))
    assert found(filled) == [("notice", ID[2], 13)]


def test_a_link_that_was_put_in_is_found(filled: Store) -> None:
    row = {"number": 14, "type": "verdict", "subject": "x", "link": "{}", "hash": "0"}
    forge(filled, lambda tx: tx.execute(CHAIN.insert().values(row)))
    assert ("link", "14", 14) in found(filled)


@pytest.mark.parametrize("text", ["rubbish", "[]", '{"number":'])
def test_a_link_that_is_no_json_is_named_and_the_rest_is_read(filled: Store, text: str) -> None:
    forge(filled, lambda tx: tx.execute(update(CHAIN).where(CHAIN.c.number == 7).values(link=text, hash=digest(text))))
    flaws = found(filled)
    assert flaws[0] == ("link", "7", 7)
    assert report(filled).links == 13


def test_an_end_that_was_cut_off_is_found_by_the_notices(filled: Store) -> None:
    forge(filled, lambda tx: tx.execute(delete(CHAIN).where(CHAIN.c.number > 8)))
    assert {(what, id) for what, id, _ in found(filled)} == {
        ("capture", "5"),
        ("capture", "6"),
        ("capture", "7"),
        ("notice", ID[1]),
        ("notice", ID[2]),
    }


def test_an_end_cut_off_with_all_it_tells_of_is_found_by_a_head_noted_earlier(store: Store) -> None:
    judged(store, new(1), 1)
    judged(store, new(2, text_hash="b" * 64), 2)
    head = report(store).head
    assert head is not None

    def cut(tx: Connection) -> None:
        tx.execute(delete(CHAIN).where(CHAIN.c.number > 2))
        tx.execute(delete(CAPTURES).where(CAPTURES.c.id == 2))
        for table in (tables.events, tables.tags, tables.related):
            tx.execute(delete(table).where(table.c.notice_id == ID[2]))
        tx.execute(update(tables.links).where(tables.links.c.notice_id == ID[2]).values(notice_id=None))
        tx.execute(delete(NOTICES).where(NOTICES.c.id == ID[2]))

    assert found(store, head=head.hash) == []
    forge(store, cut)
    assert found(store) == []  # without anybody's word there is nothing to see
    assert found(store, head=head.hash) == [("link", "head", 2)]


@pytest.mark.parametrize(
    "changed", [{"title": "改"}, {"body": "改"}, {"official": False}, {"kind": "other"}, {"first_seen": 1.0}]
)
def test_a_notice_that_was_edited_is_found(filled: Store, changed: dict[str, object]) -> None:
    forge(filled, lambda tx: tx.execute(update(NOTICES).where(NOTICES.c.id == ID[3]).values(changed)))
    assert found(filled) == [("notice", ID[3], 6)]


def test_a_reason_that_was_edited_is_found(filled: Store) -> None:
    forge(filled, lambda tx: tx.execute(update(NOTICES).where(NOTICES.c.id == ID[3]).values(verdict={"reasons": []})))
    assert found(filled) == [("notice", ID[3], 6)]


def test_a_notice_without_a_link_is_found(filled: Store) -> None:
    def put_in(tx: Connection) -> None:
        row = tx.execute(select(NOTICES).where(NOTICES.c.id == ID[3])).mappings().one()
        tx.execute(NOTICES.insert().values({**row, "id": "ntc_forged", "number": 99, "doc": 99}))

    forge(filled, put_in)
    assert found(filled) == [("notice", "ntc_forged", 0)]


@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_text_of_an_earlier_revision_cannot_be_changed_or_removed(filled: Store, number: int) -> None:
    where = (REVISIONS.c.notice_id == ID[1]) & (REVISIONS.c.number == number)
    forge(filled, lambda tx: tx.execute(update(REVISIONS).where(where).values(body="改")))
    assert [(what, id) for what, id, _ in found(filled)] == [("notice", ID[1])]
    forge(filled, lambda tx: tx.execute(delete(REVISIONS).where(where)))
    assert [(what, id) for what, id, _ in found(filled)] == [("notice", ID[1])]


def test_a_capture_whose_row_was_removed_is_found(filled: Store) -> None:
    forge(filled, lambda tx: tx.execute(delete(CAPTURES).where(CAPTURES.c.id == 7)))
    assert found(filled) == [("capture", "7", 12)]


def test_a_merge_and_a_hidden_notice_are_told_apart(filled: Store) -> None:
    with filled.begin() as tx:
        corrections.merge(tx, ID[1], ID[3], now=NOW + 999)
    assert found(filled) == []
    forge(filled, lambda tx: tx.execute(update(NOTICES).where(NOTICES.c.id == ID[2]).values(merged_into=ID[1])))
    assert found(filled) == [("notice", ID[2], 13)]


def test_a_judgement_that_is_applied_twice_is_linked_once(store: Store) -> None:
    judged(store, new(1), 1)
    before = report(store).links
    with store.begin() as tx:
        notices.apply(tx, new(1), key=key(1), now=NOW)
    assert report(store).links == before


def test_what_was_rolled_back_leaves_no_gap(store: Store) -> None:
    judged(store, new(1), 1)
    with store.begin() as tx:
        captures.add(tx, page(2), key(2))
        tx.rollback()
    judged(store, new(3, text_hash="c" * 64), 3)
    assert (found(store), report(store).links) == ([], 4)


def test_several_writers_make_one_chain(database_url: str) -> None:
    def write(first: int) -> None:
        store = open_store(database_url)
        for number in range(first, first + 8):
            with store.begin() as tx:
                captures.add(tx, page(number), key(number))
        store.close()

    writers = [Thread(target=write, args=(n * 100,)) for n in (1, 2, 3)]
    open_store(database_url).close()
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    store = open_store(database_url)
    said = report(store, Path())
    with store.read() as tx:
        assert [row.number for row in chain.every(tx)] == list(range(1, 25))
    assert (said.flaws, said.links, said.captures) == ([], 24, 24)
    store.close()
