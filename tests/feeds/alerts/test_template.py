"""A hook's own words: Jinja2 in a sandbox, and no alert is lost by a bad one."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.alerts.message import Line, Message
from feeds.alerts.template import fitting, told
from tests.feeds.alerts.given import Event, event, hook

BASE = "https://fenghuo.example"
OURS = "【新通告】谨防境外高薪招工骗局"


def say(template: str, *events: Event, most: int = 8000, **more: Any) -> Message:
    return asyncio.run(told(hook("feishu://t", template=template, **more), events or (event(),), BASE, most))


def test_a_template_says_title_and_lines_in_its_own_words() -> None:
    said = say("{{ event.name }} {{ notice.title }}\n{{ notice.origin.name }}\n\n看原文 {{ notice.url }}\n")
    expected = (Line("某地警方"), Line(""), Line("看原文", "https://police.example/1.html"))
    assert said == Message("新通告 谨防境外高薪招工骗局", expected)


def test_several_events_are_listed_by_one_template() -> None:
    said = say(
        "{{ count }} 条\n{% for e in events %}\n{{ e.title }} {{ e.page }}\n{% endfor %}",
        event(title="甲"),
        event(id="evt_2", title="乙"),
    )
    assert (said.title, [line.text for line in said.lines]) == ("2 条", ["【新通告】甲", "【新通告】乙"])


def test_an_event_about_a_source_has_no_notice_fields_and_that_is_no_error() -> None:
    broken = Event("evt_9", "source.broken", 0.0, {"column": "a/b", "name": "某网", "why": "空"})
    assert say("{{ event.title }}\n{{ notice.origin.name }}{{ notice.why }}", broken).lines == (Line("空"),)


@pytest.mark.parametrize("odd", ["{{7*7}} {0} %s ${HOME}", "{% for x in y %}", "{{ notice.title }}", "#}"])
def test_what_a_publisher_wrote_is_never_a_template(odd: str) -> None:
    assert say("{{ notice.title }}", event(title=odd)).title == odd


@pytest.mark.parametrize(
    "bad",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ notice.clear() }}",
        "{{ events.append(1) }}",
        "{{ 1 / 0 }}",
        "{% for a in range(100000) %}{% for b in range(100000) %}x{% endfor %}{% endfor %}",
        "{% include '/etc/passwd' %}",
        "{{ self.__init__.__globals__ }}",
        "   \n \n",
        "{{ 9 ** (9 ** 9) }}",
        "{{ 'x' * 10000000000 }}",
        "{{ [0] * 10000000000 }}",
        "{{ '%9999999999d' % 1 }}",
        "{{ 'x'.ljust(9999999999) }}",
        "{{ 'x'.ljust(width=9999999999) }}",
        "{{ '{:9999999999}'.format(1) }}",
        "{{ 'x'|center(9999999999) }}",
        "{% for a in range(60000) %}{% for b in range(60000) %}{% endfor %}{% endfor %}",
        "{% macro m() %}{{ m() }}{{ m() }}{% endmacro %}{{ m() }}",
        "{% set x = namespace(t='x' * 1000) %}{% for n in range(40) %}{% set x.t = x.t ~ x.t %}{% endfor %}",
        "{% set x = namespace(t='x' * 1000) %}{% for n in range(40) %}{% set x.t = x.t + x.t %}{% endfor %}",
        "{% set x = namespace(t=[1]) %}{% for n in range(60) %}{% set x.t = [x.t, x.t] %}{% endfor %}{{ x.t }}",
        "{{ ('x' * 60000).replace('x', 'y' * 60000) }}",
        "{{ range(60000)|map('string')|join('y' * 60000) }}",
    ],
)
def test_a_template_that_fails_reaches_out_or_says_nothing_gives_way_to_our_words(bad: str) -> None:
    assert say(bad).title == OURS


def test_a_template_may_reckon_as_people_do() -> None:
    assert (
        say("{{ count * 2 }} {{ 7 % 4 }} {{ '=' ~ notice.title[:2] }} {{ notice.id|upper }}").title == "2 3 =谨防 NTC_1"
    )


def test_words_for_english_readers_are_in_english() -> None:
    assert say("{{ event.name }}", language="en").title == "New notice"


@given(st.text(max_size=200), st.lists(st.text(max_size=2000), max_size=5), st.integers(1200, 3000))
def test_a_message_keeps_to_its_bytes(title: str, lines: list[str], most: int) -> None:
    said = fitting(Message(title, tuple(map(Line, lines))), most)
    assert len(str(said).encode("utf-8", "replace")) <= most
    assert len(said.lines) <= len(lines)


def test_a_template_that_says_much_is_cut_to_the_bytes_of_its_channel() -> None:
    said = say("{{ notice.title }}\n{{ notice.body }}\n详情 {{ event.page }}", event(body="字" * 4000), most=900)
    assert 800 < len(str(said).encode()) <= 900
