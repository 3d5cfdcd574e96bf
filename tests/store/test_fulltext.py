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


def _tell(store: Store, bodies: list[str]) -> None:
    with store.begin() as tx:
        for n, body in enumerate(bodies, 1):
            made = notice(n, title="提示", body=body)
            notices.apply(tx, Change(ChangeType.NEW, made), key=key(n), now=NOW + n)


@pytest.mark.parametrize("many", [3, 40])
def test_a_beginning_finds_every_word_that_begins_so_be_they_many(store: Store, many: int) -> None:
    _tell(store, [f"the depot{n:02} is closed" for n in range(many)] + ["the bank is closed"])
    with store.read() as tx:
        for q, exclude, number in (
            ("depo", "", many),
            ("the-depot", "", many),
            ("depot0", "", min(many, 10)),
            ("closed depot01", "", 1),
            ("closed", "depot", 1),
            ("closed", "depot0", many + 1 - min(many, 10)),
            ("deport", "", 0),
        ):
            assert len(notices.search(tx, Query(q=q, exclude=exclude))) == number, (q, exclude)


def test_words_that_begin_alike_are_named_where_they_are_few(sqlite_store: Store) -> None:
    _tell(sqlite_store, ["deposit", "deposits depots", "dep", "depo"] + [f"call{n}" for n in range(40)])
    with sqlite_store.read() as tx:
        assert fulltext.begun(tx, ["dep", "deposit", "缅甸", "none", "call"]) == {
            "dep": ["dep", "depo", "deposit", "deposits", "depots"],
            "deposit": ["deposit", "deposits"],
            "none": [],
        }
