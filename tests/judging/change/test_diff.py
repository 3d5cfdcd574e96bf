from __future__ import annotations

import random
import re
import time

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from opencc import OpenCC

from crawler.judging.change.diff import SAME, restored, summarise
from feeds.entries import marked

TITLE = "领事提醒：警惕境外高薪招工"
BODY = (
    "警方在妙瓦底抓获92名嫌疑人，涉案3.5万元。\n"
    "请中国公民谨慎前往当地，不要轻信“云招聘”软件。\n"
    "联系电话010-66001234，截止6月30日。"
)
TEXT = f"{TITLE}\n{BODY}"
TRADITIONAL = OpenCC("s2t")


def material(old: str, new: str) -> bool:
    return summarise(old, new)[0]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("92名", "763名", "数字: 92名 → 763名"),
        ("3.5万元", "35万元", "数字: 3.5万元 → 35万元"),
        ("谨慎前往", "暂勿前往", "级别: 谨慎前往 → 暂勿前往"),
        ("妙瓦底", "西港", "地点: 妙瓦底 → 西港"),
        ("010-66001234", "010-66009999", "电话: 010-66001234 → 010-66009999"),
        ("6月30日", "7月15日", "日期: 6月30日 → 7月15日"),
        ("6月30日", "6月30日前", "日期: 6月30日 → 6月30日前"),
        ("请中国公民", "请全部中国公民", "范围: + 全部"),
        ("云招聘", "快招聘", "名称: 云招聘 → 快招聘"),
        ("不要轻信", "可以相信", "要求: 不要轻信 → 可以相信"),
        ("抓获", "移交", "状态: 抓获 → 移交"),
        ("截止", "不截止", "否定: 截止 → 不截止"),
    ],
)
def test_facts_level_advice_and_status_are_material_and_named(old: str, new: str, said: str) -> None:
    assert summarise(TEXT, TEXT.replace(old, new))[:2] == (True, said)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("对人员采取措施", "对人员解除措施"),
        ("公安机关提醒群众", "公安机关警告群众"),
        ("有关活动尚未终止", "有关活动已经终止"),
        ("死亡5人，受伤3人", "死亡3人，受伤5人"),
        ("三名嫌疑人落网", "五名嫌疑人落网"),
        ("嫌疑人张某落网", "嫌疑人李某落网"),
        ("嫌疑人高二三落网", "嫌疑人孙四五落网"),
        ("广西警方破获案件", "云南警方破获案件"),
        ("案件在侦办中", "案件在侦办中，新增受害人主要是在读学生"),
        ("citizens should avoid the area", "citizens may visit the area"),
        ("Level 2 applies to Myanmar", "Level 4 applies to Myanmar"),
        ("three victims came home", "five victims came home"),
        ("reported by Meiying Finance", "reported by Dongfang Finance"),
    ],
)
def test_what_changes_the_meaning_is_material(old: str, new: str) -> None:
    assert material(old, new)
    assert material(new, old)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("各地高度重视这项工作。", "各地十分重视这项工作。"),
        ("据查，该团伙作案多次。", "经查，该团伙作案多次。"),
        ("切勿轻信他人。", "请勿轻信他人。"),
        ("抓获92名嫌疑人。", "抓获九十二位嫌疑人。"),
        ("涉案3.5万元。", "涉案35,000元。"),
        ("2025年1月5日起施行。", "2025年01月05日起施行。"),
        ("一批骗子落网，警方通报，案件在查。", "警方通报，一批骗子落网，案件在查。"),
        ("他们以借口行骗。", "他们以籍口行骗。"),
        ("不法分子行骗。", "犯罪分子行骗。"),
        ("通报全文。\n责任编辑：甲一", "通报全文。\n责任编辑：乙二"),
        ("通报全文。\n更新时间：2025-06-01 10:00", "通报全文。\n更新时间：2025-06-02 11:30"),
        ("通报全文。\n▲图为活动现场", "通报全文。\n▲活动现场照片"),
        ("通报全文。", "通报全文。\n点击这里查看更多内容"),
        ("缅甸、老挝多地发案。", "老挝、缅甸多地发案。"),
        ("The police have recieved reports.", "The police have received reports."),
    ],
)
def test_what_is_put_better_or_stands_around_the_text_is_cosmetic(old: str, new: str) -> None:
    assert not material(old, new)
    assert not material(new, old)


