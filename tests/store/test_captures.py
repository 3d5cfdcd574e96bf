"""Captures: the bytes that were answered, provably the same ever after."""

from __future__ import annotations

import gzip

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from crawler.exceptions import StoreError, UnknownNotice
from crawler.items import Page
from crawler.store import Store, captures, tables
from tests.store.given import NOW, key


def page(body: bytes, at: float = NOW) -> Page:
    headers = {"ETag": '"1"', "X-名": "值"}
    return Page("https://police.example/tips/1", 200, body, "text/html; charset=gb2312", headers, at, "192.0.2.1")


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.binary(max_size=5000))
def test_a_page_comes_back_byte_for_byte(sqlite_store: Store, body: bytes) -> None:
    with sqlite_store.begin() as tx:
        assert captures.load(tx, captures.add(tx, page(body), key())) == page(body)


def test_a_page_comes_back_with_all_that_was_answered(store: Store) -> None:
    said = page("境外招工".encode("gbk") + b"\x00\xff")
    with store.begin() as tx:
        assert captures.load(tx, captures.add(tx, said, None)) == said


def test_the_captures_of_a_link_are_listed_in_order(store: Store) -> None:
    with store.begin() as tx:
        ids = [captures.add(tx, page(b"x", NOW - n), key()) for n in range(3)]
        captures.add(tx, page(b"list"), None)
        assert captures.of_link(tx, key()) == ids[::-1]


@pytest.mark.parametrize("forged", [gzip.compress(b"other words", mtime=0), b"no gzip", b""])
def test_bytes_that_were_changed_are_found_and_not_shown(store: Store, forged: bytes) -> None:
    with store.begin() as tx:
        good, bad = (captures.add(tx, page(b"words"), key()) for _ in range(2))
        tx.execute(update(tables.captures).where(tables.captures.c.id == bad).values(gzip=forged))
    with store.read() as tx:
        assert list(captures.broken(tx)) == [bad]
        assert captures.load(tx, good).body == b"words"
        with pytest.raises(StoreError, match=f"capture {bad} of https://police.example/tips/1"):
            captures.load(tx, bad)


def test_one_page_is_always_packed_into_the_same_bytes(store: Store) -> None:
    with store.begin() as tx:
        for at in (NOW, NOW + 9):
            captures.add(tx, page(b"words", at), key())
        packed = set(tx.execute(select(tables.captures.c.gzip)).scalars())
    assert len(packed) == 1


def test_many_captures_are_checked_in_batches(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(captures, "_BATCH", 2)
    with store.begin() as tx:
        ids = [captures.add(tx, page(b"%d" % n), None) for n in range(5)]
        tx.execute(update(tables.captures).values(sha256="0" * 64))
        assert list(captures.broken(tx)) == ids


def test_nothing_under_an_id_is_said_so(store: Store) -> None:
    with store.read() as tx, pytest.raises(UnknownNotice, match="capture 7"):
        captures.load(tx, 7)
