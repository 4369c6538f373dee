"""Lines through time: each with its own dash and mark, its letter at its end, and its interval as a band."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from staff.charts.paper import (
    BRAND,
    DASHES,
    GRID,
    INK,
    MARKS,
    Chart,
    Key,
    Table,
    element,
    letters,
    mark,
    picture,
    share,
    text,
    view,
)
from staff.charts.scales import Scale, Written, plain, scale

TOP, PLOT, FOOT = 12, 240, 30
LEFT, RIGHT = 0.02, 0.93
"""The plot's edges as shares of the width; beyond the right one stand the letters."""


@dataclass(frozen=True, slots=True)
class Point:
    """One figure of a line; None is a gap. `low`, `high`: the interval around it."""

    value: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One series: a point for each step along the bottom."""

    label: str
    points: Sequence[Point | float | None]


def lines(
    name: str,
    title: str,
    says: str,
    steps: Sequence[str],
    given: Sequence[Line],
    *,
    written: Written = plain,
    zero: bool = True,
    label: str = "When",
    mark_at: str = "",
) -> Chart:
    """Series over the same steps (months, years). `mark_at` names a step that gets an upright line, such as today."""
    series = [[each if isinstance(each, Point) else Point(each) for each in line.points] for line in given]
    ends = [f for line in series for p in line for f in (p.value, p.low, p.high) if f is not None]
    over = scale(ends, zero=zero)
    several = len(given) > 1
    called = letters(len(given))
    inside = [grid(over, written), foot(steps)]
    if mark_at in steps:
        x = share(across(list(steps).index(mark_at), len(steps)))
        inside.append(
            element(
                "line", x1=x, x2=x, y1=TOP, y2=TOP + PLOT, stroke=INK, stroke_dasharray="2 3", class_="ns-chart__line"
            )
        )
    inside += [_band(line, over, len(steps)) for line in series]
    for index, line in enumerate(series):
        inside.append(_line(line, over, len(steps), index))
    if several:
        inside += _ends(series, over, called)
    interval = any(p.low is not None for line in series for p in line)
    table = _table(label, steps, given, series, written, interval=interval)
    key = (
        tuple(Key(_sample(index), f"{called[index]}: {line.label}") for index, line in enumerate(given))
        if several
        else ()
    )
    svg = picture(name, title, says, TOP + PLOT + FOOT, *inside)
    return Chart(name, title, says, svg, table, key)


def across(index: int, count: int) -> float:
    """Where a step stands, as a share of the width."""
    return LEFT + (RIGHT - LEFT) * (index / (count - 1) if count > 1 else 0.5)


def down(over: Scale, value: float) -> float:
    """Where a figure stands, in px from the top."""
    return TOP + PLOT * (1 - over.at(value))


def grid(over: Scale, written: Written) -> Markup:
    """Level lines, each with its figure above it at the left, so that the plot needs no margin."""
    made = []
    for tick in over.ticks:
        y = down(over, tick)
        heavy = tick == 0 or tick == over.low
        made.append(
            element("line", x1=0, x2="100%", y1=y, y2=y, stroke=INK if heavy else GRID, class_="ns-chart__grid")
        )
        if tick != over.high:
            made.append(text(written(tick), 0, y - 4, halo=True))
    return Markup("").join(made) + text(written(over.high), 0, TOP + 16, halo=True)


def foot(steps: Sequence[str]) -> Markup:
    """The first, middle and last step below the plot: as many as a phone has room for."""
    if not steps:
        return Markup("")
    y, last = TOP + PLOT + 20, len(steps) - 1
    made = [text(steps[0], 0, y)]
    if last >= 2:
        middle = last // 2
        made.append(text(steps[middle], share(across(middle, len(steps))), y, anchor="middle"))
    if last >= 1:
        made.append(text(steps[last], "100%", y, anchor="end"))
    return Markup("").join(made)


def _line(line: Sequence[Point], over: Scale, count: int, index: int) -> Markup:
    made = []
    for step in range(1, len(line)):
        before, after = line[step - 1].value, line[step].value
        if before is None or after is None:
            continue
        made.append(
            element(
                "line",
                x1=share(across(step - 1, count)),
                x2=share(across(step, count)),
                y1=down(over, before),
                y2=down(over, after),
                stroke=BRAND if index == 0 else INK,
                stroke_width=3 if index == 0 else 2,
                stroke_dasharray=DASHES[index % len(DASHES)] or None,
                class_="ns-chart__line",
            )
        )
    # With many steps marks run together: the first, the last and those beside gaps are enough.
    every = 1 if len(line) <= 14 else max(2, len(line) // 8)
    for step, point in enumerate(line):
        alone = (step == 0 or line[step - 1].value is None) or (step == len(line) - 1 or line[step + 1].value is None)
        if point.value is not None and (alone or step % every == 0):
            made.append(mark(MARKS[index % len(MARKS)], share(across(step, count)), down(over, point.value)))
    return Markup("").join(made)


def _band(line: Sequence[Point], over: Scale, count: int) -> Markup:
    held = [(step, p.low, p.high) for step, p in enumerate(line) if p.low is not None and p.high is not None]
    if len(held) < 2:
        return Markup("")
    upper = [(across(step, count) * 100, down(over, high)) for step, _, high in held]
    lower = [(across(step, count) * 100, down(over, low)) for step, low, _ in reversed(held)]
    height = TOP + PLOT
    shape = element(
        "polygon",
        points=" ".join(f"{x:.2f},{y:.1f}" for x, y in upper + lower),
        fill="#8fb0ab",
        fill_opacity=0.35,
        stroke="#5c7f7a",
        vector_effect="non-scaling-stroke",
        class_="ns-chart__band",
    )
    return view(f"0 0 100 {height}", shape, x=0, y=0, width="100%", height=height)


def _ends(series: Sequence[Sequence[Point]], over: Scale, called: Sequence[str]) -> list[Markup]:
    """The letters at the right, moved apart where lines end close together."""
    ends = []
    for letter, line in zip(called, series, strict=True):
        last = next((p.value for p in reversed(line) if p.value is not None), None)
        if last is not None:
            ends.append((down(over, last), letter))
    return [text(letter, "100%", y + 6, anchor="end", bold=True, halo=True) for y, letter in apart(sorted(ends), 18.0)]


def apart(places: Sequence[tuple[float, str]], room: float) -> list[tuple[float, str]]:
    """Places from top to bottom at least `room` from each other and within the plot; each moves as little as it can."""
    made: list[tuple[float, str]] = []
    for y, words in places:
        made.append((max(y, made[-1][0] + room) if made else y, words))
    limit = float(TOP + PLOT)
    for index in range(len(made) - 1, -1, -1):
        made[index] = (min(made[index][0], limit), made[index][1])
        limit = made[index][0] - room
    return made


def _sample(index: int) -> Markup:
    line = element(
        "line",
        x1=0,
        x2=44,
        y1=9,
        y2=9,
        stroke=BRAND if index == 0 else INK,
        stroke_width=3 if index == 0 else 2,
        stroke_dasharray=DASHES[index % len(DASHES)] or None,
        class_="ns-chart__line",
    )
    shape = mark(MARKS[index % len(MARKS)], "22", 9)
    return element(
        "svg", line, shape, width=44, height=18, aria_hidden="true", focusable="false", class_="ns-chart__sample"
    )


def _table(
    label: str,
    steps: Sequence[str],
    given: Sequence[Line],
    series: Sequence[Sequence[Point]],
    written: Written,
    *,
    interval: bool,
) -> Table:
    def told(point: Point) -> str:
        if point.value is None:
            return "not known"
        if interval and point.low is not None and point.high is not None:
            return f"{written(point.value)} ({written(point.low)} to {written(point.high)})"
        return written(point.value)

    rows = tuple((step, *(told(line[at]) for line in series)) for at, step in enumerate(steps))
    return Table((label, *(line.label for line in given)), rows)
