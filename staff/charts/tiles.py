"""A map of equal tiles: each ward as large as the next, where it roughly lies; classes by how dense the pattern is."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from staff.charts.paper import BRAND, INK, LETTER, Chart, Key, Table, element, picture, share, text

_TALL, _GAP, _WORDS = 72, 4, 46
CLASSES = 5


@dataclass(frozen=True, slots=True)
class Tile:
    """One area: its place in the grid, its short name (up to 4 letters), whole name and figure (None: not shown)."""

    column: int
    row: int
    short: str
    label: str
    value: float | None
    told: str = ""


def tile_map(
    name: str,
    title: str,
    says: str,
    given: Sequence[Tile],
    bounds: Sequence[float],
    *,
    written: Sequence[str],
    what: str = "Figure",
    label: str = "Ward",
) -> Chart:
    """`bounds`: the upper ends of all classes but the last, rising, at most 4; `written`: each class in words."""
    if len(bounds) >= CLASSES or len(written) != len(bounds) + 1 or list(bounds) != sorted(bounds):
        raise ValueError("up to 5 classes, each with its words, between rising bounds")
    columns = max((each.column for each in given), default=0) + 1
    rows = max((each.row for each in given), default=0) + 1
    inside = [element("defs", *(_density(name, index) for index in range(CLASSES)))]
    for each in given:
        place = None if each.value is None else sum(each.value > bound for bound in bounds)
        inside.append(_tile(name, each, columns, place, len(bounds) + 1))
    ordered = sorted(given, key=lambda tile: tile.label)
    table = Table(
        (label, what, "On the map"), tuple((t.label, t.told or "not shown", t.short) for t in ordered), words=True
    )
    key = [Key(_swatch(name, _spread(index, len(written))), words) for index, words in enumerate(written)]
    if any(each.value is None for each in given):
        key.append(Key(_swatch(name, None), "Not shown"))
    svg = picture(name, title, says, rows * (_TALL + _GAP), *inside)
    return Chart(name, title, says, svg, table, tuple(key))


def _spread(index: int, count: int) -> int:
    """Few classes take densities far apart."""
    return round(index * (CLASSES - 1) / (count - 1)) if count > 1 else 2


def _density(name: str, index: int) -> Markup:
    """From white to nearly full: level bars of 0, 2, 4, 6 and 8 px in 8."""
    ground = element("rect", width=8, height=8, fill="#fff", class_="ns-chart__ground")
    bar = element("rect", width=8, height=2 * index, fill=BRAND, class_="ns-chart__ink")
    inside = [ground, bar] if index else [ground]
    return element(
        "pattern",
        *inside,
        id=f"{name}-class-{index}",
        width=8,
        height=8,
        patternUnits="userSpaceOnUse",
        patternTransform="rotate(45)",
    )


def _tile(name: str, each: Tile, columns: int, place: int | None, classes: int) -> Markup:
    wide = 1 / columns
    y = each.row * (_TALL + _GAP)
    middle = share((each.column + 0.5) * wide)
    paint = "#fff" if place is None else f"url(#{name}-class-{_spread(place, classes)})"
    frame = {"x": share(each.column * wide + 0.003), "width": share(wide - 0.006), "stroke": INK}
    dashed = "3 3" if place is None else None
    # The words stand on plain ground above the pattern: they must be read in every class.
    plate = element(
        "rect", **frame, y=y + 1, height=_TALL - 2, fill="#fff", stroke_dasharray=dashed, class_="ns-chart__plate"
    )
    strip = element("rect", **frame, y=y + _WORDS, height=_TALL - _WORDS - 1, fill=paint, class_="ns-chart__shape")
    short = text(each.short, middle, y + LETTER + 5, anchor="middle", bold=True)
    told = text(each.told or "-", middle, y + 2 * LETTER + 8, anchor="middle")
    return plate + (Markup("") if place is None else strip) + short + told


def _swatch(name: str, density: int | None) -> Markup:
    paint = "#fff" if density is None else f"url(#{name}-class-{density})"
    box = element(
        "rect",
        x=1,
        y=1,
        width=26,
        height=16,
        fill=paint,
        stroke=INK,
        stroke_dasharray="3 3" if density is None else None,
        class_="ns-chart__shape",
    )
    return element("svg", box, width=28, height=18, aria_hidden="true", focusable="false", class_="ns-chart__sample")
