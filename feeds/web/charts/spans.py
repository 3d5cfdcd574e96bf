"""How long things took, on a scale on which a second and a day both have room: the middle one, and most of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from feeds.web.charts.chart import WIDTH, Chart, element, picture, scale

_LEFT, _TOP, _HEIGHT, _BOTTOM = 56.0, 8.0, 190.0, 24.0
_MARKS = (0.1, 1.0, 10.0, 60.0, 600.0, 3600.0, 36000.0, 604800.0)  # seconds
_LEAST, _MOST = _MARKS[0], _MARKS[-1]


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
    told: Callable[[float], str],
    every: int = 4,
) -> Chart:
    """For each of ``labels`` and each series (name, class, spreads) a line from the half to nine of ten, and a dot.

    ``told`` says a number of seconds in words.
    """
    room = (WIDTH - _LEFT) / max(len(labels), 1)
    lines, names = scale([(_height(s), told(s)) for s in _MARKS], _LEFT, _TOP + _HEIGHT + _BOTTOM)
    drawn = [lines]
    for order, (name, class_, spreads) in enumerate(series):
        off = room * (order + 1) / (len(series) + 1)
        at = ((n, f"{labels[n]} · {name}", s) for n, s in enumerate(spreads) if s)
        drawn += [_span(_LEFT + room * n + off, said, class_, s, told) for n, said, s in at]
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
    return Chart(picture(WIDTH, _TOP + _HEIGHT + _BOTTOM, *drawn, names, label=label), head, rows)


def _height(seconds: float) -> float:
    seconds = min(max(seconds, _LEAST), _MOST)
    return _TOP + _HEIGHT * (1 - math.log(seconds / _LEAST) / math.log(_MOST / _LEAST))


def _span(x: float, name: str, class_: str, spread: Spread, told: Callable[[float], str]) -> Markup:
    half, most = _height(spread.half), _height(spread.most)
    title = element("title", f"{name}: {told(spread.half)} – {told(spread.most)} ({spread.number})")
    line = element("line", x1=x, x2=x, y1=half, y2=most, class_="whisker")
    return element("g", title, line, element("circle", cx=x, cy=half, r=3.2), class_=class_)
