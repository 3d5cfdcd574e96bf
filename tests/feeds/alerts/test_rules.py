"""Which hook wants which event."""

from __future__ import annotations

from typing import Any

import pytest

from crawler.config import When
from feeds.alerts.rules import matches, wanting, wants
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
