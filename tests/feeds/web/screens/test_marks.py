"""Marks in a text: nothing of it is lost, and they lie where the words stand."""

from hypothesis import given
from hypothesis import strategies as st

from feeds.web.screens.marks import Piece, found, pieces, quoted, snippet


@given(
    st.text(max_size=80), st.lists(st.tuples(st.integers(-5, 90), st.integers(-5, 90), st.integers(0, 3)), max_size=6)
)
def test_the_pieces_are_the_text(text: str, spans: list[tuple[int, int, int]]) -> None:
    assert "".join(p.text for p in pieces(text, spans)) == text


def test_a_word_is_marked_in_whichever_form_it_stands() -> None:
    assert pieces("緬甸與缅甸", found("緬甸與缅甸", ["缅甸"])) == [
        Piece("緬甸", (0,)),
        Piece("與"),
        Piece("缅甸", (0,)),
    ]


def test_sentences_that_overlap_are_both_marked() -> None:
    text = "请勿前往。证件会被收走。"
    marked = pieces(text, quoted(text, ["请勿前往。证件", "证件会被收走。", "不在其中"]))
    assert marked == [Piece("请勿前往。", (1,)), Piece("证件", (1, 2)), Piece("会被收走。", (2,))]


def test_a_snippet_shows_the_first_word_found_and_says_that_it_is_cut() -> None:
    body = "甲" * 100 + "骗局" + "乙" * 300
    shown = snippet(body, ["骗局"])
    assert shown[0] == shown[-1] == Piece("…")
    assert Piece("骗局", (0,)) in shown
    assert snippet(body, ["没有"]) == []
