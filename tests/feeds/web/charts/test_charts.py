"""Pictures as SVG: what is drawn is what the table says, and words stay words."""

from __future__ import annotations

import math
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.web.charts import Cell, Chart, Spread, bars, cells, placemap, sparkline, spread_chart
from feeds.web.charts.bars import Series
from feeds.web.charts.chart import element, level, steps

EVIL = '"><script>x</script>&'
STYLE = (Path(__file__).parents[4] / "feeds" / "web" / "static" / "fenghuo.css").read_text("utf-8")


def drawn(svg: str) -> ElementTree.Element:
    """The picture, which must be well formed; names without their space."""
    return ElementTree.fromstring(re.sub(r' xmlns="[^"]+"', "", svg))


def columns(values: list[list[int]]) -> Chart:
    series = [Series(f"kind {n}", f"kind-{n}", row) for n, row in enumerate(values)]
    return bars([f"w{n}" for n in range(len(values[0]))] if values else [], series, label="all", head="Week")


def told(seconds: float) -> str:
    return f"{seconds:g} s"


def test_words_of_strangers_stay_words() -> None:
    said = element("text", "<script>", x=1, class_='"><b>')
    assert str(said) == '<text x="1" class="&#34;&gt;&lt;b&gt;">&lt;script&gt;</text>'
    pictures = [
        bars([EVIL], [Series(EVIL, "kind-other", [1])], label=EVIL, head=EVIL).svg,
        cells([EVIL], [EVIL], [[Cell("good", EVIL)]], label=EVIL, head=EVIL, every=1, links=[EVIL]).svg,
        placemap({"MM": 1}, lambda _: EVIL, lambda _: EVIL, label=EVIL, head=[]).svg,
        spread_chart([EVIL], [(EVIL, "leg-seen", [Spread(1, 1, 1)])], label=EVIL, head=[], told=told).svg,
        sparkline([1], label=EVIL),
    ]
    for svg in pictures:
        assert drawn(svg).attrib["aria-label"] == EVIL
        assert not list(drawn(svg).iter("script"))


@pytest.mark.parametrize(
    "svg",
    [
        columns([]).svg,
        columns([[0, 0]]).svg,
        cells([], [], [], label="none", head="", every=4).svg,
        placemap({}, str, str, label="none", head=[]).svg,
        spread_chart([], [], label="none", head=[], told=told).svg,
        spread_chart(["w0"], [("seen", "leg-seen", [None])], label="none", head=[], told=told).svg,
        sparkline([], label="none"),
        sparkline([0, 0], label="none"),
    ],
)
def test_nothing_is_drawn_of_nothing_and_the_picture_stands(svg: str) -> None:
    shown = drawn(svg)
    assert not [e for e in shown.iter() if "nan" in "".join(e.attrib.values())]
    shapes = [*shown.iter("circle"), *shown.iter("rect"), *shown.findall(".//path[@class='some']")]
    assert [shape for shape in shapes if shape.attrib.get("class") != "ground"] == []  # that of the names of a scale


@given(st.lists(st.lists(st.integers(0, 500), min_size=3, max_size=3), min_size=1, max_size=4))
def test_bars_are_as_high_as_the_table_says(values: list[list[int]]) -> None:
    chart = columns(values)
    per = 170 / steps(max(map(sum, zip(*values, strict=True))))[-1]
    for week, (group, row) in enumerate(zip(drawn(chart.svg).findall("g")[1:-1], chart.rows, strict=True)):
        assert row == [f"w{week}", *(v[week] for v in values), sum(v[week] for v in values)]
        tall = [float(r.attrib["height"]) for r in group.findall("rect")]
        assert tall == pytest.approx([v[week] * per for v in values if v[week]], abs=0.011)
        assert [r.findtext("title") for r in group.findall("rect")] == [
            f"w{week} · kind {n}: {v[week]}" for n, v in enumerate(values) if v[week]
        ]


@given(st.lists(st.sampled_from(["good", "part", "bad", ""]), min_size=1, max_size=40), st.booleans())
def test_every_cell_lies_where_its_moment_is(colours: list[str], joined: bool) -> None:
    row = [Cell(colour, f"{n}: {colour}") for n, colour in enumerate(colours)]
    chart = cells(["one"], [str(n) for n in range(len(row))], [row], label="all", head="", every=4, joined=joined)
    shown = [""] * len(row)
    for path in drawn(chart.svg).findall("g/path"):
        for start, wide in re.findall(r"M(\d+) 0h([\d.]+)v1", path.attrib["d"]):
            for n in range(int(start), int(start) + math.ceil(float(wide))):
                shown[n] = path.attrib["class"]
    assert shown == colours
    assert chart.rows == [["one", *(cell.said for cell in row)]]


