"""Which hook wants which event."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.config.hooks import Rule, When
from feeds.alerts.rules import is_urgent, matches, meets_any, wanting, wants
from tests.feeds.alerts.given import hook, notice

OFFICIAL = {"name": "某地警方", "source": "police", "authority": "police", "official": True, "claimed_only": False}
MEDIA = {"name": "某报", "source": "news", "authority": "media", "official": False, "claimed_only": False}


@pytest.mark.parametrize(
    ("when", "changes", "passes"),
    [
        ({}, {}, True),
        ({}, {"alertable": False}, False),
        ({"kind": ("case",)}, {"kind": "case", "alertable": False}, True),
        ({"kind": ("case",)}, {}, False),
        ({"kind": ("case",)}, {"kind": "case", "scope": "domestic", "alertable": False}, False),
        ({"kind": ("case",)}, {"kind": "case", "origin": MEDIA, "alertable": False}, False),
        ({"scope": ("domestic",)}, {"scope": "domestic", "alertable": False}, True),
        ({"scope": ("domestic",)}, {"scope": "domestic", "kind": "feature", "alertable": False}, False),
        ({"scope": ("domestic", "cross-border")}, {}, True),
        ({"authority": ("official",)}, {"origin": OFFICIAL}, True),
        ({"authority": ("official",)}, {"origin": MEDIA, "alertable": False}, False),
        ({"authority": ("media",)}, {"origin": MEDIA, "alertable": False}, True),
        ({"authority": ("media",)}, {"origin": OFFICIAL}, False),
        ({"authority": ("official", "media")}, {"origin": MEDIA, "alertable": False}, True),
        ({"authority": ("court",)}, {"origin": OFFICIAL}, False),
        ({"place": ("MM", "KH")}, {}, True),
        ({"place": ("mm",)}, {}, True),
        ({"place": ("KH",)}, {}, False),
        ({"place": ("MM",)}, {"alertable": False}, False),
        ({"scam": ("job-lure",)}, {}, True),
        ({"scam": ("romance",)}, {}, False),
        ({"source": ("police",)}, {}, True),
        ({"source": ("news",)}, {}, True),
        ({"source": ("elsewhere",)}, {}, False),
        ({"place": ("MM",), "scam": ("romance",)}, {}, False),
    ],
)
def test_when_replaces_a_part_of_the_default_and_narrows_the_rest(
    when: dict[str, Any], changes: dict[str, Any], passes: bool
) -> None:
    assert matches(When(**when), notice(**changes)) is passes


@pytest.mark.parametrize(
    ("condition", "passes"),
    [
        ({"title": ("高薪",)}, True),
        ({"title": ("ＧＡＯ",)}, False),
        ({"words": ("诱骗群众",)}, True),
        ({"words": ("虚拟货币", "出境")}, True),
        ({"words": ("虚拟货币",)}, False),
        ({"victim": ("students",)}, True),
        ({"victim": ("elderly",)}, False),
        ({"level": ("前往",)}, True),
        ({"level": ("撤离",)}, False),
        ({"language": ("zh",)}, True),
        ({"language": ("zh-CN",)}, True),
        ({"language": ("en",)}, False),
        ({"status": ("current",)}, True),
        ({"status": ("withdrawn",)}, False),
        ({"origin": ("警方",)}, True),
        ({"origin": ("银行",)}, False),
        ({"column": ("news/main",)}, True),
        ({"column": ("news/other",)}, False),
        ({"contact": ("12308",)}, True),
        ({"figure": ("763",)}, True),
        ({"address": ("police.example",)}, True),
        ({"address": ("gov.cn",)}, False),
        ({"official": True}, True),
        ({"official": False}, False),
        ({"claimed_only": False}, True),
        ({"claimed_only": True}, False),
        ({"published_within": "3650d"}, True),
        ({"published_within": "1h"}, False),
    ],
)
def test_every_field_of_a_notice_can_be_a_condition_and_its_opposite(condition: dict[str, Any], passes: bool) -> None:
    found = notice(
        victims=["students"],
        levels=["暂勿前往"],
        contacts=["12308"],
        figures=["763名"],
        published="2023-11-14T00:00:00+08:00",
    )
    assert matches(When(**condition), found) is passes
    assert meets_any(When(**condition), found) is passes


def test_a_condition_on_an_unofficial_word_replaces_the_default_of_an_official_one() -> None:
    assert matches(When(official=False), notice(origin=MEDIA, alertable=False))
    assert not matches(When(claimed_only=False), notice(origin=MEDIA, alertable=False))


def test_a_notice_without_a_date_may_be_new() -> None:
    assert matches(When(published_within="1h"), notice(published=None))
    assert matches(When(published_within="1h"), notice(published="some day"))


@pytest.mark.parametrize(
    ("unless", "wanted"),
    [
        ({}, True),
        ({"place": ("MM",)}, False),
        ({"place": ("KH",)}, True),
        ({"place": ("KH",), "title": ("高薪",)}, False),
        ({"kind": ("case",), "scope": ("domestic",)}, True),
    ],
)
def test_unless_keeps_back_what_meets_one_of_its_conditions(unless: dict[str, Any], wanted: bool) -> None:
    assert wants(hook("https://a.example", unless=unless), "notice.new", notice()) is wanted


def test_rules_speak_for_the_hooks_they_name_and_any_of_them_will_do() -> None:
    hooks = [hook("https://a.example", id) for id in ("a", "b", "c")]
    rules = [
        Rule(hooks=("a", "b"), when=When(place=("KH",))),
        Rule(hooks=("b",), when=When(place=("MM",)), unless=When(title=("演练",))),
    ]
    assert wanting(hooks, "notice.new", notice(), rules) == ["b", "c"]
    assert wanting(hooks, "notice.new", notice(title="反诈演练"), rules) == ["c"]
    assert wanting(hooks, "notice.new", notice(places=[{"code": "KH"}]), rules) == ["a", "b", "c"]


def test_trouble_with_a_hook_is_told_to_the_others_that_ask() -> None:
    events = ("hook.failing", "hook.disabled")
    hooks = [hook("https://a.example", id, events=events) for id in ("a", "b")] + [hook("https://c.example", "c")]
    assert wanting(hooks, "hook.failing", {"hook": "a"}) == ["b"]


def test_only_a_notice_that_meets_what_is_urgent_is_urgent() -> None:
    urgent = hook("https://a.example", urgent=When(level=("暂勿前往",), place=("MM",)))
    assert is_urgent(urgent, "notice.new", notice(levels=["暂勿前往"]))
    assert not is_urgent(urgent, "notice.new", notice())
    assert not is_urgent(urgent, "source.broken", {"levels": ["暂勿前往"]})
    assert not is_urgent(hook("https://a.example"), "notice.new", notice())


@given(
    st.dictionaries(
        st.sampled_from(["places", "sightings", "origin", "published", "levels", "title", "kind", "language"]),
        st.none() | st.just([]) | st.just({}) | st.just(""),
    )
)
def test_no_notice_however_broken_is_an_error(broken: dict[str, Any]) -> None:
    every = When(**{name: EXAMPLES.get(name, ("x",)) for name in When.model_fields})
    found = {**notice(), **broken}
    assert isinstance(matches(every, found), bool)
    assert isinstance(meets_any(every, found), bool)
    assert isinstance(matches(every, broken), bool)


EXAMPLES: dict[str, Any] = {
    "scope": ("cross-border",),
    "kind": ("warning",),
    "authority": ("official",),
    "status": ("current",),
    "official": True,
    "claimed_only": False,
    "published_within": "1d",
}


def test_a_hook_gets_the_events_it_names_and_no_others() -> None:
    only_new = hook("https://a.example", events=("notice.new",))
    assert wants(only_new, "notice.new", notice())
    assert not wants(only_new, "notice.withdrawn", notice())
    assert not wants(hook("https://a.example"), "source.broken", {"source": "police"})


def test_of_when_only_source_concerns_incidents() -> None:
    broken = {"column": "police/tips", "source": "police", "why": "empty"}
    events = ("source.broken",)
    assert wants(hook("https://a.example", events=events, when=When(kind=("case",))), "source.broken", broken)
    assert wants(hook("https://a.example", events=events, when=When(source=("police",))), "source.broken", broken)
    assert not wants(hook("https://a.example", events=events, when=When(source=("x",))), "source.broken", broken)


def test_a_hook_that_is_switched_off_wants_nothing() -> None:
    hooks = [hook("https://a.example", "on"), hook("https://a.example", "off", enabled=False)]
    assert wanting(hooks, "notice.new", notice()) == ["on"]
