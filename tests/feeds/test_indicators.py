"""Which sites, numbers and apps a notice accuses; what is innocent must never be one."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.indicators import indicators
from tests.feeds.world import make_notice

OWN = frozenset({"bsa.example", "port-daily.example"})

ACCUSED = {
    "近来有人假冒边海安全部官方网站（网址：http://bsa-login.top/in?a=1），切勿填写。": [
        ("url", "http://bsa-login.top/in?a=1")
    ],
    "经核实，bsa-visa.vip系虚假网站。": [("domain", "bsa-visa.vip")],
    "该诈骗网站为hxxps://pay[.]quick-visa[.]xyz，现已关停。": [("domain", "pay.quick-visa.xyz")],
    "有人冒充本馆工作人员来电，号码为+1-202-555-0188，索要验证码。": [("phone", "+12025550188")],
    "接到自称签证中心的电话13800138000，请立即挂断。": [("phone", "13800138000")],
    "“晨星宝”、“远帆通”等虚假投资平台已被查处。": [("app", "晨星宝"), ("app", "远帆通")],
    "受害人下载了名为“晨星宝”的虚假APP。": [("app", "晨星宝")],
    "通报一批涉诈APP：“晨星宝”、“微信”。": [("app", "晨星宝")],
    "A fake website, www.bsa-fees.com, asks for a fee.": [("domain", "www.bsa-fees.com")],
}
INNOCENT = [
    "请登录官网 www.bsa-service.com 查询，谨防诈骗。",
    "谨防冒充，请认准我馆官方网站 http://embassy-service.com/zh 。",
    "如遇诈骗，请拨打+855-12-345678或12308。",
    "诈骗分子利用改号软件冒充使馆，来电显示为+1-202-495-2266。",
    "骗子冒充我馆，来电显示为使馆电话+1-202-495-2266。",
    "不法分子冒充外交部领事保护热线+86-10-12308行骗。",
    "假冒网站 www.bsa.example 与 https://tips.bsa.example/a 的内容相似。",
    "有人假冒 www.mfa.gov.cn 和 https://www.police.gov.sg/x 行骗。",
    "骗子自称客服，通过weixin.qq.com与t.me/abcdef联系受害人。",
    "不法分子假冒“国家反诈中心”APP行骗。",
    "诱骗其下载“腾讯会议”等APP，实施诈骗。",
    "涉案诈骗资金1234567890123元。",
    "诈骗案件编号2024-0012345，涉及3.5万元，详见附件.docx。",
    "冒充客服诈骗。客服电话：400-123-4567。",
    "仿冒软件的木马通过虚假仓库传播，见https://www.security-news.com/posts/1 。",
    "Criminals impersonate banks (https://www.security-news.com/2025/banks.html).",
    "[Phishing](https://www.security-news.com/phishing) is on the rise.",
    "联系邮箱 fraud@scam-help.com 举报假冒网站。",
]


@pytest.mark.parametrize("body", ACCUSED)
def test_what_is_accused_is_named_with_its_sentence(body: str) -> None:
    found = indicators(make_notice(1, title="提示", body=body), OWN)
    assert [(i.type, i.value) for i in found] == ACCUSED[body]
    assert all(i.because.rstrip("。.") in body for i in found)


@pytest.mark.parametrize("body", INNOCENT)
def test_what_is_innocent_is_not_named(body: str) -> None:
    assert indicators(make_notice(1, title="提示", body=body), OWN) == ()


def test_the_contacts_of_a_notice_are_never_the_frauds() -> None:
    notice = make_notice(1, title="提示", body="有人冒充本局来电，号码为+852 2345 6789。")
    assert indicators(notice)
    from dataclasses import replace

    helped = replace(notice, verdict=replace(notice.verdict, contacts=("+852 2345 6789",)))
    assert indicators(helped) == ()


@given(st.text(st.characters(exclude_categories=())))
def test_any_text_is_survived(body: str) -> None:
    found = indicators(make_notice(1, title=body, body=body), OWN)
    assert len({(i.type, i.value) for i in found}) == len(found) <= 50


HOSTILE = (
    "a." * 50_000,
    "“" * 100_000,
    "“ab”" * 25_000,
    "+1 " * 50_000,
    "假冒" * 50_000 + "a.com " * 5_000,
    "虚假APP“甲乙" * 10_000,
    "官网" * 50_000 + "a.com " * 5_000,
)


@pytest.mark.parametrize("body", HOSTILE, ids=lambda b: b[:6])
def test_a_hostile_text_costs_little(body: str) -> None:
    begun = time.process_time()
    indicators(make_notice(1, title="提示", body=body), OWN)
    assert time.process_time() - begun < 3
