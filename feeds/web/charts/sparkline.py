"""A line of small bars beside a name: how much came on each of the last days."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from feeds.web.charts.chart import element, picture

_HEIGHT, _PITCH = 20, 4


def sparkline(values: Sequence[int], *, label: str) -> Markup:
    """A bar for each of ``values``, the greatest as high as the picture; one path, as pages show a hundred."""
    most = max(values, default=0) or 1
    bars = "".join(
        f"M{n * _PITCH} {_HEIGHT}v-{max(2, round((_HEIGHT - 1) * v / most))}h{_PITCH - 1}V{_HEIGHT}z"
        for n, v in enumerate(values)
        if v
    )
    ground = element("path", d=f"M0 {_HEIGHT - 1}h{len(values) * _PITCH - 1}v1H0z", class_="none")
    drawn = [ground, element("path", d=bars, class_="some")] if bars else [ground]
    return picture(len(values) * _PITCH, _HEIGHT, *drawn, label=label, class_="spark")
