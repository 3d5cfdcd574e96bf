import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.reading.clean import cut_house_text, html_lines, text_lines, tidy
from tests.reading.pages import PARAGRAPHS, TITLE


def kept(*lines: str, title: str = "", names: frozenset[str] = frozenset()) -> list[str]:
    return list(cut_house_text(list(lines), title=title, names=names).lines)


def test_layout_characters_go_and_words_stay() -> None:
    assert tidy("\u3000\u3000海城\xa0 警方\u200b提醒\x0b\r\n") == "海城 警方提醒"
    assert tidy("a\x00b\ud800c\ufffed\ufeff") == "abcd"


@given(st.text())
def test_a_tidied_line_is_one_printable_line_and_stays_so(text: str) -> None:
    once = tidy(text)
    assert tidy(once) == once
    assert "\n" not in once
    once.encode()


def test_blocks_are_lines_and_spans_are_joined() -> None:
    markup = "<section><p><span>谨</span><span>防</span>诈骗</p><div>第二段<br>第三段</div></section>"
    assert html_lines(markup) == ["谨防诈骗", "第二段", "第三段"]


def test_a_table_row_is_a_line_also_with_paragraphs_in_its_cells() -> None:
    table = "<table><tr><th>手法</th><th>提醒</th></tr><tr><td><p>冒充</p><p>客服</p></td><td>挂断</td></tr></table>"
    assert html_lines(table) == ["手法 提醒", "冒充 客服 挂断"]


def test_a_table_that_only_lays_out_the_page_leaves_paragraphs_apart() -> None:
    assert html_lines("<table><tr><td><p>第一段</p><p>第二段</p></td></tr></table>") == ["第一段", "第二段"]


def test_a_source_line_break_inside_a_paragraph_is_none_in_chinese_and_a_space_in_english() -> None:
    assert html_lines("<p>谨防\n   诈骗</p><p>beware of\n fraud</p><pre>一\n二</pre>") == [
        "谨防诈骗",
        "beware of fraud",
        "一",
        "二",
    ]


def test_scripts_styles_comments_forms_and_share_bars_are_no_words() -> None:
    markup = (
        "<div><style>.a{}</style><script>var a</script><!-- x --><form>搜索</form><p>正文</p>"
        '<div class="bdsharebuttonbox"><a>微信</a><a>微博</a></div><noscript>启用脚本</noscript></div>'
    )
    assert html_lines(markup) == ["正文"]


def test_a_hidden_body_is_a_body() -> None:
    assert html_lines('<div style="visibility:hidden"><p>正文</p></div>') == ["正文"]


def test_endless_nesting_is_read() -> None:
    assert html_lines("<div>" * 20_000 + "正文") in ([], ["正文"])


def test_markdown_marks_pictures_and_links_are_undone() -> None:
    text = "# 标题\n\n![](http://p.example/1.gif)\n\n**重要提醒**\n\n拨打[专线](http://h.example/)求助"
    assert text_lines(text) == ["标题", "重要提醒", "拨打专线求助"]


@pytest.mark.parametrize(
    "line",
    [
        "（来源：海城市公安局网站）",
        "来源：海城日报",
        "责任编辑：周五",
        "【责任编辑:周五】",
        "阅读量：3021",
        "浏览次数： 77 次",
        "分享到：微信 微博",
        "【打印】【关闭】",
        "字号：大 中 小",
        "扫一扫在手机打开当前页",
        "转载请注明来源",
        "，轻点两下取消赞",
    ],
)
def test_house_lines_are_cut_wherever_they_stand_and_named(line: str) -> None:
    cleaned = cut_house_text([*PARAGRAPHS[:2], line, PARAGRAPHS[2]])
    assert cleaned.lines == PARAGRAPHS
    assert cleaned.cuts == (line,)


@pytest.mark.parametrize(
    "line",
    [
        "资金来源：境外账户，经多层转账后流入园区。",
        "请市民不要分享到不明群组，以免信息泄露。",
        "特别提示：凡要求交出护照的招聘一律是诈骗。",
        "时间：2026年1月20日上午九时，地点：市民广场。",
        "相关部门已冻结账户三十个。",
        "阅读材料后请签字确认。",
    ],
)
def test_sentences_that_look_like_house_text_stay(line: str) -> None:
    assert line in kept(*PARAGRAPHS, line, *PARAGRAPHS)


def test_breadcrumb_title_echo_date_and_byline_before_the_text_are_cut() -> None:
    head = (
        "您现在的位置：首页>要闻",
        TITLE,
        "发布时间：2026-01-20 09:05 来源：海城日报",
        "本报记者 郑六",
        "（原标题：另一题）",
    )
    assert kept(*head, *PARAGRAPHS, title=TITLE) == list(PARAGRAPHS)


def test_a_disclaimer_ends_the_article_with_all_teasers_behind_it() -> None:
    tail = ("特别声明：本网登载内容不代表本网观点。", "某地破获电信诈骗案三十起。", "2025-03-01 10:00:00")
    assert kept(*PARAGRAPHS, *tail) == list(PARAGRAPHS)


def test_advertisements_behind_the_source_line_are_cut() -> None:
    tail = ("（来源：海城市公安局）", "分享安全知识", "欢迎关注本刊视频号", "点击下图")
    assert kept(*PARAGRAPHS, *tail) == list(PARAGRAPHS)


def test_a_digest_goes_on_behind_the_links_of_its_first_item() -> None:
    item = "本周第一条消息讲的是一起冒充海关人员的骗局，受害人遍及多个省份，警方已经立案侦查并冻结了有关账户，"
    item += "后续进展将另行通报。"
    lines = [
        item,
        "相关链接：",
        item + "二。",
        "相关链接：",
        item + "三。",
        item + "四。",
        item + "五。",
        item + "六。",
    ]
    assert len(kept(*lines)) >= 6


def test_a_publishers_name_alone_on_a_line_is_no_text() -> None:
    assert kept("海城月刊", *PARAGRAPHS, names=frozenset({"海城月刊"})) == list(PARAGRAPHS)


def test_the_house_text_of_a_traditional_page_is_cut_and_its_words_are_kept_as_published() -> None:
    words = "警方發布通告，電(diàn)信網(wǎng)絡(luò)詐騙團(tuán)伙在緬北招募人員，請勿輕信來電。"
    assert kept(words, words + "二", "責(zé)任編輯:周五", "特別聲明:本網登載內容不代表觀點") == [words, words + "二"]
