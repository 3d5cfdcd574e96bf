import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.items import PageClass
from crawler.reading.articles.article import read_article
from crawler.reading.classes.broken_off import breaks_off, cut_off, is_excerpt
from tests.reading.pages import PARAGRAPHS, SOURCE, due, html, page, paragraphs

WHOLE = html(f'<div id="zoom"><div class="text">{paragraphs()}</div></div>')
BODY_STARTS = WHOLE.index(PARAGRAPHS[0])
BODY_ENDS = WHOLE.index(PARAGRAPHS[-1]) + len(PARAGRAPHS[-1])


@given(st.integers(BODY_STARTS + 5, BODY_ENDS))
def test_a_page_cut_within_its_text_is_never_read_as_an_article(at: int) -> None:
    article = read_article(page(WHOLE[:at]), SOURCE, SOURCE.column[0], due())
    assert article.page_class is PageClass.TRUNCATED
    assert article.why.startswith("the page breaks off")


def test_a_page_of_gbk_cut_within_a_character_is_noticed() -> None:
    cut = WHOLE.replace("utf-8", "gbk").encode("gbk")
    cut = cut[: cut.index("警方查明".encode("gbk")) + 5]
    assert read_article(page(cut), SOURCE, SOURCE.column[0], due()).page_class is PageClass.TRUNCATED


def test_a_page_cut_below_its_footer_lacks_nothing() -> None:
    assert cut_off(WHOLE) == ""
    assert cut_off(WHOLE[: WHOLE.index("版权所有") + 8]) == ""


@pytest.mark.parametrize(
    "markup",
    [
        "<html><body><h1>通知</h1><p>第一段。<p>第二段。",
        "<html><body><table><tr><td>一<td>二</table><p>完。",
        "<div><p>一个片段。</p>",
        "<html><body><div><div><p>正文到此为止。</p></div>",
        "<!DOCTYPE html><body><p>没有结尾标签的老网页。</p><script>var a = 1;</script>",
        "只有文字。",
    ],
)
def test_a_page_without_its_last_tags_is_whole(markup: str) -> None:
    assert cut_off(markup) == ""


@pytest.mark.parametrize(
    ("lines", "cut"),
    [
        (["警方通报了案情。", "该团伙先后在三座城市设点，诱骗求职者前往境外……[阅读全文]"], True),
        (["该团伙先后在三座城市设点，诱骗求职者前往境外…", "点击查看全文"], True),
        (["该团伙先后在三座城市设点，诱骗求职者前往境外的园区，警方随后", "展开全文"], True),
        (["The ring lured job seekers abroad […]"], True),
        (["The ring lured job seekers abroad [more]"], True),
        (["该团伙先后在三座城市设点。", "剩余72%未读"], True),
        (["该团伙先后在三座城市设点。", "登录后可阅读全文"], True),
        (["警方提醒：切勿轻信。", "展开全文"], False),
        (["警方提醒：切勿轻信。", "阅读原文"], False),
        (["他说了很多，等等……"], False),
        (["海城市公安局", "2026年1月20日", "查看更多"], False),
        (["警方提醒：切勿轻信。", "扫码阅读全文"], False),
        (["详情请见附件，更多信息请拨打96110了解详情。"], False),
        ([], False),
    ],
)
def test_a_text_that_says_it_goes_on_is_a_beginning(lines: list[str], cut: bool) -> None:
    assert bool(breaks_off("\n".join(lines), lines)) is cut


def test_a_button_below_the_body_counts_although_it_was_cut_as_house_text() -> None:
    body = "该团伙先后在三座城市设点，诱骗求职者前往境外的园区，警方随后"
    assert breaks_off(body, [body, "展开全文", "相关阅读", "另一条消息"])
    assert not breaks_off(body, [body, "相关阅读", "展开全文"])


def test_an_excerpt_on_a_page_is_no_article() -> None:
    markup = html(
        f'<div id="zoom">{paragraphs(*PARAGRAPHS[:2], "该团伙以高薪招收海员为名，把求职者骗往境外……")}<p>'
        f"【查看全文】</p></div>"
    )
    article = read_article(page(markup), SOURCE, SOURCE.column[0], due())
    assert article.page_class is PageClass.TRUNCATED
    assert article.why


def test_an_excerpt_of_a_feed_is_known_though_a_line_follows() -> None:
    assert is_excerpt(
        '<p>警方通报，该团伙先后 [&#8230;]</p><p>The post <a href="/1">警方通报</a> appeared first on 海城.</p>'
    )
    assert not is_excerpt(paragraphs())
    assert not is_excerpt("")


@given(st.text(), st.lists(st.text()))
def test_any_text_survives(text: str, lines: list[str]) -> None:
    assert "\n" not in cut_off(text)
    assert isinstance(breaks_off(text, lines), str)
    assert is_excerpt(text) in (True, False)


@pytest.mark.parametrize("unit", ["<div>", "<div ", "<!--", "…", "[", "阅读全文", "<html>", "。"])
def test_hostile_repetition_costs_no_more_than_its_length(unit: str) -> None:
    text = "<html>" + unit * (400_000 // len(unit))
    cut_off(text)
    breaks_off(text, [text])
    is_excerpt(text)
