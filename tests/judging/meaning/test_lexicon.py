from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opencc import OpenCC

from crawler.judging.meaning.lexicon import SIGNALS, lexicon
from crawler.judging.meaning.passage import Passage, fold
from crawler.judging.tables import table, words


def terms_in(text: str) -> list[str]:
    return [h.term.text for h in lexicon().find(fold(text))]


def test_the_longest_term_uses_up_its_words() -> None:
    assert terms_in("打击电信网络诈骗") == ["电信网络诈骗"]


@pytest.mark.parametrize(
    "text", ["推动数据跨境流动", "发展跨境电商和海外仓", "内蒙古草原", "滨江反诈中心的新楼", "出入境管理"]
)
def test_words_of_another_sense_are_no_terms(text: str) -> None:
    assert terms_in(text) == []


def test_an_ambiguous_place_needs_its_country_near() -> None:
    assert "当阳" not in terms_in("湖北当阳警方破获诈骗案")
    assert "当阳" in terms_in("缅北当阳一带诈骗窝点被捣毁")


def test_a_latin_term_is_a_whole_word_or_its_plural() -> None:
    assert "scam centre" in terms_in("Scam centres in Bokeo")
    assert "raid" not in terms_in("She was afraid of fraud")
    assert terms_in("编号961108") == []


def test_traditional_text_and_pinyin_in_brackets_are_read_as_simplified() -> None:
    assert terms_in("電信網絡詐騙園區") == terms_in("电信网络诈骗园区")
    assert "电信网络诈骗" in terms_in("電信網(wǎng)絡(luò)詐騙")


def test_wording_of_hong_kong_and_taiwan_is_known_in_simplified_characters_too() -> None:
    convert, known = OpenCC("t2s").convert, {fold(r["simplified"]) for r in table("lexicon")}
    absent = {
        convert(word)
        for row in table("lexicon")
        for word in words(row["traditional"])
        if fold(convert(word)) not in known
    }
    assert absent <= {"乔治亚"}  # also a state of the USA


def test_every_row_is_well_formed() -> None:
    for row in table("lexicon"):
        assert row["simplified"] or row["english"], row
        assert row["signal"] in {*SIGNALS, "topic"}, row
        assert row["strength"] in {"1", "2", "3", "4"}, row
        for need in words(row["needs"]):
            assert set(need.split("+")) <= {"FRAUD", "ABROAD", "MM", "LA", "KH", "PH"}, row


def test_every_foreign_place_of_the_lexicon_has_a_country() -> None:
    placed = {fold(w) for row in table("places") for w in words(row["terms"])}
    domestic = {"普洱", "临沧", "西双版纳", "瑞丽", "口岸"}
    named = {fold(r["simplified"]) for r in table("lexicon") if r["group"].startswith("place_")}
    assert named - placed == domestic


@given(st.text(max_size=300), st.text(max_size=900))
def test_every_offset_of_any_text_leads_to_a_sentence_of_the_publisher(title: str, body: str) -> None:
    passage = Passage.of(title, body)
    assert passage.folded.count("\n") + 1 == max(len(passage.sentences), 1)
    for at in range(len(passage.folded)):
        sentence = passage.sentence(at)
        assert sentence in title or sentence in body


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("民警果敢出击打掉诈骗团伙", "MM"),
        ("闽南金三角诈骗案告破", "LA"),
        ("近日本市发生多起诈骗", "JP"),
        ("参加纳税辅导谨防诈骗", "GH"),
        ("诈骗嫌疑人抵达卡口被查", "BD"),
        ("诈骗团伙用黄金边框作饵", "KH"),
    ],
)
def test_words_that_hold_the_name_of_a_place_are_none(text: str, code: str) -> None:
    assert code not in {c for h in lexicon().find(fold(text)) for c in h.term.codes}