def test_a_sentence_added_or_removed_is_material_and_quoted() -> None:
    more = TEXT + "使馆同时公布了新的领保值班安排。"
    assert summarise(TEXT, more)[:2] == (True, "内容: + 使馆同时公布了新的领保值班安排")
    assert summarise(more, TEXT)[:2] == (True, "内容: − 使馆同时公布了新的领保值班安排")


def test_advice_added_or_taken_back_is_material_however_short() -> None:
    assert summarise(TEXT, TEXT + "切勿汇款。")[:2] == (True, "要求: + 切勿汇款")
    assert summarise(TEXT + "切勿汇款。", TEXT)[:2] == (True, "要求: − 切勿汇款")


def test_a_fact_that_the_text_still_states_is_neither_lost_nor_new() -> None:
    text = "请拨打12308。使馆在妙瓦底设点。"
    assert not material(text, text.replace("使馆在", "使馆12308在"))
    assert material(text, text.replace("使馆在", "使馆12309在"))


def test_a_title_that_announces_something_else_is_material() -> None:
    found, summary, _ = summarise("关于电信诈骗的提示\n正文", "关于电信诈骗的通缉令\n正文")
    assert found
    assert summary.startswith("标题: 关于电信诈骗的提示 → 关于电信诈骗的通缉令")


def test_the_material_is_named_before_the_cosmetic() -> None:
    new = TEXT.replace("警方在", "公安在").replace("6月30日", "7月1日")
    assert summarise(TEXT, new)[1] == "日期: 6月30日 → 7月1日; 文字: 警方 → 公安"


def test_a_single_letter_is_quoted_with_its_neighbours() -> None:
    assert summarise("据查，该团伙落网。", "经查，该团伙落网。")[1] == "文字: 据查 → 经查"


def test_of_other_languages_the_respects_are_named_in_english() -> None:
    assert summarise("Call 12308 now.", "Call 12309 now.")[1] == "contact: 12308 → 12309"


def test_clauses_that_only_moved_are_said_to_have_moved() -> None:
    found, summary, diff = summarise("甲某某落网，乙某某在逃。", "乙某某在逃，甲某某落网。")
    assert (found, diff) == (False, "")
    assert summary.startswith("次序: ")


def test_the_diff_shows_the_changed_passages_and_what_stands_beside_the_change() -> None:
    diff = summarise(TEXT, TEXT.replace("92名", "763名").replace("6月30日", "7月1日"))[2]
    assert diff == "警方在妙瓦底抓获[-92名-]{+763名+}嫌疑人，\n截止[-6月30日-]{+7月1日+}。"


def test_a_text_that_changes_script_and_a_number_shows_only_the_number() -> None:
    old = "警方在緬甸抓獲92名詐騙嫌疑人，請勿輕信網絡招聘。"
    new = "警方在缅甸抓获763名诈骗嫌疑人，请勿轻信网络招聘。"
    assert summarise(old, new) == (
        True,
        "数字: 92名 → 763名",
        "警方在缅甸抓获[-92名-]{+763名+}诈骗嫌疑人，",
    )


def test_a_restored_notice_says_so_and_what_changed_meanwhile() -> None:
    assert restored(SAME) == "恢复 restored"
    assert restored("数字: 1人 → 2人") == "恢复 restored; 数字: 1人 → 2人"


