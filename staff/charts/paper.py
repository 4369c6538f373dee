"""What every chart is made of: elements, patterns, the picture with its title and description, the table beside it."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup, escape

INK: Final = "#0b0c0c"
BRAND: Final = "#1b4d4f"
QUIET: Final = "#484949"
GRID: Final = "#b9c4c3"
LETTER: Final = 16
"""Height of the letters in px; never smaller."""
LEADING: Final = 20
"""From one line of words to the next."""
DASHES: Final = ("", "8 4", "2 4", "12 4 2 4", "5 5", "1 3")
MARKS: Final = ("circle", "square", "triangle", "diamond", "circle", "square")
PATTERNS: Final = 6
"""How many series can be told apart; more than that is a table and no picture."""


@dataclass(frozen=True, slots=True)
class Table:
    """The same figures in words. The first column names the row; the others are figures unless `words`."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    words: bool = False


@dataclass(frozen=True, slots=True)
class Key:
    """One line of the key: the sample, its letter when the picture uses letters, and the name."""

    sample: Markup
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture, what it says in words, and its figures. `name` is its id on the page: letters, digits, hyphens."""

    name: str
    title: str
    says: str
    svg: Markup
    table: Table
    key: tuple[Key, ...] = ()


def element(tag: str, *inside: object, **attributes: object) -> Markup:
    """One element of SVG. `stroke_width=2` becomes `stroke-width="2"`, `class_` becomes `class`; None is left out."""
    # Put together as plain text once each part is escaped: `Markup.format` took ten times as long, for every bar.
    given = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{escape(number(value))}"'
        for name, value in attributes.items()
        if value is not None
    )
    content = "".join(each if isinstance(each, Markup) else escape(str(each)) for each in inside)
    return Markup(f"<{tag}{given}>{content}</{tag}>")


def view(view_box: str, *inside: Markup, **attributes: object) -> Markup:
    """A picture within the picture whose own units are stretched to its room; strokes keep their width."""
    made = element("svg", *inside, preserveAspectRatio="none", **attributes)
    return Markup(made.replace("<svg", Markup('<svg viewBox="{}"').format(view_box), 1))


def number(value: object) -> str:
    """A figure as short as it may be."""
    if isinstance(value, float):
        return f"{value:.2f}".rstrip("0").rstrip(".") or "0"
    return str(value)


def share(part: float, whole: float = 1.0) -> str:
    """A share of the width, as SVG takes it; nothing of nothing is 0."""
    return number(100.0 * part / whole if whole else 0.0) + "%"


def text(
    words: object, x: str | float, y: float, *, anchor: str = "start", bold: bool = False, halo: bool = False
) -> Markup:
    """Words at a place; `halo` keeps them readable above lines."""
    return element(
        "text",
        str(words),
        x=x,
        y=y,
        text_anchor=None if anchor == "start" else anchor,
        font_weight="700" if bold else None,
        class_="ns-chart__halo" if halo else None,
        fill=INK,
        font_size=LETTER,
        # Attributes alone cannot draw the rim below the letters everywhere; charts.css repeats it.
        paint_order="stroke" if halo else None,
        stroke="#fff" if halo else None,
        stroke_width=4 if halo else None,
        stroke_linejoin="round" if halo else None,
    )


def wrapped(words: str, width: int = 30) -> list[str]:
    """Words in lines of about so many letters: SVG breaks no line of its own accord, and a phone has room for 30."""
    return textwrap.wrap(words, width, break_on_hyphens=False) or [""]


def lines_of(words: Sequence[str], y: float, *, bold: bool = False) -> Markup:
    """Lines below each other at the left edge, the first with its foot at `y` plus one letter's height."""
    return Markup("").join(
        text(each, 0, y + LETTER + LEADING * at, bold=bold, halo=True) for at, each in enumerate(words)
    )


def pattern_id(name: str, index: int) -> str:
    """The id of a pattern: each chart has its own, for several stand on one page."""
    return f"{name}-fill-{index % PATTERNS}"


def fill(name: str, index: int) -> str:
    """What an area of that series is filled with."""
    return f"url(#{pattern_id(name, index)})"


def _tile(name: str, index: int, *inside: Markup, back: str = "#fff", turn: int = 0, size: int = 8) -> Markup:
    ground = element("rect", width=size, height=size, fill=back, class_="ns-chart__ground")
    return element(
        "pattern",
        ground,
        *inside,
        id=pattern_id(name, index),
        width=size,
        height=size,
        patternUnits="userSpaceOnUse",
        patternTransform=f"rotate({turn})" if turn else None,
    )


def patterns(name: str, count: int) -> Markup:
    """Solid, diagonal, dots, level lines, squares, pale: each also different in grey."""
    line = element("rect", width=3, height=8, fill=BRAND, class_="ns-chart__ink")
    level = element("rect", width=8, height=2, fill=INK, class_="ns-chart__ink")
    dot = element("circle", cx=4, cy=4, r=2, fill="#7a3c1c", class_="ns-chart__ink")
    upright = element("rect", width=2, height=8, fill="#14566f", class_="ns-chart__ink")
    whole = element("rect", width=8, height=8, fill=BRAND, class_="ns-chart__ink")
    made = (
        _tile(name, 0, whole, back=BRAND),
        _tile(name, 1, line, turn=45),
        _tile(name, 2, dot, back="#fbeee6"),
        _tile(name, 3, level, back="#eef2f1"),
        _tile(name, 4, upright, element("rect", width=8, height=2, fill="#14566f", class_="ns-chart__ink")),
        _tile(name, 5, back="#dbe6e4"),
    )
    return Markup("").join(made[: max(1, min(count, PATTERNS))])


def sample(name: str, index: int) -> Markup:
    """A swatch for the key, in that chart's pattern."""
    box = element("rect", x=1, y=1, width=26, height=16, fill=fill(name, index), stroke=INK, class_="ns-chart__shape")
    return element("svg", box, width=28, height=18, aria_hidden="true", focusable="false", class_="ns-chart__sample")


def mark(kind: str, x: str, y: float, *, size: float = 5) -> Markup:
    """A point of a line, in the shape of its series. `x` is a share of the width, so each has a room of its own."""
    shapes = {
        "circle": element("circle", cx=0, cy=0, r=size),
        "square": element("rect", x=-size, y=-size, width=2 * size, height=2 * size),
        "triangle": element("path", d=f"M0 {-size - 1}L{size + 1} {size}L{-size - 1} {size}Z"),
        "diamond": element("path", d=f"M0 {-size - 2}L{size + 2} 0L0 {size + 2}L{-size - 2} 0Z"),
    }
    inside = element("g", shapes[kind], fill=BRAND, stroke="#fff", stroke_width=1, class_="ns-chart__mark")
    return element("svg", inside, x=x, y=y, overflow="visible", width=1, height=1)


def picture(name: str, title: str, says: str, height: float, *inside: Markup, series: int = 1) -> Markup:
    """The whole picture. Its title and description are what a screen reader reads; the rest is not read out."""
    return element(
        "svg",
        element("title", title, id=f"{name}-title"),
        element("desc", says, id=f"{name}-desc"),
        element("defs", patterns(name, series)),
        *inside,
        width="100%",
        height=height,
        role="img",
        aria_labelledby=f"{name}-title",
        aria_describedby=f"{name}-desc",
        focusable="false",
        class_="ns-chart__picture",
    )


def letters(count: int) -> Sequence[str]:
    """A, B, C: what a series is called where its name has no room."""
    return "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[:count]
