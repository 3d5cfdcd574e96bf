"""Full-text search: words of both scripts are found, in any form of their characters, as long as they stand there."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.items import Change, ChangeType
from crawler.store import Store
from crawler.store.wire import fulltext, notices
from crawler.store.wire.notices import Query
from tests.store.given import NOW, key, notice, revised

TEXT = "缅甸东部的“高薪客服”骗局：call-centre jobs at KK Park，月薪 3.5 万。"


def found(store: Store, q: str) -> bool:
    with store.read() as tx:
        return bool(notices.search(tx, Query(q=q)))


@pytest.fixture
def said(store: Store) -> Store:
    with store.begin() as tx:
        notices.apply(tx, Change(ChangeType.NEW, notice(1, title="提示", body=TEXT)), key=key(1), now=NOW)
    return store


@pytest.mark.parametrize(
    "q",
    [
        "缅甸",
        "緬甸",
        "甸",
        "局",
        "高薪客服",
        "CALL",
        "call-cen",
        "kk park",
        "park 缅甸",
        "ＫＫ",
        "3.5",
        "骗局 提示",
    ],
)
def test_what_stands_there_is_found(said: Store, q: str) -> None:
    assert found(said, q)


@pytest.mark.parametrize(
    "q", ["柬埔寨", "甸缅", "缅东", "的高薪", "entre", "park kk柬", "35", "缅甸 柬埔寨", "'", '"', "* OR 缅", "NOT"]
)
def test_what_does_not_is_not(said: Store, q: str) -> None:
    assert not found(said, q)


def test_a_revised_notice_is_found_by_what_it_says_now(said: Store) -> None:
    with said.begin() as tx:
        first = notices.get(tx, notice(1).id)
        notices.apply(tx, revised(first, "改为老挝北部。", "e" * 64, NOW + 1), key=key(1), now=NOW + 1)
    assert found(said, "老挝")
    assert not found(said, "缅甸")


def test_a_very_long_text_is_kept_and_found(store: Store) -> None:
    long = replace(notice(2), body="银行转账" * 9000)
    with store.begin() as tx:
        notices.apply(tx, Change(ChangeType.NEW, long), key=key(2), now=NOW)
    assert found(store, "转账银行")


@given(st.text(max_size=60), st.integers(0, 59), st.integers(1, 8))
def test_every_part_of_a_chinese_text_is_among_its_pairs(noise: str, at: int, length: int) -> None:
    text = "近期有人以高薪客服为名招募人员出境到达后证件即被收走请马上求助如遇紧急情况请及时向当地警方求助"
    part = text[at % len(text) :][:length]
    wanted, begins = fulltext.phrase(part)
    kept = fulltext.words(f"{noise} {text} {noise}")
    joined = " " + " ".join(kept) + " "
    assert f" {' '.join(wanted)}{'' if begins else ' '}" in joined
