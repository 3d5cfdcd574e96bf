"""Pictures as SVG, drawn on the server: no script, colours by class so that dark and light are the style sheet's."""

from feeds.web.charts.bars import bars
from feeds.web.charts.cells import Cell, cells
from feeds.web.charts.chart import Chart
from feeds.web.charts.placemap import placemap
from feeds.web.charts.spans import Spread, spread_chart
from feeds.web.charts.sparkline import sparkline

__all__ = ["Cell", "Chart", "Spread", "bars", "cells", "placemap", "sparkline", "spread_chart"]
