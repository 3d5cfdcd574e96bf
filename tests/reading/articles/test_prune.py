from hypothesis import given
from hypothesis import strategies as st

from crawler.reading.articles.clean import fragment_lines
from crawler.reading.articles.locate import parse
from crawler.reading.articles.prune import without_link_lists
from tests.reading.pages import PARAGRAPHS, paragraphs

TEASERS = "".join(f'<li><a href="/x{n}.html">另有一条很长的旧闻标题第{n}号</a> 2026-01-{n + 10}</li>' for n in range(5))


def kept(markup: str) -> list[str]:
    root = parse(f"<html><body><div>{markup}</div></body></html>")
    assert root is not None
    without_link_lists(root.find(".//div"))
    return fragment_lines(root.find(".//div"))


def test_a_list_of_links_to_other_articles_goes_wherever_it_stands() -> None:
    assert kept(f"{paragraphs(*PARAGRAPHS[:1])}<ul>{TEASERS}</ul>{paragraphs(*PARAGRAPHS[1:])}") == list(PARAGRAPHS)


def test_what_was_removed_is_told() -> None:
    root = parse(f"<html><body><div><p>正文</p><ul>{TEASERS}</ul></div></body></html>")
    assert root is not None
    (removed,) = without_link_lists(root.find(".//div"))
    assert "旧闻标题第3号" in removed


def test_words_behind_a_list_stay() -> None:
    assert kept(f"前文<ul>{TEASERS}</ul>后文") == ["前文后文"]


def test_attachments_and_references_in_the_text_stay() -> None:
    files = "".join(f'<li><a href="/f{n}.pdf">附件{n}：涉案人员名单及情况说明</a></li>' for n in range(6))
    assert len(kept(f"<ul>{files}</ul>")) == 6
    inline = "、".join(f'<a href="/{n}">《反诈法》第{n}条</a>' for n in range(6))
    assert kept(f"<div>根据{inline}的规定，现就有关事项作如下说明，请广大市民遵照执行，不要轻信来电。</div>")


@given(st.text(alphabet=st.sampled_from("<>/ aduliv=\"'链接\n"), max_size=300))
def test_any_markup_survives(markup: str) -> None:
    kept(markup)
