"""Pages of an office that somebody took over, and pages that only look odd."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.judging.attribution.defaced import adverts, defaced, template

OFFICE = b'<div class="header nav1"><ul class="menu"><p id="zoom" class="article TRS_Editor"><p class="source">'
OTHER = b'<div class="casino hero"><div class="slot-grid"><a class="btn-gold" id="register"><p class="vip-bar">'
ADVERTS = "某某娱乐城官方入口：注册送58元，真人百家乐，老虎机平台，提款秒到，诚招代理"
WARNING = "警方提醒：凡是自称注册送彩金、真人百家乐、提款秒到的平台，都是骗局，切勿登录所谓官方入口。"


def test_a_template_is_known_by_the_names_of_its_parts() -> None:
    assert template(OFFICE) == {"header", "nav", "menu", "zoom", "article", "TRS_Editor", "source"}


def test_a_page_in_another_template_full_of_advertisements_was_taken_over() -> None:
    why = defaced(template(OTHER), template(OFFICE), "官网", ADVERTS)
    assert why.startswith("another template than this office ever used (0% of its names), and advertisements: ")
    assert "真人百家乐" in why


@pytest.mark.parametrize(
    ("page", "known", "text"),
    [
        (OTHER, OFFICE, "本站改版公告：欢迎访问新网站。"),  # a new design
        (OFFICE, OFFICE, ADVERTS),  # in the office's own template: advertisements alone are no proof
        (OTHER, OFFICE, WARNING),  # a warning quotes what swindlers say
        (OTHER, b"", ADVERTS),  # nothing is known of the office yet
        (b'<div class="a">', OFFICE, ADVERTS),  # too few names to tell templates apart
    ],
)
def test_nothing_of_this_alone_is_enough(page: bytes, known: bytes, text: str) -> None:
    assert defaced(template(page), template(known), "官网", text) == ""


def test_a_warning_advertises_nothing() -> None:
    assert len(adverts(ADVERTS)) >= 4
    assert adverts(WARNING) == ()


@given(st.binary(max_size=400), st.text(max_size=100))
def test_any_page_survives(body: bytes, text: str) -> None:
    names = template(body)
    assert defaced(names, names, text, text) == ""
