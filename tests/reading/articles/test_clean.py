from hypothesis import given
from hypothesis import strategies as st

from crawler.reading.articles.clean import html_lines, text_lines, tidy


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


def test_a_table_in_a_cell_stays_on_the_row_and_list_items_have_lines_of_their_own() -> None:
    inner = "<table><tr><td>一</td><td>万元</td></tr></table>"
    assert html_lines(f"<table><tr><td>冒充客服</td><td>{inner}</td></tr></table>") == ["冒充客服 一 万元"]
    assert html_lines("<ol><li>不轻信</li><li>不转账</li></ol>") == ["不轻信", "不转账"]


def test_captions_and_what_is_hidden_are_no_text() -> None:
    assert html_lines('<p>正文</p><p class="caption">图说</p><p style="display: none">隐藏</p>') == ["正文"]


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
