"""Bars that lie: the words above each, so that long names and phones do no harm. Intervals as whiskers."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from staff.charts.paper import (
    GRID,
    INK,
    LEADING,
    LETTER,
    Chart,
    Key,
    Table,
    element,
    fill,
    lines_of,
    picture,
    sample,
    share,
    text,
    wrapped,
)
from staff.charts.scales import Scale, Written, plain, scale

_ROW, _BAR = 52, 20


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar. `value` None: not known or not shown, and `note` says why. `low`, `high`: the interval around it."""

    label: str
    value: float | None
    note: str = ""
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Some bars under one heading, one for each series, in the order of the series."""

    label: str
    values: Sequence[float | None]


def bars(
    name: str,
    title: str,
    says: str,
    given: Sequence[Bar],
    *,
    written: Written = plain,
    what: str = "Figure",
    label: str = "",
    most: float | None = None,
) -> Chart:
    """One figure for each thing. `what` heads the figures' column, `label` the names'; `most` fixes the scale's end."""
    ends = [each for bar in given for each in (bar.value, bar.low, bar.high) if each is not None]
    over = scale([*ends, *([most] if most is not None else [])])
    zero = over.at(0)
    inside: list[Markup] = []
    y = 0.0
    for bar in given:
        told = bar.note or "not known" if bar.value is None else written(bar.value)
        words = wrapped(bar.label, max(14, 31 - len(told)))
        inside.append(_words(words, told, y))
        y += LEADING * (len(words) - 1)
        if bar.value is not None:
            inside.append(_bar(name, 0, zero, over.at(bar.value), y + 24))
            inside.append(_whisker(bar, over, y + 24))
        y += _ROW
    inside.insert(0, _zero_line(over, y))
    interval = any(bar.low is not None for bar in given)
    notes = any(bar.note for bar in given)
    head = (label or "Name", what, *(("From", "To") if interval else ()), *(("Note",) if notes else ()))
    rows = tuple(
        (
            bar.label,
            "not known" if bar.value is None else written(bar.value),
            *((_or_nothing(bar.low, written), _or_nothing(bar.high, written)) if interval else ()),
            *((bar.note,) if notes else ()),
        )
        for bar in given
    )
    svg = picture(name, title, says, max(1.0, y), *inside)
    return Chart(name, title, says, svg, Table(head, rows))


def grouped_bars(
    name: str,
    title: str,
    says: str,
    series: Sequence[str],
    given: Sequence[Group],
    *,
    written: Written = plain,
    label: str = "",
) -> Chart:
    """Several figures for each thing, side by side; each series has its pattern, its name in its line."""
    over = scale([each for group in given for each in group.values if each is not None])
    zero = over.at(0)
    inside: list[Markup] = []
    y = 0.0
    for group in given:
        heading = wrapped(group.label, 30)
        inside.append(lines_of(heading, y, bold=True))
        y += 28 + LEADING * (len(heading) - 1)
        for place, (called, value) in enumerate(zip(series, group.values, strict=True)):
            inside.append(_words([called], "not known" if value is None else written(value), y - 4, bold=False))
            if value is not None:
                inside.append(_bar(name, place, zero, over.at(value), y + 18))
            y += 46
    inside.insert(0, _zero_line(over, y))
    rows = tuple((g.label, *("not known" if v is None else written(v) for v in g.values)) for g in given)
    svg = picture(name, title, says, max(1.0, y), *inside, series=len(series))
    key = tuple(Key(sample(name, index), called) for index, called in enumerate(series))
    return Chart(name, title, says, svg, Table((label or "Name", *series), rows), key)


def _words(label: Sequence[str], told: str, y: float, *, bold: bool = True) -> Markup:
    return lines_of(label, y) + text(told, "100%", y + LETTER, anchor="end", bold=bold, halo=True)


def _bar(name: str, index: int, zero: float, end: float, y: float) -> Markup:
    start, wide = min(zero, end), abs(end - zero)
    return element(
        "rect",
        x=share(start),
        y=y,
        width=share(wide),
        height=_BAR,
        fill=fill(name, index),
        stroke=INK,
        class_="ns-chart__shape",
    )


def _whisker(bar: Bar, over: Scale, y: float) -> Markup:
    if bar.low is None or bar.high is None:
        return Markup("")
    low, high, middle = share(over.at(bar.low)), share(over.at(bar.high)), y + _BAR / 2
    # A white line below the black one: it is seen on the bar and beside it.
    return Markup("").join(
        element("line", x1=a, x2=b, y1=top, y2=bottom, stroke=colour, stroke_width=wide, class_=kind)
        for colour, wide, kind in (("#fff", 5, "ns-chart__rim"), (INK, 2, "ns-chart__line"))
        for a, b, top, bottom in (
            (low, high, middle, middle),
            (low, low, y + 3, y + _BAR - 3),
            (high, high, y + 3, y + _BAR - 3),
        )
    )


def _zero_line(over: Scale, height: float) -> Markup:
    if over.low == 0:
        return Markup("")
    at = share(over.at(0))
    return element("line", x1=at, x2=at, y1=0, y2=height, stroke=GRID, stroke_width=2, class_="ns-chart__grid")


def _or_nothing(value: float | None, written: Written) -> str:
    return "" if value is None else written(value)
