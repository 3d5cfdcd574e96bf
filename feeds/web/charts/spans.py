"""How long things took, on a scale on which a second and a day both have room: the middle one, and most of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from feeds.web.charts.chart import WIDTH, Chart, element, picture

_LEFT, _TOP, _HEIGHT, _BOTTOM = 44.0, 8.0, 190.0, 24.0
_MARKS = (
    (0.1, "0.1 s"),
    (1, "1 s"),
    (10, "10 s"),
    (60, "1 min"),
    (600, "10 min"),
    (3600, "1 h"),
    (36000, "10 h"),
    (604800, "7 d"),
)
_LEAST, _MOST = _MARKS[0][0], _MARKS[-1][0]


@dataclass(frozen=True, slots=True)
class Spread:
    """Of how many things, how many seconds half of them took at most, and nine of ten."""

    number: int
    half: float
    most: float


def spread_chart(
    labels: Sequence[str],
    series: Sequence[tuple[str, str, Sequence[Spread | None]]],
    *,
    label: str,
    head: Sequence[str],
    every: int = 4,
) -> Chart:
    """For each of ``labels`` and each series (name, class, spreads) a line from the half to nine of ten, and a dot."""
    room = (WIDTH - _LEFT) / max(len(labels), 1)
    drawn = [*_lines()]
    for order, (name, class_, spreads) in enumerate(series):
        off = room * (order + 1) / (len(series) + 1)
        drawn += [_span(_LEFT + room * n + off, f"{labels[n]} · {name}", class_, s) for n, s in enumerate(spreads) if s]
    drawn += [
        element("text", labels[n], x=_LEFT + room * (n + 0.5), y=_TOP + _HEIGHT + 16, class_="tick middle")
        for n in range(len(labels) - 1, -1, -every)
    ]
    rows = [
        [labels[n], name, s.number, told(s.half), told(s.most)]
        for n in range(len(labels))
        for name, _, spreads in series
        if (s := spreads[n])
    ]
    return Chart(picture(WIDTH, _TOP + _HEIGHT + _BOTTOM, *drawn, label=label), head, rows)


def told(seconds: float) -> str:
    """A length of time in the unit that suits it."""
    for length, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= length:
            return f"{seconds / length:.1f} {unit}"
    return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"


def _height(seconds: float) -> float:
    seconds = min(max(seconds, _LEAST), _MOST)
    return _TOP + _HEIGHT * (1 - math.log(seconds / _LEAST) / math.log(_MOST / _LEAST))


def _lines() -> list[Markup]:
    return [
        part
        for seconds, name in _MARKS
        for part in (
            element("line", x1=_LEFT, x2=WIDTH, y1=_height(seconds), y2=_height(seconds), class_="grid"),
            element("text", name, x=_LEFT - 6, y=_height(seconds) + 4, class_="tick end"),
        )
    ]


def _span(x: float, name: str, class_: str, spread: Spread) -> Markup:
    half, most = _height(spread.half), _height(spread.most)
    title = element("title", f"{name}: {told(spread.half)} – {told(spread.most)} ({spread.number})")
    line = element("line", x1=x, x2=x, y1=half, y2=most, class_="whisker")
    return element("g", title, line, element("circle", cx=x, cy=half, r=3.2), class_=class_)
