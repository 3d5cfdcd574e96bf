"""Captures: the bytes that were answered, provably the same ever after."""

from __future__ import annotations

import gzip
import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from crawler.exceptions import StoreError, UnknownNotice
from crawler.items import Exchange, Page
from crawler.store import Store, tables
from crawler.store.evidence import captures, chain
from tests.store.given import NOW, key

NOWHERE = Path()  # what was just captured waits in its row


def page(body: bytes, at: float = NOW) -> Page:
    headers = {"ETag": '"1"', "X-名": "值"}
    return Page("https://police.example/tips/1", 200, body, "text/html; charset=gb2312", headers, at, "192.0.2.1")


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.binary(max_size=5000))
def test_a_page_comes_back_byte_for_byte(sqlite_store: Store, body: bytes) -> None:
    with sqlite_store.begin() as tx:
        assert captures.load(tx, captures.add(tx, page(body), key()), NOWHERE) == page(body)


def test_a_page_comes_back_with_all_that_was_answered(store: Store) -> None:
    said = page("境外招工".encode("gbk") + b"\x00\xff")
    with store.begin() as tx:
        assert captures.load(tx, captures.add(tx, said, None), NOWHERE) == said


def test_the_captures_of_a_link_are_listed_in_order(store: Store) -> None:
    with store.begin() as tx:
        ids = [captures.add(tx, page(b"x", NOW - n), key()) for n in range(3)]
        captures.add(tx, page(b"list"), None)
        assert captures.of_link(tx, key()) == ids[::-1]


@pytest.mark.parametrize("forged", [gzip.compress(b"other words", mtime=0), b"no record", b""])
def test_bytes_that_were_changed_are_not_shown(store: Store, forged: bytes) -> None:
    with store.begin() as tx:
        good, bad = (captures.add(tx, page(b"words"), key()) for _ in range(2))
        tx.execute(update(tables.captures).where(tables.captures.c.id == bad).values(record=forged))
    with store.read() as tx:
        assert captures.load(tx, good, NOWHERE).body == b"words"
        with pytest.raises(StoreError, match=f"capture {bad} of https://police.example/tips/1"):
            captures.load(tx, bad, NOWHERE)


def test_one_page_is_always_packed_into_the_same_bytes(store: Store) -> None:
    with store.begin() as tx:
        for _ in range(2):
            captures.add(tx, page(b"words"), key())
        packed = set(tx.execute(select(tables.captures.c.record)).scalars())
    assert len(packed) == 1


def fetched(body: bytes, at: float = NOW) -> Page:
    return replace(page(body, at), exchange=Exchange((("Host", "police.example"),), ((b"ETag", b"1"),), body, "OK"))


def test_bytes_that_are_kept_already_are_not_kept_again(store: Store) -> None:
    with store.begin() as tx:
        pages = (fetched(b"x" * 999), fetched(b"x" * 999, NOW + 1), fetched(b"y"))
        first, again, other = (captures.add(tx, shown, key()) for shown in pages)
        rows = {id: captures.get(tx, id) for id in (first, again, other)}
        assert [rows[id].same_as for id in (first, again, other)] == [None, first, None]
        assert captures.load(tx, again, NOWHERE) == fetched(b"x" * 999, NOW + 1)


def test_a_capture_is_a_link_of_the_chain_that_names_its_bytes(store: Store) -> None:
    with store.begin() as tx:
        id = captures.add(tx, fetched(b"words"), key())
        (row,) = chain.about(tx, "capture", [str(id)])
        said = json.loads(row.link)["statement"]
        kept = captures.get(tx, id)
    assert said["body_sha256"] == hashlib.sha256(b"words").hexdigest()
    assert said["record_sha256"] == hashlib.sha256(kept.record).hexdigest()
    assert (said["url"], said["address"], said["fetched"]) == (kept.url, "192.0.2.1", "2023-11-14T22:13:20.000000Z")


def test_nothing_under_an_id_is_said_so(store: Store) -> None:
    with store.read() as tx, pytest.raises(UnknownNotice, match="capture 7"):
        captures.load(tx, 7, NOWHERE)
