import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.items import PageClass
from crawler.reading.classes.statements import is_chrome, is_prose, stated


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("哎呀，页面找不到啦~", PageClass.DELETED),
        ("尊敬的用户，您访问的页面不存在或者已删除！", PageClass.DELETED),
        ("404 - 找不到文件或目录。", PageClass.DELETED),
        ("无此新闻或已被删除", PageClass.DELETED),
        ("Oops! That page can’t be found.", PageClass.DELETED),
        ("此内容涉嫌诈骗，已停止访问", PageClass.VIOLATION),
        ("当前访问疑似黑客攻击，已被网站管理员设置为拦截并记录", PageClass.BLOCKED),
        ("请完成安全验证后继续访问", PageClass.CHALLENGE),
        ("会话已过期，请重新登录", PageClass.LOGIN),
        ("网络不给力，请稍后重试", PageClass.ERROR),
        ("该域名可能正在出售", PageClass.ERROR),
        ("数据加载中…", PageClass.SHELL),
    ],
)
def test_a_message_is_known_in_many_wordings(line: str, expected: PageClass) -> None:
    found = stated(line)
    assert found
    assert found.page_class is expected
    assert 0.2 < found.share <= 1


@pytest.mark.parametrize(
    "line",
    [
        "骗子称“您访问的页面不存在”",
        "页面显示“环境异常”，其实是钓鱼",
        "如何处理“页面不存在”",
        "警惕“系统升级，请重新登录”的短信",
        "关于网站维护的公告",
        "数字经济服务保障网络强国建设",
        "国家安全检查组进驻海城",
        "河流生态环境异常，多部门介入",
        "一款手机应用被下架",
        "他因违反规定被免职",
        "",
        "。",
    ],
)
def test_a_headline_or_sentence_about_messages_is_none(line: str) -> None:
    assert stated(line) is None


def test_a_line_is_prose_frame_or_message() -> None:
    assert is_prose("警方查明，该团伙先后在三座城市设点，共有四十一人上当。")
    assert not is_prose("版权所有：海城市公安局，地址：海城市云州大道1号，邮编：000000")
    assert not is_prose("很抱歉，由于您访问的URL有可能对网站造成安全威胁，您的访问被阻断。")
    assert not is_prose("首页 政务公开 办事服务")
    assert is_chrome("如有误报，请联系网站管理员。")
    assert not is_chrome("骗子要求事主联系网站客服，民警提醒切勿轻信。")


@given(st.text())
def test_any_text_survives(text: str) -> None:
    found = stated(text)
    assert found is None or 0 < found.share <= 1
    assert not (is_prose(text) and is_chrome(text))
