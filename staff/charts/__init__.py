"""Pictures of figures, drawn on the server: pure functions that answer a `Chart`, for `charts/figure.html` to show.

A chart is fluid: widths are shares of the page's, letters keep their size, so it reads on a phone and on paper. What
tells series apart is a pattern, a dash and a letter or word beside it; colour only repeats it. No script and no style
attribute (the pages' policy forbids both); `static/charts.css` holds what forced colours and print need.
"""

from staff.charts.areas import stacked_areas
from staff.charts.bars import Bar, Group, bars, grouped_bars
from staff.charts.flow import Stage, flow
from staff.charts.lines import Line, Point, lines
from staff.charts.paper import Chart, Table
from staff.charts.quotas import Quota, quotas
from staff.charts.tiles import Tile, tile_map

__all__ = [
    "Bar",
    "Chart",
    "Group",
    "Line",
    "Point",
    "Quota",
    "Stage",
    "Table",
    "Tile",
    "bars",
    "flow",
    "grouped_bars",
    "lines",
    "quotas",
    "stacked_areas",
    "tile_map",
]
