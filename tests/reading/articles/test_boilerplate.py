from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.items import Article, PageClass
from crawler.reading.articles.boilerplate import RULE, edges, learn, without
from crawler.reading.normalise import text_hash
from tests.reading.pages import BODY, PARAGRAPHS

HOUSE = ["海城月刊倾情奉献", "品读海城故事"]
ARTICLE = Article(PageClass.ARTICLE, "https://h.example/1", "h.example/1", body=BODY, text_hash=text_hash(BODY))
BARRIER = "警方提醒：请勿转账。"


def article(*lines: str) -> Article:
    body = "\n".join(lines)
    return replace(ARTICLE, body=body, text_hash=text_hash(body))


def texts(n: int, *, head: tuple[str, ...] = (), tail: tuple[str, ...] = ()) -> list[list[str]]:
    """The edges of ``n`` different articles between the same lines."""
    return [edges("\n".join((*head, *(f"{p}（{i}）" for p in PARAGRAPHS), *tail))) for i in range(n)]


def test_lines_that_recur_at_the_edges_are_learnt() -> None:
    assert learn(texts(8, head=(HOUSE[0],), tail=(HOUSE[1],))) == set(HOUSE)


def test_few_articles_or_a_line_of_some_of_them_teach_nothing() -> None:
    assert not learn(texts(5, tail=(HOUSE[0],)))
    assert not learn(texts(8, tail=(HOUSE[0],)) + texts(8))


def test_what_recurs_inside_the_texts_is_never_learnt() -> None:
    middle = [edges("\n".join((PARAGRAPHS[0], HOUSE[0], PARAGRAPHS[1] + str(i)))) for i in range(20)]
    assert not learn(middle)


@pytest.mark.parametrize(
    "line",
    [
        "外交部全球领事保护热线：12308",
        "驻云州使馆再次提醒在云中国公民注意安全",
        "遇到可疑情况立即拨打110",
        "警方提示",
        "中华人民共和国驻云州大使馆",
        "特此通告。",
        "2026年1月20日",
        "附件：名单",
        "Call the embassy hotline",
    ],
)
def test_a_warnings_own_closing_words_are_never_learnt_however_often_they_recur(line: str) -> None:
    assert not learn(texts(20, tail=(line,)))
    assert not learn(texts(20, head=(line,)))


def test_learnt_lines_are_cut_at_the_edges_only_and_named() -> None:
    found = without(article(HOUSE[0], PARAGRAPHS[0], HOUSE[1], PARAGRAPHS[1], *HOUSE), set(HOUSE))
    assert found.body.split("\n") == [PARAGRAPHS[0], HOUSE[1], PARAGRAPHS[1]]
    assert [(c.line, c.rule) for c in found.cuts] == [(line, RULE) for line in (HOUSE[0], *HOUSE)]
    assert found.text_hash == text_hash(found.body)


def test_a_text_of_nothing_but_learnt_lines_stays() -> None:
    assert without(article(*HOUSE), set(HOUSE)).body == "\n".join(HOUSE)


_LINES = st.lists(st.sampled_from(["甲", "乙", "丙", "丁"]), max_size=5)
_LEARNT = st.sets(st.sampled_from(["甲", "乙", "丙"]))


@given(_LINES, _LINES, _LEARNT, _LEARNT)
def test_a_page_reads_as_it_was_stored_whatever_has_been_learnt_since(
    head: list[str], tail: list[str], then: set[str], since: set[str]
) -> None:
    page = article(*head, BARRIER, *tail)
    stored = without(page, then)
    again = without(page, then | since, stored=stored.body)
    assert (again.body, again.text_hash) == (stored.body, stored.text_hash)


@given(st.lists(st.text()), st.text(), st.text())
def test_any_text_survives(learnt: list[str], body: str, stored: str) -> None:
    assert without(replace(ARTICLE, body=body), learnt, stored).body in body
    assert learn([edges(body)] * 20) <= set(body.split("\n"))
