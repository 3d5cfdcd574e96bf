"""What a reader sees of a page: its blocks, and whether its paragraphs hold a text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.reading.classes.sight import RICH, holds_text, look_at

SENTENCE = "近期有不法分子冒充客服人员，以退款为由诱骗群众转账汇款，请广大市民提高警惕。"
ENOUGH = RICH // len(SENTENCE) + 1


def page(*paragraphs: str) -> str:
    return f"<html><body><div><a href='/'>首页</a></div>{''.join(paragraphs)}</body></html>"


@pytest.mark.parametrize(
    "around", ["<p>{}</p>", "<P ALIGN=left> <SPAN>{}</SPAN></P>", "{}<br>", "<section>{}</section>"]
)
def test_paragraphs_of_sentences_are_a_text(around: str) -> None:
    assert holds_text(page("<br>", *[around.format(SENTENCE)] * ENOUGH))
    assert not holds_text(page("<br>", *[around.format(SENTENCE)] * 3))


@pytest.mark.parametrize(
    "around",
    [
        "<a href='/1.html'><p>{}</p></a>",
        "<A\nHREF='/1.html'><div>{}</div></A>",
        "<script>'<p>{}</p>'</script>",
        "<!-- <p>{}</p> -->",
        "<noscript><p>{}</p></noscript>",
        "<textarea><p>{}</p></textarea>",
    ],
)
def test_sentences_that_are_links_or_are_not_shown_are_no_text(around: str) -> None:
    assert not holds_text(page(*[around.format(SENTENCE)] * ENOUGH))


def test_menus_messages_and_footers_are_no_text() -> None:
    said = (
        "<p>版权所有：某某市公安局，地址：某某路一号，邮编：100000，网站标识码：1234567890。</p>",
        "<p>首页</p><p>政务公开</p>",
    )
    assert not holds_text(page(*said * 40))


PIECES = st.sampled_from(
    (
        SENTENCE,
        "首页",
        "<p>",
        "</p>",
        "<a href='/x'>",
        "</a>",
        "<br>",
        "<div>",
        "</div>",
        "<span>",
        "</span>",
        "<li>",
        " ",
    )
)


@given(st.lists(PIECES, max_size=120))
def test_who_holds_text_is_seen_to_hold_it(pieces: list[str]) -> None:
    markup = page(*pieces)
    assert not holds_text(markup) or look_at(markup).prose >= RICH
