"""A field of cells: rows of things, columns of time, how dark or of which colour each moment is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from markupsafe import Markup

from feeds.web.charts.chart import Chart, element, picture

_SIZE, _PITCH, _TOP = 12, 15, 18


@dataclass(frozen=True, slots=True)
class Cell:
    """One moment of one thing: the class that colours it ("" for nothing drawn) and what it says."""

    class_: str
    said: str


def cells(
    names: Sequence[str],
    labels: Sequence[str],
    field: Sequence[Sequence[Cell]],
    *,
    label: str,
    head: str,
    every: int,
    width: float = 720.0,
    left: float = 130.0,
    joined: bool = False,
    links: Sequence[str] = (),
) -> Chart:
    """The field of ``names`` by ``labels``, of which every ``every``-th is printed above.

    ``joined``: neighbours of one colour touch each other.
    """
    room = (width - left) / max(len(labels), 1)
    last = len(labels) - 1 - every // 2
    drawn = [
        element("text", labels[n], x=left + room * (n + 0.5), y=11, class_="tick middle")
        for n in range(last, -1, -every)
    ]
    drawn += [_row(cells, left, _TOP + _PITCH * row, room, joined) for row, cells in enumerate(field)]
    height = _TOP + _PITCH * len(names)
    svg = picture(width, height, *drawn, _names(names, left, height, links), label=label, links=bool(links))
    rows = [[name, *(cell.said for cell in field[row])] for row, name in enumerate(names)]
    return Chart(svg, [head, *labels], rows)


def _names(names: Sequence[str], left: float, height: int, links: Sequence[str]) -> Markup:
    """The names on a ground of their own, over the cells: where a picture is scrolled, they stay in sight."""
    drawn = [element("rect", x=0, y=0, width=left, height=height, class_="ground")] if names else []
    for row, name in enumerate(names):
        text = element("text", name, x=left - 8, y=_TOP + _PITCH * row + 10, class_="name end")
        drawn.append(element("a", text, href=links[row]) if links else text)
    return element("g", *drawn, class_="names")


def _row(row: Sequence[Cell], left: float, y: float, room: float, joined: bool) -> Markup:
    """One path a colour, in units of one cell: a field of thousands of cells stays light."""
    pieces: dict[str, list[str]] = {}
    start, gap = 0, 0 if joined else round(2 / room, 2)
    for class_, length in _runs(row, joined):
        wide = f"{length - gap:g}"
        pieces.setdefault(class_, []).append(f"M{start} 0h{wide}v1h-{wide}z")
        start += length
    pieces.pop("", None)
    drawn = (element("path", d="".join(path), class_=class_) for class_, path in pieces.items())
    return element("g", *drawn, transform=f"translate({left:g} {y:g}) scale({room:.4g} {_SIZE})")


def _runs(row: Sequence[Cell], joined: bool) -> Iterator[tuple[str, int]]:
    if joined:
        yield from ((class_, len(list(same))) for class_, same in groupby(row, key=lambda cell: cell.class_))
    else:
        yield from ((cell.class_, 1) for cell in row)
