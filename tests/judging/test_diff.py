from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.judging.diff import summarise

BASE = "警方在妙瓦底抓获92名嫌疑人。请中国公民谨慎前往当地。联系电话010-66001234，截止6月30日。"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("92名", "763名", "92 → 763"),
        ("谨慎前往", "暂勿前往", "谨慎 → 暂勿"),
        ("妙瓦底", "西港", "妙瓦底 → 西港"),
        ("010-66001234", "010-66009999", "010-66001234 → 010-66009999"),
        ("6月30日", "7月15日", "6月30 → 7月15"),
        ("请中国公民", "请全部中国公民", "+ 全部"),
    ],
)
def test_numbers_places_contacts_deadlines_and_advice_are_material(old: str, new: str, said: str) -> None:
    material, summary, _ = summarise(BASE, BASE.replace(old, new))
    assert material
    assert summary == said


def test_a_chinese_numeral_is_a_number() -> None:
    assert summarise("三名嫌疑人落网。", "五名嫌疑人落网。")[:2] == (True, "三 → 五")


def test_a_decimal_point_is_part_of_a_number() -> None:
    assert summarise("涉案3.5万元。", "涉案35万元。")[:2] == (True, "3.5万 → 35万")


def test_a_sentence_added_or_removed_is_material_and_quoted() -> None:
    more = BASE + "使馆同时公布了新的领保值班安排。"
    assert summarise(BASE, more)[:2] == (True, "+ 使馆同时公布了新的领保值班安排")
    assert summarise(more, BASE)[:2] == (True, "− 使馆同时公布了新的领保值班安排")


def test_a_word_put_better_is_cosmetic() -> None:
    material, summary, diff = summarise("各地高度重视这项工作。", "各地十分重视这项工作。")
    assert not material
    assert summary == "高度 → 十分"
    assert diff == "各地[-高度-]{+十分+}重视这项工作。"


def test_clauses_that_only_moved_are_cosmetic() -> None:
    assert summarise("一批骗子落网，警方通报，案件在查。", "警方通报，一批骗子落网，案件在查。")[0] is False


def test_lonely_letters_between_two_changes_make_no_crumbs() -> None:
    _, _, diff = summarise("请大家尽快返回国内。", "请各位立即回到国内。")
    assert diff.count("[-") == 1


def test_a_text_that_changes_script_and_a_number_shows_only_the_number() -> None:
    old = "警方在緬甸抓獲92名詐騙嫌疑人，請勿輕信網絡招聘。"
    new = "警方在缅甸抓获763名诈骗嫌疑人，请勿轻信网络招聘。"
    assert summarise(old, new)[1] == "92 → 763"


def test_summary_and_diff_stay_small() -> None:
    old, new = "，".join(f"甲{n}" for n in range(9_000)), "，".join(f"乙{n}" for n in range(9_000))
    material, summary, diff = summarise(old, new)
    assert material
    assert len(summary) <= 200
    assert len(diff) <= 20_000


@given(st.text(), st.text())
def test_any_two_texts_survive(old: str, new: str) -> None:
    _, summary, _ = summarise(old, new)
    assert summary
    assert "\n" not in summary
