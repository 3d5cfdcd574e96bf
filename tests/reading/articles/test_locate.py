import pytest

from crawler.reading.articles.clean import fragment_lines
from crawler.reading.articles.locate import by_sentences, find_marks, locate, parse, text_of, values_on
from tests.reading.pages import BODY, PARAGRAPHS, paragraphs


def body(markup: str, css: str | None = None) -> list[str]:
    root = parse(f"<html><body>{markup}</body></html>")
    assert root is not None
    node = locate(root, find_marks(root, values_on(root)), css)
    return [] if node is None else fragment_lines(node)


@pytest.mark.parametrize(
    "mark",
    [
        'class="TRS_Editor"',
        'class="view TRS_UEDITOR trs_web"',
        'id="UCAP-CONTENT"',
        'id="Zoom"',
        'id="zoom"',
        'id="vsb_content"',
        'class="v_news_content"',
        'class="j-fontContent"',
        'class="detail-news"',
        'class="article-content"',
        'id="ivs_content"',
        'class="bt-content zoom clearfix"',
        'class="m-txt-article"',
        'class="rm_txt_con cf"',
        'class="wp_articlecontent"',
        'class="insConTxt"',
        'id="News_Body_Txt_A"',
    ],
)
def test_the_marks_of_the_cms_families_lead_to_the_body(mark: str) -> None:
    frame = f"<div><p>您现在的位置</p></div><div {mark}>{paragraphs()}</div><div><p>版权所有</p></div>"
    assert "\n".join(body(frame)) == BODY


def test_what_an_editor_wraps_is_taken_before_what_a_template_wraps_around_it() -> None:
    outer = f'<div class="newscontent"><h1>题</h1><div>关注</div><div class="news_txt">{paragraphs()}</div></div>'
    assert "\n".join(body(outer)) == BODY


def test_text_and_attachments_in_two_editors_side_by_side_are_both_the_body() -> None:
    editors = f'<div class="TRS_Editor">{paragraphs()}</div><div class="TRS_Editor"><p>附件：名单</p></div>'
    assert body(f"<div><h1>题</h1>{editors}</div>") == [*PARAGRAPHS, "附件：名单"]


def test_of_editors_in_different_places_the_fullest_is_the_body() -> None:
    editors = f'<div><div class="TRS_Editor">{paragraphs()}</div></div><td><div class="TRS_Editor">联系人</div></td>'
    assert "\n".join(body(editors)) == BODY


@pytest.mark.parametrize("mark", ["ContentStart", " 正文开始 ", "enpcontent", "文章内容开始"])
def test_body_comments_are_known_in_the_ways_that_are_common(mark: str) -> None:
    end = {"ContentStart": "ContentEnd", "enpcontent": "/enpcontent"}.get(mark, "正文结束")
    assert "\n".join(body(f"<div><p>导读</p><!--{mark}-->{paragraphs()}<!--{end}--><p>分享</p></div>")) == BODY


def test_the_element_with_most_sentences_is_found_without_any_mark() -> None:
    menu = "".join(f'<li><a href="/{n}">栏目{n}</a></li>' for n in range(30))
    root = parse(f"<ul>{menu}</ul><div><b>题</b><div>{'<br>'.join(PARAGRAPHS)}</div></div><div>版权</div>")
    assert root is not None
    node = by_sentences(root)
    assert node is not None
    assert "".join(text_of(node).split()) == "".join(PARAGRAPHS)
    assert by_sentences(parse("<p>短</p>")) is None


def test_a_textarea_that_a_selector_names_holds_the_body_as_text() -> None:
    escaped = paragraphs().replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    kept = f'<textarea class="title">标题</textarea><textarea class="body">{escaped}</textarea>'
    assert "\n".join(body(kept, "textarea.body")) == BODY
    assert body('<textarea class="body"></textarea>', "textarea.body") == []
