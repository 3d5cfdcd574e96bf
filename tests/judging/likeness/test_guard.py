import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.judging.likeness import guard
from crawler.judging.likeness.guard import conflict, facts, stages


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("抓获92名嫌疑人", "抓获763名嫌疑人"),
        ("9月3日在口岸移交", "9月13日在口岸移交"),
        ("涉案3.5万元", "涉案35万元"),
        ("查获手机97部、电脑97台", "查获手机326部、电脑97台"),
        ("请拨打+855-12345678", "请拨打+855-12345679"),
        ("缅甸仰光警方通报", "泰国曼谷警方通报"),
        ("请中国公民谨慎前往当地", "请中国公民暂勿前往当地"),
        ("松原国际机场", "海城国际机场"),
        ("海城市公安局通报", "江城市公安局通报"),
        ("嫌疑人张某某落网", "嫌疑人李某某落网"),
        ("假网站abc-bank.com", "假网站xyz-bank.com"),
        ("三名男子被抓", "五名男子被抓"),
    ],
)
def test_facts_that_differ_contradict(a: str, b: str) -> None:
    assert conflict(a, b)
    assert conflict(b, a)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("抓获92名嫌疑人", "抓获嫌疑人92人"),
        ("涉及5千余家网吧", "涉及5000余家网吧"),
        ("9月3日", "2024年9月3日"),
        ("公布8起典型案例", "公布8种典型案例"),
        ("抓获嫌疑人", "抓获嫌疑人92名"),
        ("支付7500万美元赎金", "支付5.4亿元赎金"),
        ("数据要素市场", "一体化数据市场"),
        ("据介绍", "据了解"),
        ("在缅甸", "在缅甸仰光"),
    ],
)
def test_facts_told_otherwise_or_left_out_do_not(a: str, b: str) -> None:
    assert conflict(a, b) is None
    assert conflict(b, a) is None


def test_the_contradiction_is_said() -> None:
    assert conflict("抓获92名嫌疑人", "抓获763名嫌疑人") == "92人 ≠ 763人"


def test_what_both_texts_tell_elsewhere_does_not_contradict() -> None:
    assert conflict("抓获92名", "涉案35起", told=lambda fact: True) is None


def test_a_title_tells_the_stage() -> None:
    assert stages("关于公开征求《办法（意见稿）》意见的公告") == {"征求意见"}
    assert stages("关于解除安全提醒的通知") != stages("安全提醒")


@given(st.text(), st.text())
def test_any_two_passages_survive(a: str, b: str) -> None:
    assert conflict(a, a) is None
    assert (conflict(a, b) is None) == (conflict(b, a) is None)
    assert bool(facts("92名"))


@given(st.text(alphabet="0123456789一二十百万元人名年月日号前后:./-+()，的市 "))
def test_the_quantities_of_a_passage_are_those_among_its_facts(said: str) -> None:
    assert guard.counted(said) == facts(said).quantities


def test_tables_are_read_before_the_first_comparison_where_that_is_asked_for() -> None:
    guard._listed.cache_clear()
    guard.warm_up()
    read = guard._listed.cache_info().misses
    guard.facts("缅甸妙瓦底的高薪招聘是陷阱")
    assert guard._listed.cache_info().misses == read
