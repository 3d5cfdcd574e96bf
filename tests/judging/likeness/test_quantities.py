from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.judging.likeness.quantities import quantities
from crawler.reading.normalise import evened


def said(text: str) -> list[str]:
    """What the numbers of a text say."""
    return [q.value for q in quantities(evened(text))]


@pytest.mark.parametrize(
    "ways",
    [
        ("92名", "92 人", "９２位", "九十二名"),
        ("3.5万元", "35000元", "35,000元", "三万五千元"),
        ("2025-01-05", "2025年1月5日", "2025年01月05号", "二〇二五年一月五日"),
        ("010-66001234", "(010)66001234", "01066001234"),
        ("30%", "百分之三十"),
        ("7.48亿元", "7.48亿余元", "748000000元"),
        ("1079名", "一千零七十九名"),
    ],
    ids=lambda ways: ways[0],
)
def test_one_number_is_read_whatever_way_it_is_written(ways: tuple[str, ...]) -> None:
    assert len({tuple(said(way)) for way in ways}) == 1
    assert len(said(ways[0])) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("92名", "93名"),
        ("3.5万元", "35万元"),
        ("6月30日前", "6月30日后"),
        ("周三", "周四"),
        ("5起", "5天"),
        ("12308", "12309"),
    ],
)
def test_different_numbers_stay_different(one: str, other: str) -> None:
    assert said(one) != said(other)


def test_each_number_is_of_its_sort() -> None:
    text = evened("6月30日前抓获92名，致电12308或+855 12 345 678。")
    assert [q.sort for q in quantities(text)] == ["date", "figure", "contact", "contact"]


@pytest.mark.parametrize("text", ["一名男子", "十分重视", "一起前往", "三亚", "第一时间", "六安", "万一"])
def test_numerals_that_count_nothing_are_none(text: str) -> None:
    assert said(text) == []


@given(st.integers(0, 10**12), st.integers(0, 10**12))
def test_figures_differ_exactly_when_they_are_written_differently(a: int, b: int) -> None:
    assert (said(f"共{a}人") == said(f"共{b}人")) == (a == b)


@given(st.text())
def test_any_text_survives(text: str) -> None:
    quantities(evened(text))


@given(st.text(st.sampled_from("0123456789,.-/:年月日万亿千百十一二名元%+() 前后")))
def test_any_heap_of_figures_survives(text: str) -> None:
    quantities(evened(text))
