"""The pool against what a panel must look like: each group's part of the pool, the places it may get, who got them."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from staff.charts.paper import INK, LETTER, Chart, Key, Table, element, fill, picture, sample, share, text
from staff.charts.scales import percent, plain

_HEAD, _ROW, _BAR = 34, 106, 14


@dataclass(frozen=True, slots=True)
class Quota:
    """One group of one trait: how many in the pool, fewest and most places, how many drawn (None: not yet)."""

    trait: str
    group: str
    pool: int
    fewest: int
    most: int
    drawn: int | None = None


def quotas(name: str, title: str, says: str, given: Sequence[Quota], *, places: int) -> Chart:
    """All on a scale of shares: of the pool and of the places. The bracket is what the quotas allow."""
    inside: list[Markup] = []
    y = 0.0
    before = ""
    several = len({each.trait for each in given}) > 1
    for each in given:
        if several and each.trait != before:
            inside.append(text(each.trait, 0, y + LETTER + 4, bold=True))
            y += _HEAD
            before = each.trait
        whole = _pool(given, each.trait)
        inside.append(_group(name, each, whole, places, y))
        y += _ROW if each.drawn is not None else _ROW - _BAR - 3
    drawn = any(each.drawn is not None for each in given)
    head = ("Group", "In the pool", "Share of the pool", "Places allowed", *(("Drawn",) if drawn else ()))
    rows = tuple(
        (
            f"{q.trait}: {q.group}",
            plain(q.pool),
            percent(q.pool / _pool(given, q.trait)) if _pool(given, q.trait) else "-",
            _allowed(q),
            *((plain(q.drawn or 0),) if drawn else ()),
        )
        for q in given
    )
    key = [Key(sample(name, 1), "Share of the pool"), Key(_bracket_sample(), "Places that the quotas allow")]
    if drawn:
        key.append(Key(sample(name, 0), "Drawn"))
    svg = picture(name, title, says, max(y, 1.0), *inside, series=2)
    return Chart(name, title, says, svg, Table(head, rows), tuple(key))


def _pool(given: Sequence[Quota], trait: str) -> int:
    return sum(each.pool for each in given if each.trait == trait)


def _allowed(quota: Quota) -> str:
    return str(quota.most) if quota.fewest == quota.most else f"{quota.fewest} to {quota.most}"


def _group(name: str, each: Quota, whole: int, places: int, y: float) -> Markup:
    allowed = f"{_allowed(each)} of {places} allowed"
    made = [
        text(each.group, 0, y + LETTER, halo=True),
        text(f"{plain(each.pool)} in the pool", "100%", y + LETTER, anchor="end", halo=True),
        _bar(name, 1, each.pool, whole, y + 24),
    ]
    below = y + 24 + _BAR
    if each.drawn is not None:
        made.append(_bar(name, 0, each.drawn, places, below + 3))
        allowed = f"{each.drawn} drawn; {allowed}"
        below += 3 + _BAR
    made.append(_bracket(share(each.fewest, places), share(each.most, places), below + 9))
    made.append(text(allowed, 0, below + 20 + LETTER))
    return Markup("").join(made)


def _bar(name: str, index: int, part: int, whole: int, y: float) -> Markup:
    return element(
        "rect",
        x=0,
        y=y,
        width=share(part, whole),
        height=_BAR,
        fill=fill(name, index),
        stroke=INK,
        class_="ns-chart__shape",
    )


def _bracket(low: str, high: str, y: float) -> Markup:
    return Markup("").join(
        element("line", x1=a, x2=b, y1=top, y2=bottom, stroke=INK, stroke_width=3, class_="ns-chart__line")
        for a, b, top, bottom in ((low, high, y, y), (low, low, y - 6, y + 6), (high, high, y - 6, y + 6))
    )


def _bracket_sample() -> Markup:
    return element(
        "svg",
        _bracket("2", "26", 9),
        width=28,
        height=18,
        aria_hidden="true",
        focusable="false",
        class_="ns-chart__sample",
    )