def test_summary_and_diff_stay_small() -> None:
    old, new = "，".join(f"甲{n}" for n in range(9_000)), "，".join(f"乙{n}" for n in range(9_000))
    found, summary, diff = summarise(old, new)
    assert found
    assert len(summary) <= 200
    assert 1_000 < len(diff) <= 20_000


# --------------------------------------------------------------------------------------------------------------------
# Laws


@given(st.text(), st.text())
def test_any_two_texts_survive(old: str, new: str) -> None:
    _, summary, _ = summarise(old, new)
    assert summary
    assert len(summary.splitlines()) == 1


@given(st.text())
def test_the_same_text_has_an_empty_diff(text: str) -> None:
    assert summarise(text, text) == (False, SAME, "")


@given(st.text(st.sampled_from("甲乙[-]{+}。")), st.text(st.sampled_from("甲乙[-]{+}。")))
def test_marks_in_a_text_never_pass_for_marks_of_the_diff(old: str, new: str) -> None:
    removed, added = ("".join(text for kind, text in marked(summarise(old, new)[2]) if kind == sign) for sign in "-+")
    for letter in "甲乙":
        assert added.count(letter) - removed.count(letter) == new.count(letter) - old.count(letter)


_SPACES = st.sampled_from([" ", "\n", "　", "\u200b", "\t", "\r\n"])
_MARKS = {"，": ",", "。": "．", "、": "，", "：": ":", "“": '"', "”": '"'}


@given(st.lists(st.tuples(st.integers(0, len(TEXT)), _SPACES), max_size=30))
def test_spaces_and_line_breaks_between_words_never_differ(layout: list[tuple[int, str]]) -> None:
    text = TEXT
    for at, space in sorted(layout, reverse=True):
        if not re.search(r"[\d.万-]", text[max(0, at - 1) : at + 1]) and at > len(TITLE):  # not within a quantity
            text = text[:at] + space + text[at:]
    assert summarise(TEXT, text)[0] is False


@given(st.sets(st.sampled_from(sorted(_MARKS))), st.booleans(), st.booleans())
def test_punctuation_script_and_width_never_differ(marks: set[str], traditional: bool, wide: bool) -> None:
    text = TEXT
    for mark in marks:
        text = text.replace(mark, _MARKS[mark])
    if traditional:
        text = TRADITIONAL.convert(text)
    if wide:
        text = text.translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789"})
    assert summarise(TEXT, text) == (False, SAME, "")


@given(st.sampled_from([i for i, c in enumerate(TEXT) if c.isdigit()]), st.sampled_from("0123456789"))
def test_a_changed_digit_is_always_material(at: int, digit: str) -> None:
    assume(TEXT[at] != digit)
    assert material(TEXT, TEXT[:at] + digit + TEXT[at + 1 :])


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.sampled_from(["名", "元", "起案件", "万人", "％", ""]))
def test_a_changed_number_is_always_material(a: int, b: int, unit: str) -> None:
    assert material(f"警方通报共{a}{unit}，正在侦办。", f"警方通报共{b}{unit}，正在侦办。") == (a != b)


@given(st.integers(1, 9))
def test_only_the_words_in_the_diff_differ(n: int) -> None:
    words = TEXT.split("，")
    new = "，".join([*words[: n % len(words)], "另有变化", *words[n % len(words) :]])
    runs = marked(summarise(TEXT, new)[2])
    assert "".join(text for kind, text in runs if kind == "-") == ""
    assert "另有变化" in "".join(text for kind, text in runs if kind == "+")


@pytest.mark.parametrize("alphabet", ["甲乙丙丁，。\n", "0123456789,.-", "abc ,.-/1'@"])
def test_unrelated_texts_of_200_kb_are_judged_in_bounded_time(alphabet: str) -> None:
    chance = random.Random(1)
    old, new = ("".join(chance.choices(alphabet, k=66_000)) for _ in "ab")
    started = time.process_time()
    assert material(old, new)
    assert time.process_time() - started < 10
