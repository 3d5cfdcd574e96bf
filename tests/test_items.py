"""The nouns: what a duration is, what is official, and the shape in which a notice leaves the house."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from crawler.items import (
    Authority,
    Column,
    Notice,
    Outcome,
    Page,
    Related,
    Source,
    notice_json,
    parse_duration,
    timestamp,
)
from tests.store.given import notice, revised, sighting

UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}

# ---- durations -------------------------------------------------------------------------------------------------------


@given(st.lists(st.tuples(st.integers(0, 10**6), st.sampled_from(sorted(UNITS))), min_size=1, max_size=4))
def test_a_duration_is_the_sum_of_its_parts(parts: list[tuple[int, str]]) -> None:
    text = "".join(f"{number}{unit}" for number, unit in parts)
    assert parse_duration(text) == pytest.approx(sum(number * UNITS[unit] for number, unit in parts))
    assert parse_duration(f" {text}\n") == parse_duration(text)


@given(st.floats(0, 1e9))
def test_a_number_is_seconds(seconds: float) -> None:
    assert parse_duration(seconds) == seconds


@given(st.integers(0, 10**6), st.sampled_from(["", " s", "sec", "M", "H", "y", "s-", "s5", "mm"]))
def test_what_has_no_known_unit_is_no_duration(number: int, unit: str) -> None:
    with pytest.raises(ValueError, match="not a duration"):
        parse_duration(f"{number}{unit}")


@pytest.mark.parametrize("value", ["", "s", "-5s", "1.5.5s", "一分钟", None, True, [], {"s": 1}])
def test_anything_else_is_no_duration(value: object) -> None:
    with pytest.raises(ValueError, match="not a duration"):
        parse_duration(value)


def test_a_part_of_a_unit_is_a_duration() -> None:
    assert parse_duration("1.5h") == 5400.0
    assert parse_duration("1h30m") == 5400.0
    assert parse_duration("250ms") == 0.25


# ---- sources ---------------------------------------------------------------------------------------------------------

MINISTRY: dict[str, Any] = {"id": "mps", "name": "公安部", "authority": "ministry"}


def test_a_source_with_only_a_url_has_one_column() -> None:
    source = Source.model_validate(MINISTRY | {"url": "https://police.example/tips/"})
    assert source.column == (Column(id="main", url="https://police.example/tips/"),)
    assert source.key(source.column[0]) == "mps/main"


def test_a_url_beside_columns_is_an_unknown_key() -> None:
    with pytest.raises(ValidationError, match="url"):
        Source.model_validate(MINISTRY | {"url": "https://a.example/", "column": [{"url": "https://b.example/"}]})


def test_a_source_is_in_china_unless_it_says_otherwise() -> None:
    source = Source.model_validate(MINISTRY | {"url": "https://police.example/"})
    assert (source.timezone, source.language) == ("Asia/Shanghai", "zh-CN")


def test_a_source_may_be_known_by_its_names_and_accounts_only() -> None:
    source = Source.model_validate(MINISTRY | {"accounts": {"公安部网安局": "MzU0MTA3OTU5Ng=="}, "column": []})
    assert source.accounts == {"3541079596": "公安部网安局"}
    assert source.column == ()


@pytest.mark.parametrize("biz", ["", "3541079596", "MzU0MTA3OTU5Ng", "bm90IGEgbnVtYmVy", "公安部", "4oWg"])
def test_an_account_is_the_base64_of_a_number(biz: str) -> None:
    with pytest.raises(ValidationError, match="not the __biz of a WeChat account"):
        Source.model_validate(MINISTRY | {"accounts": {"公安部网安局": biz}, "column": []})


def test_the_table_of_a_platform_becomes_its_options() -> None:
    column = Column.model_validate({"url": "https://a.example/", "platform": "json", "json": {"items": "data"}})
    assert column.options == {"items": "data"}


def test_the_table_of_another_platform_is_an_unknown_key() -> None:
    with pytest.raises(ValidationError, match="feed"):
        Column.model_validate({"url": "https://a.example/", "platform": "json", "feed": {"article": "page"}})


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://a.example/", "a.example", "https://", "javascript:1"])
def test_a_list_is_on_the_web(url: str) -> None:
    with pytest.raises(ValidationError, match=r"not an http\(s\) address"):
        Column(url=url)


def test_the_state_speaks_officially_and_nobody_else() -> None:
    official = {a for a in Authority if a.official}
    assert official == {
        Authority.MINISTRY,
        Authority.AGENCY,
        Authority.POLICE,
        Authority.COURT,
        Authority.PROCURATORATE,
        Authority.EMBASSY,
        Authority.REGULATOR,
        Authority.INTERNATIONAL,
    }
    assert set(Authority) - official == {"state-media", "media", "aggregator", "account"}


def test_only_a_list_that_was_seen_counts_as_observed() -> None:
    assert {o for o in Outcome if o.ok} == {"baseline", "new", "changed", "unchanged"}


@pytest.mark.parametrize(
    ("header", "charset"),
    [("text/html; charset=GBK", "GBK"), ('text/html;charset="utf-8"', "utf-8"), ("text/html", None), ("", None)],
)
def test_a_charset_is_what_the_header_declares(header: str, charset: str | None) -> None:
    assert Page("https://a.example/", 200, b"", header).declared_charset == charset


# ---- the shape of a notice -------------------------------------------------------------------------------------------

SHAPE = {
    "id": "",
    "url": "",
    "title": "",
    "body": "",
    "language": "",
    "published": "",
    "published_precision": "",
    "published_basis": "",
    "first_seen": "",
    "updated": "",
    "status": "",
    "origin": {"name": "", "source": "", "authority": "", "official": True, "claimed_only": False}
    | {"spoofed": False, "via": []},
    "kind": "",
    "scope": "",
    "alertable": True,
    "scam_types": [""],
    "places": [{"code": "", "name": "", "text": ""}],
    "figures": [""],
    "contacts": [""],
    "victims": [""],
    "levels": [""],
    "validity": [""],
    "reasons": [{"field": "", "value": "", "because": ""}],
    "sightings": [
        {
            "url": "",
            "source": "",
            "column": "",
            "title": "",
            "first_seen": "",
            "role": "",
            "overlap": 1.0,
            "because": "",
            "gone": False,
        }
    ],
    "revisions": [{"seen": "", "material": True, "summary": "", "diff": ""}],
    "related": [{"id": "", "overlap": 1.0, "because": ""}],
}


def shape(value: Any) -> Any:
    """The keys of a JSON value, and the kinds of what they hold."""
    if isinstance(value, dict):
        return {key: shape(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return type(value)


def full() -> Notice:
    seen = (sighting(), sighting(2, role="reprint", overlap=0.97))
    others = (Related("ntc_2", 0.8, "92人 ≠ 763人"),)
    return revised(notice(sightings=seen, related=others), "新正文", "b" * 64).notice


def test_a_notice_leaves_in_the_shape_of_the_contract() -> None:
    said = json.loads(json.dumps(notice_json(full()), ensure_ascii=False))
    assert shape(said) == shape(SHAPE)
    assert said["published"] == "2023-11-14T00:00:00+08:00"
    assert said["first_seen"] == "2023-11-14T22:13:20.000Z"
    assert said["origin"]["authority"] == "police"
    assert said["places"] == [{"code": "MM", "name": "缅甸", "text": "妙瓦底"}]
    assert [s["role"] for s in said["sightings"]] == ["original", "reprint"]
    assert said["revisions"][0]["seen"] == "2023-11-14T22:14:20.000Z"


def test_what_is_not_known_of_a_notice_is_null_and_never_missing() -> None:
    said = notice_json(notice(published=None, sightings=()))
    assert set(said) == set(SHAPE)
    assert (said["published"], said["published_precision"], said["published_basis"]) == (None, None, None)
    assert (said["sightings"], said["revisions"]) == ([], [])


@given(st.floats(0, 4e9))
def test_a_timestamp_is_utc_in_milliseconds_and_sorts_as_time_does(seconds: float) -> None:
    text = timestamp(seconds)
    assert len(text) == len("2023-11-14T22:13:20.000Z")
    assert text.endswith("Z")
    assert text <= timestamp(seconds + 1)
