from __future__ import annotations

import random
import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.judging.change.edits import Run, common, compare

HAN = "警方提醒抓获名嫌疑人请勿前往缅甸妙瓦底三五十日月不会，。、；\n 0123456789.:-[]{}+aB"
texts = st.one_of(st.text(), st.text(st.sampled_from(HAN)))


def changed(old: str, new: str) -> list[tuple[str, str]]:
    """The words that differ."""
    return [(r.old, r.new) for runs in compare(old, new) for r in runs if r.kind != "same"]


def kinds(old: str, new: str) -> set[str]:
    return {r.kind for runs in compare(old, new) for r in runs}


@given(texts, texts)
def test_the_runs_joined_are_both_texts_to_the_last_space(old: str, new: str) -> None:
    runs = [run for passage in compare(old, new) for run in passage]
    assert "".join(run.old for run in runs) == old
    assert "".join(run.new for run in runs) == new


@given(texts)
def test_a_text_does_not_differ_from_itself(text: str) -> None:
    assert kinds(text, text) <= {"same"}


@given(st.lists(st.integers(0, 4)), st.lists(st.integers(0, 4)))
def test_what_two_sequences_share_is_found_in_order_and_none_is_longer(a: list[int], b: list[int]) -> None:
    pairs = common(a, b)
    assert all(a[i] == b[j] for i, j in pairs)
    assert pairs == sorted(set(pairs))
    assert all(i < k and j < m for (i, j), (k, m) in pairwise(pairs))
    lengths = [[0] * (len(b) + 1) for _ in range(len(a) + 1)]
    for i, x in enumerate(a):
        for j, y in enumerate(b):
            longer = max(lengths[i][j + 1], lengths[i + 1][j])
            lengths[i + 1][j + 1] = lengths[i][j] + 1 if x == y else longer
    assert len(pairs) == lengths[-1][-1]


@pytest.mark.parametrize(
    ("old", "new", "edits"),
    [
        ("请中国公民谨慎前往当地。", "请中国公民暂勿前往当地。", [("谨慎前往", "暂勿前往")]),
        ("抓获1079名嫌疑人。", "抓获1082名嫌疑人。", [("1079名", "1082名")]),
        ("涉案3.5万元。", "涉案35万元。", [("3.5万元", "35万元")]),
        ("至2025年6月30日止。", "至2025年7月15日止。", [("2025年6月30日止", "2025年7月15日止")]),
        ("请拨打010-66001234。", "请拨打010-66009999。", [("010-66001234", "010-66009999")]),
        ("骗子用Telegram联系。", "骗子用Telepay联系。", [("Telegram", "Telepay")]),
        ("see www.old.example now", "see www.new.example now", [("www.old.example", "www.new.example")]),
        ("电信网络诈骗多发。", "网络诈骗多发。", [("电信网络诈骗", "网络诈骗")]),
    ],
)
def test_words_numbers_dates_and_telephone_numbers_are_never_torn(
    old: str, new: str, edits: list[tuple[str, str]]
) -> None:
    assert changed(old, new) == edits


def test_lonely_letters_between_two_changes_make_no_crumbs() -> None:
    assert changed("请大家返回驻地。", "请各位回到驻地。") == [("大家返回", "各位回到")]


def test_changes_in_two_clauses_stay_two() -> None:
    assert changed("高度重视，仔细研究。", "十分重视，认真研究。") == [("高度", "十分"), ("仔细", "认真")]


def test_a_paragraph_that_moved_is_moved_and_not_rewritten() -> None:
    a, b, c = "警方近日通报一起案件。\n", "嫌疑人已经全部移交。\n", "请广大群众注意防范。\n"
    assert kinds(a + b + c, b + a + c) == {"same", "moved"}
    assert sorted(changed(a + b + c, c + a + b)) == sorted([("", c), (c, "")])


def test_short_clauses_and_bare_numbers_do_not_move() -> None:
    assert "moved" not in kinds("甲市，5人，乙市，3人", "甲市，3人，乙市，5人")


def test_layout_belongs_to_the_words_before_it() -> None:
    assert compare("一。\n\n二", "一 。二") == [(Run("一。\n\n", "一 。", "same"),), (Run("二", "二", "same"),)]


def test_lines_about_the_page_are_idle() -> None:
    assert changed("通报全文。\n责任编辑：甲一", "通报全文。\n责任编辑：乙二") == [("责任编辑：甲一", "责任编辑：乙二")]
    assert kinds("通报全文。\n责任编辑：甲一", "通报全文。\n责任编辑：乙二") == {"same", "idle"}


@pytest.mark.parametrize("alphabet", ["甲乙", "0123456789,.-", "abc ,.-/1'@", HAN])
def test_unrelated_texts_of_200_kb_are_compared_in_bounded_time(alphabet: str) -> None:
    chance = random.Random(1)
    old, new = ("".join(chance.choices(alphabet, k=66_000)) for _ in "ab")
    started = time.process_time()
    runs = [run for passage in compare(old, new) for run in passage]
    assert time.process_time() - started < 6
    assert "".join(run.new for run in runs) == new
