"""Events in words, Chinese and English."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.alerts.message import Language, message
from feeds.words import EVENTS, KINDS
from tests.feeds.alerts.given import NOW, Event, event, notice

BASE = "https://fenghuo.example"


def test_a_notice_is_told_in_chinese_with_issuer_date_place_and_links() -> None:
    said = message([event()], "zh-CN", BASE, 8000)
    assert said.title == "【新通告】谨防境外高薪招工骗局"
    assert said.body.split("\n") == [
        "发布：某地警方",
        "时间：2025-01-17",
        "类型：警示",
        "涉及：缅甸",
        "近期有人以高薪为名诱骗群众出境。 请勿轻信。",
        "原文 https://police.example/1.html",
        "详情 https://fenghuo.example/notices/ntc_1",
    ]


def test_a_notice_is_told_in_english() -> None:
    said = message([event()], "en", BASE, 8000)
    assert said.title == "[New notice] 谨防境外高薪招工骗局"
    expected = ["Issuer: 某地警方", "Published: 2025-01-17", "Kind: warning", "Places: Myanmar"]
    assert said.body.split("\n")[:4] == expected


def test_a_time_is_told_with_the_precision_it_has() -> None:
    said = message([event(published="2025-01-17T10:30:00+08:00", published_precision="minute")], "en", BASE, 8000)
    assert "Published: 2025-01-17 10:30 +08:00" in said.body


def test_a_claimed_origin_is_told_as_a_claim() -> None:
    origin = notice()["origin"] | {"claimed_only": True}
    assert "未见原文" in message([event(origin=origin)], "zh-CN", BASE, 8000).body


def test_a_revision_tells_what_changed_and_a_withdrawal_that_it_is_gone() -> None:
    assert "改动：人数由 92 改为 763" in message([event("notice.revised")], "zh-CN", BASE, 8000).body
    gone = message([event("notice.withdrawn")], "en", BASE, 8000)
    assert gone.title.startswith("[Withdrawal]")
    assert "no longer shows" in gone.body


def test_an_incident_is_told_with_its_why() -> None:
    payload = {"column": "police/tips", "source": "police", "name": "某地警方", "state": "broken", "why": "列表为空"}
    said = message(
        [Event("evt_2", "source.broken", NOW, payload | {"since": "2025-01-17T00:00:00Z"})], "zh-CN", BASE, 8000
    )
    assert said.title == "【来源故障】某地警方"
    assert said.body.split("\n")[:2] == ["状态：故障", "原因：列表为空"]
    assert said.body.endswith("https://fenghuo.example/sources")


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_a_message_calls_things_what_the_page_calls_them(language: Language) -> None:
    for kind, called in KINDS.items():
        assert called.of(language) in message([event(kind=kind)], language, BASE, 8000).body
    for type, called in EVENTS.items():
        assert called.of(language) in message([event(type)], language, BASE, 8000).title.lower()


def test_a_place_is_named_in_the_reader_s_language_and_one_unknown_by_its_own_name() -> None:
    places = [{"code": "KH", "name": "柬埔寨", "text": "西港"}, {"code": "QZ", "name": "某国", "text": "某国"}]
    assert "涉及：柬埔寨、某国" in message([event(places=places)], "zh-CN", BASE, 8000).body
    assert "Places: Cambodia, QZ" in message([event(places=places)], "en", BASE, 8000).body


def test_several_events_are_one_list_with_a_link_each() -> None:
    said = message([event(id=f"evt_{n}", title=f"通告{n}") for n in range(3)], "zh-CN", BASE, 8000)
    assert said.title == "【烽火】3 条通告"
    assert [line.text for line in said.lines] == ["【新通告】通告0", "【新通告】通告1", "【新通告】通告2"]
    assert {line.url for line in said.lines} == {"https://fenghuo.example/notices/ntc_1"}


def test_a_list_that_is_too_long_says_how_many_are_left_out() -> None:
    said = message([event(id=f"evt_{n}") for n in range(100)], "zh-CN", BASE, 2000)
    shown = len(said.lines) - 1
    assert said.lines[-1].text == f"另有 {100 - shown} 条"
    assert 10 < shown < 100


def test_a_title_is_one_line_without_control_characters() -> None:
    said = message([event(title="标题\r\nBcc: someone@example.org\x00\ud800")], "zh-CN", BASE, 8000)
    assert said.title.isprintable()


def test_template_words_in_a_title_appear_as_they_are() -> None:
    odd = "{{7*7}} {0} %s ${HOME} {title}"
    assert odd in message([event(title=odd)], "zh-CN", BASE, 8000).title
    assert odd in message([event(body=odd)], "en", BASE, 8000).body


def test_an_address_that_is_no_web_address_is_no_link() -> None:
    said = message([event(url="javascript:alert(1)")], "zh-CN", BASE, 8000)
    assert "javascript" not in str(said)


@given(st.text(max_size=3000), st.text(max_size=3000), st.integers(1, 60), st.sampled_from([2000, 8000]))
def test_a_message_keeps_to_its_bytes(title: str, body: str, events: int, most: int) -> None:
    said = message([event(id=f"evt_{n}", title=title, body=body) for n in range(events)], "zh-CN", BASE, most)
    assert len(str(said).encode("utf-8")) <= most