def test_a_place_leads_to_its_notices_and_one_off_the_map_stands_in_the_table() -> None:
    chart = placemap(
        {"MM": 4, "KH": 1, "ZZ": 2}, lambda code: f"<{code}>", lambda code: f"/?place={code}", label="", head=[]
    )
    shown = drawn(chart.svg)
    assert {a.attrib["href"]: a.findtext("g/title") for a in shown.findall("a")} == {
        "/?place=MM": "<MM>: 4",
        "/?place=KH": "<KH>: 1",
    }
    assert shown.findall("a/g/rect[@class='heat4']")
    assert chart.rows == [["<MM>", "MM", 4], ["<ZZ>", "ZZ", 2], ["<KH>", "KH", 1]]


def test_every_country_has_one_tile_whether_it_is_told_of_or_not() -> None:
    none, some = (drawn(placemap(c, str, str, label="", head=[]).svg) for c in ({}, {"MM": 1, "GB": 3}))
    codes = [sorted((text.text or "") for text in svg.iter("text")) for svg in (none, some)]
    assert codes[0] == codes[1]
    assert len(set(codes[0])) == len(codes[0]) > 150


def test_a_spread_is_a_line_from_the_half_to_nine_of_ten_and_the_quicker_is_lower() -> None:
    week = [Spread(7, 1.0, 60.0)], [Spread(1, 30.0, 30.0)]
    legs = [("seen", "leg-seen", week[0]), ("sent", "leg-sent", week[1])]
    chart = spread_chart(["w0"], legs, label="", head=[], told=told)
    first, second = (g for g in drawn(chart.svg).findall("g[title]"))
    low, high = (float(first[1].attrib[y]) for y in ("y1", "y2"))
    assert high < float(second[1].attrib["y1"]) == float(second[1].attrib["y2"]) < low
    assert first[2].attrib["cy"] == first[1].attrib["y1"]
    assert chart.rows == [["w0", "seen", 7, "1 s", "60 s"], ["w0", "sent", 1, "30 s", "30 s"]]


def test_a_sparkline_has_a_bar_for_each_day_on_which_something_came() -> None:
    path = drawn(sparkline([0, 1, 4], label="5 notices")).find("path[@class='some']")
    assert path is not None
    assert re.findall(r"M(\d+) 20v-(\d+)", path.attrib["d"]) == [("4", "5"), ("8", "19")]


@given(st.floats(0, 1e9))
def test_marks_are_few_begin_at_nothing_and_reach_the_greatest(most: float) -> None:
    marks = steps(most)
    assert marks[0] == 0
    assert marks[-1] >= most * (1 - 1e-9)
    assert 2 <= len(marks) <= 6


@given(st.integers(0, 1000), st.integers(0, 1000))
def test_more_is_never_lighter(one: int, other: int) -> None:
    assert level(min(one, other), 1000) <= level(max(one, other), 1000)
    assert (level(one, 1000) == 0) == (one == 0)


def test_every_colour_of_a_picture_is_one_of_the_style_sheet() -> None:
    """Dark, light and paper are the style sheet's affair: no picture brings a colour of its own."""
    chart = cells(["a"], ["1", "2"], [[Cell("good", ""), Cell("heat2", "")]], label="", head="", every=1)
    pictures = [
        columns([[1]]).svg,
        chart.svg,
        placemap({"MM": 1}, str, str, label="", head=[]).svg,
        spread_chart(["w"], [("seen", "leg-seen", [Spread(1, 1, 2)])], label="", head=[], told=told).svg,
        sparkline([1], label=""),
    ]
    for svg in pictures:
        assert not re.search(r'(fill|stroke|style|color)="', svg)
    for name in ("good", "part", "bad", "void", "heat0", "heat4", "on4", "grid", "tick", "whisker", "some", "none"):
        assert re.search(rf"\.{name}\b", STYLE), name
    assert "@media print" in STYLE
    assert "prefers-color-scheme: dark" in STYLE
