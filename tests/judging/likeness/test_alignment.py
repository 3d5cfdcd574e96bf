from hypothesis import given
from hypothesis import strategies as st

from crawler.judging.likeness.alignment import contradiction, likeness
from crawler.judging.likeness.clauses import text_of


def said(a: str, b: str) -> str | None:
    return contradiction(text_of("", a), text_of("", b))


def test_clauses_in_one_place_are_compared_whatever_they_say() -> None:
    one = "受害人向警方报案求助，{}，警方随即展开调查取证。"
    assert said(one.format("人在仰光"), one.format("地点为曼谷")) == "仰光 ≠ 曼谷: 人在仰光 / 地点为曼谷"


def test_like_clauses_are_compared_wherever_they_stand() -> None:
    assert said("首先。当场查获涉案手机326部。", "当场查获涉案手机508部。其次如下所述。甲方。")
    assert said("甲地抓获92名，乙地抓获31名", "甲地抓获31名，乙地抓获92名")


def test_what_moved_or_only_labels_a_page_does_not_contradict() -> None:
    assert said("当场查获涉案手机326部，警方冻结资金91万元", "警方冻结资金91万元，当场查获涉案手机326部") is None
    assert said("发布时间：2024-11-07\n警方提醒市民注意", "发布时间：2024-11-09\n警方提醒市民注意") is None


def test_house_texts_that_differ_do_not_contradict() -> None:
    assert said("警方提醒市民注意\n客服电话四零零一二三", "警方提醒市民注意\n编委会共有成员十七位") is None


def test_likeness_is_of_pairs_of_letters() -> None:
    assert likeness("抓获嫌疑人", "抓获嫌疑人") == 1
    assert likeness("抓获嫌疑人", "图书馆开放") == 0
    assert likeness("", "") == 0


@given(st.text(), st.text())
def test_any_two_texts_can_be_aligned(a: str, b: str) -> None:
    said(a, b)
    assert said(a, a) is None
