"""What every picture is made of: elements of SVG, steps of a scale, and the table of what is drawn."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

Value = str | float | None
WIDTH = 720  # units of a picture that fills a column of text


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture, and the table that says the same to those who do not see it."""

    svg: Markup
    head: Sequence[str]
    rows: Sequence[Sequence[object]]


def element(name: str, *inside: object, **attributes: Value) -> Markup:
    """An element; ``class_`` is class, other underscores are hyphens, None leaves an attribute out."""
    said = "".join(
        f' {"class" if key == "class_" else key.replace("_", "-")}="{_written(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    content = "".join([part if isinstance(part, Markup) else escape(part) for part in inside])
    return Markup(f"<{name}{said}>{content}</{name}>" if content else f"<{name}{said}/>")  # all of it escaped above  # nosec B704


def picture(
    width: float, height: float, *inside: object, label: str, class_: str = "chart", links: bool = False
) -> Markup:
    """The whole of a picture; ``label`` says in a sentence what it shows.

    ``links``: some of what is inside leads elsewhere, which nothing in an image can do for who reads it aloud.
    """
    return element(
        "svg",
        *inside,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {_written(width)} {_written(height)}",
        width=width,
        height=height,
        class_=class_,
        role="group" if links else "img",
        aria_label=label,
    )


def scale(marks: Sequence[tuple[float, str]], left: float, height: float) -> tuple[Markup, Markup]:
    """The lines across a picture at the heights of ``marks``, and what they are called.

    The names stand on a ground of their own and are drawn last: where a picture is scrolled, they stay in sight.
    """
    lines = (element("line", x1=left, x2=WIDTH, y1=y, y2=y, class_="grid") for y, _ in marks)
    names = (element("text", name, x=left - 6, y=y + 4, class_="tick end") for y, name in marks)
    ground = element("rect", x=0, y=0, width=left - 2, height=height, class_="ground")
    return element("g", *lines), element("g", ground, *names, class_="names")


def steps(most: float) -> list[float]:
    """Three to five round marks from 0 to at least ``most``."""
    if most <= 0:
        return [0, 1]
    size = 10 ** math.floor(math.log10(most / 4)) if most > 4 else 1
    step = next(size * n for n in (1, 2, 5, 10, 20) if most / (size * n) <= 4)
    return [step * n for n in range(math.ceil(most / step) + 1)]


def level(value: float, most: float) -> int:
    """How dark a cell is, 0 (nothing) to 4; by the square root, since a few values are far greater than the others."""
    return 0 if value <= 0 or most <= 0 else min(4, 1 + int(3.999 * math.sqrt(value / most)))


def _written(value: Value) -> str:
    if isinstance(value, str):
        return escape(value)
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
