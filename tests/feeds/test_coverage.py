"""The coverage log as it is asked for and told."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from crawler.items import Outcome
from crawler.judging.columns.coverage import HOUR, Watched
from feeds.coverage import Span, percent, strip
from tests.feeds.world import T0, World

Browse = Callable[..., TestClient]
NOW = datetime(2026, 2, 10, 12, 30, tzinfo=UTC).timestamp()
SHANGHAI = ZoneInfo("Asia/Shanghai")


def hour(*when: int) -> int:
    return int(datetime(*when, tzinfo=UTC).timestamp() // HOUR)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("said", "since", "until"),
    [
        ("2026-01-31", hour(2026, 1, 30, 16), hour(2026, 1, 31, 16)),
        ("2025-12", hour(2025, 11, 30, 16), hour(2025, 12, 31, 16)),
        ("yesterday", hour(2026, 2, 8, 16), hour(2026, 2, 9, 16)),
        ("today", hour(2026, 2, 9, 16), hour(2026, 2, 10, 13)),  # up to the hour that is running
        ("2026-02", hour(2026, 1, 31, 16), hour(2026, 2, 10, 13)),
    ],
)
def test_a_day_or_a_month_is_that_of_the_reader(said: str, since: int, until: int) -> None:
    assert Span.of(said, SHANGHAI, NOW) == Span(since, until)


@given(st.text(max_size=12) | st.from_regex(r"\d{4}-\d\d(-\d\d)?", fullmatch=True))
def test_any_text_is_a_span_or_refused(said: str) -> None:
    with suppress(ValueError):
        span = Span.of(said, SHANGHAI, NOW)
        assert 0 <= span.since <= span.until


def test_one_sign_an_hour_tells_kept_observed_tried_and_nothing() -> None:
    one = Watched("a/b", 0, 0, 4, looked=0b0111, observed=0b0011, kept=0b0001)
    assert strip(one, 4) == "#+x."


def test_what_is_not_whole_is_never_shown_as_whole() -> None:
    assert (percent(0.99999), percent(1.0), percent(None)) == ("99.9 %", "100.0 %", "")


def test_the_api_says_for_every_hour_which_columns_were_observed(world: World, browse: Browse) -> None:
    for n in range(-8, 5):
        world.look("bsa/tips", Outcome.UNCHANGED, at=T0 + n * 900)
    world.look("daily/main", Outcome.CHALLENGED, at=T0)
    told = browse(world).get("/api/v1/coverage").json()
    assert (told["from"], told["to"]) == ("2025-06-15T00:00:00.000Z", "2025-06-15T17:00:00.000Z")
    assert len(told["hours"]) == 17
    tips, daily = told["columns"]
    assert (tips["column"], daily["column"]) == ("bsa/tips", "daily/main")
    assert [told["hours"][n][11:16] for n, yes in enumerate(tips["observed"]) if yes] == [
        "13:00",
        "14:00",
        "15:00",
        "16:00",
    ]
    assert [told["hours"][n][11:16] for n, yes in enumerate(tips["kept"]) if yes] == ["14:00", "15:00"]
    assert (daily["hours_looked"], daily["hours_observed"], daily["share"]) == (1, 0, None)
    assert {s["source"]: s["share"] for s in told["sources"]} == {"bsa": 1.0, "daily": None}


def test_the_api_takes_a_span_and_a_source_and_refuses_what_is_none(world: World, browse: Browse) -> None:
    world.look("bsa/tips", Outcome.BASELINE, at=T0)
    world.look("daily/main", Outcome.BASELINE, at=T0)
    client = browse(world)
    span = "from=2025-06-15T23:00:00%2B08:00&to=2025-06-16T00:00:00+08:00"
    told = client.get(f"/api/v1/coverage?{span}&source=bsa").json()
    assert told["hours"] == ["2025-06-15T15:00:00.000Z"]
    assert [(c["column"], c["observed"]) for c in told["columns"]] == [("bsa/tips", [True])]
    assert len(client.get("/api/v1/coverage?day=2025-05").json()["hours"]) == 31 * 24
    for wrong in ("day=soon", "day=2025-13", "from=never", "to=2025-01-01", "from=2024-01-01&to=2025-01-01"):
        answer = client.get(f"/api/v1/coverage?{wrong}")
        assert (wrong, answer.status_code, answer.json()["detail"].count("\n")) == (wrong, 400, 0)


def test_the_page_and_the_metrics_show_how_well_a_source_was_watched(world: World, browse: Browse) -> None:
    for n in range(-12, 5):
        world.look("bsa/tips", Outcome.UNCHANGED, at=T0 + n * 900)
    client = browse(world)
    assert "100.0 %" in client.get("/sources").text
    assert 'fenghuo_coverage_ratio{source="bsa"} 1.0' in client.get("/metrics").text


def test_the_metrics_tell_since_when_a_column_needs_somebody(world: World, browse: Browse) -> None:
    world.look("daily/main", Outcome.CHALLENGED, at=T0)
    labels = 'column="main",source="daily",state="challenged"'
    found = browse(world).get("/metrics").text
    assert f"fenghuo_trouble_since_timestamp_seconds{{{labels}}} 1.75e+09" in found
