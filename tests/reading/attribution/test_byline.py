import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from crawler.reading.articles.locate import values_on
from crawler.reading.attribution.byline import byline, labelled_lines, marked

TITLE = "云州警方提醒谨防境外高薪招工"


@pytest.mark.parametrize(
    ("block", "name"),
    [
        ("2026-01-20 09:10 云州日报 缩小字体 放大字体 收藏", "云州日报"),
        ("2026年01月20日 09:10 云州财经 我有话说(1307人参与)", "云州财经"),
        (f"{TITLE} 2026年01月20日 09:10 云州日报 微博", "云州日报"),
        ("原创 云州都市报 2026-01-20 09:10:46", "云州都市报"),
        ("云州观察 2026年01月20日09:10 我要分享", "云州观察"),
        ("周五/云州日报 2026-01-20 09:10 字号 超大 大 标准 小", "云州日报"),
        ("2026-01-20 09:10 云州游戏网[整理]", "云州游戏网"),
        ("云州新闻网 下载客户端 独家抢先看 2026年01月20日 02:26:00 来自云州", "云州新闻网"),
        ("2026 01 / 20 19 : 02 云州眼 企鹅号", "云州眼"),
        ("2026-01-20 09:10 举报", ""),
        ("2026-01-20 09:10 字号：大 中 小", ""),
        (f"{TITLE} 2026-01-20", ""),
        ("更新时间 2026年1月20日, 格林尼治标准时间10:41 Facebook", ""),
        ("近日破获一案，三人落网。", ""),
    ],
)
def test_the_name_beside_the_date_is_the_source(block: str, name: str) -> None:
    assert byline([block], TITLE) == name


def page(body: str) -> etree._Element:
    return etree.fromstring(f"<html><body>{body}</body></html>", etree.HTMLParser())


def named(root: etree._Element) -> str:
    return marked(root, values_on(root))


def test_an_element_marked_as_the_source_names_it_if_there_is_one_name() -> None:
    assert named(page('<a class="source ent-source">云州日报</a><p>正文</p>')) == "云州日报"
    assert named(page('<span class="a_source">云州日报</span><span id="source_baidu">云州日报</span>')) == "云州日报"
    assert named(page('<i class="source">云州日报</i><i class="source">江州日报</i>')) == ""
    assert named(page('<p class="resource">云州日报</p>')) == ""


def test_a_labelled_line_is_found_wherever_it_stands() -> None:
    root = page(
        "<li><b>声明</b> 来源：云州日报 时间：2026-01-20</li><p>来源：<a>江州日报</a></p><script>来源：甲</script>"
    )
    assert list(labelled_lines(root)) == ["来源：云州日报 时间：2026-01-20", "来源：江州日报"]


@given(st.text(max_size=300), st.text(max_size=20))
def test_any_block_survives(block: str, title: str) -> None:
    assert len(byline([block], title)) <= 20
