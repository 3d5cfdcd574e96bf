"""Bars that stand on each other: how much of what there was in each week."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from feeds.web.charts.chart import WIDTH, Chart, element, picture, scale, steps

_LEFT, _TOP, _HEIGHT, _BOTTOM = 34, 8, 170, 24
_GAP = 0.22  # share of a bar's room that stays free


@dataclass(frozen=True, slots=True)
class Series:
    """One kind of thing: what it is called, the class that colours it, and a value for each bar."""

    name: str
    class_: str
    values: Sequence[float]


def bars(labels: Sequence[str], series: Sequence[Series], *, label: str, head: str, every: int = 4) -> Chart:
    """Stacked bars, one for each of ``labels``, of which every ``every``-th is printed below."""
    totals = [sum(s.values[n] for s in series) for n in range(len(labels))]
    marks = steps(max(totals, default=0))
    room = (WIDTH - _LEFT) / max(len(labels), 1)
    drawn = [_bar(n, labels[n], series, room, marks[-1]) for n in range(len(labels))]
    printed = [
        element("text", labels[n], x=_LEFT + room * (n + 0.5), y=_TOP + _HEIGHT + 16, class_="tick middle")
        for n in range(len(labels) - 1, -1, -every)
    ]
    heights = [(_TOP + _HEIGHT * (1 - mark / marks[-1]), f"{mark:g}") for mark in marks]
    lines, names = scale(heights, _LEFT, _TOP + _HEIGHT + _BOTTOM)
    svg = picture(WIDTH, _TOP + _HEIGHT + _BOTTOM, lines, *drawn, *printed, names, label=label)
    rows = [[labels[n], *(s.values[n] for s in series), totals[n]] for n in range(len(labels))]
    return Chart(svg, [head, *(s.name for s in series), "Σ"], rows)


def _bar(n: int, name: str, series: Sequence[Series], room: float, most: float) -> Markup:
    x, y, drawn = _LEFT + room * (n + _GAP / 2), float(_TOP + _HEIGHT), []
    for one in series:
        if not one.values[n]:
            continue
        tall = _HEIGHT * one.values[n] / most
        y -= tall
        told = element("title", f"{name} · {one.name}: {one.values[n]:g}")
        drawn.append(element("rect", told, x=x, y=y, width=room * (1 - _GAP), height=tall, class_=one.class_))
    return element("g", *drawn)
