"""A map on which every country is one tile, where its neighbours are its neighbours: no borders, no false sizes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

from markupsafe import Markup

from feeds.web.charts.chart import Chart, element, level, picture

_GRID = Path(__file__).parents[2] / "data" / "placegrid.txt"
_TILE, _PITCH = 19.0, 20.0


def placemap(
    counts: Mapping[str, int], name: Callable[[str], str], address: Callable[[str], str], *, label: str, head: list[str]
) -> Chart:
    """How many notices tell of each place (ISO 3166 code); a place off the map stands in the table alone."""
    at, most = _tiles(), max(counts.values(), default=0)
    wide, high = (1 + max(spot[n] for spot in at.values()) for n in (0, 1))
    told = {code: spot for code, spot in at.items() if counts.get(code)}
    silent = {code: spot for code, spot in at.items() if code not in told}
    drawn = [_silent(silent, name), *(_tile(code, told[code], counts[code], most, name, address) for code in told)]
    rows = [[name(code), code, counts[code]] for code in sorted(counts, key=lambda c: (-counts[c], c))]
    return Chart(picture(wide * _PITCH, high * _PITCH, *drawn, label=label, links=True), head, rows)


def _silent(at: Mapping[str, tuple[int, int]], name: Callable[[str], str]) -> Markup:
    """The tiles of which nothing is told: most of the map, so all of them are one path."""
    side = f"{_TILE:g}"
    path = "".join(f"M{x * _PITCH:g} {y * _PITCH:g}h{side}v{side}h-{side}z" for x, y in at.values())
    codes = (
        element("text", code, element("title", name(code)), x=x * _PITCH + _TILE / 2, y=y * _PITCH + 13)
        for code, (x, y) in at.items()
    )
    return element("g", element("path", d=path, class_="heat0"), element("g", *codes, class_="code middle on0"))


def _tile(
    code: str,
    spot: tuple[int, int],
    count: int,
    most: int,
    name: Callable[[str], str],
    address: Callable[[str], str],
) -> Markup:
    x, y = spot[0] * _PITCH, spot[1] * _PITCH
    told = element("title", f"{name(code)}: {count}")
    shade = level(count, most)
    tile = element("rect", x=x, y=y, width=_TILE, height=_TILE, rx=3, class_=f"heat{shade}")
    text = element("text", code, x=x + _TILE / 2, y=y + 13, class_=f"code middle on{shade}")
    return element("a", element("g", told, tile, text), href=address(code))


@cache
def _tiles() -> dict[str, tuple[int, int]]:
    lines = _GRID.read_text("utf-8").splitlines()
    return {code: (x, y) for y, line in enumerate(lines) for x, code in enumerate(line.split()) if code != ".."}
