"""A way in stages: how many come to each, of how many it is known what became of them, of how many it is not."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from staff.charts.paper import INK, LETTER, QUIET, Chart, Key, Table, element, fill, picture, sample, share, text
from staff.charts.scales import percent, plain

_ROW, _BAR = 92, 26


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage: people with a known outcome and without. `note`: such as what the source leaves out."""

    label: str
    known: float
    unknown: float = 0
    note: str = ""


def flow(
    name: str,
    title: str,
    says: str,
    given: Sequence[Stage],
    *,
    known: str = "Known",
    unknown: str = "Not known",
    label: str = "Stage",
) -> Chart:
    """The stages below each other, all on one scale, so that loss is seen; arrows say how many go on."""
    most = max((each.known + each.unknown for each in given), default=0)
    inside: list[Markup] = []
    for index, each in enumerate(given):
        y = index * _ROW
        whole = each.known + each.unknown
        inside.append(text(each.label, 0, y + LETTER, bold=True))
        inside.append(text(plain(whole), "100%", y + LETTER, anchor="end", bold=True))
        inside.append(_part(name, 0, 0, each.known, most, y + 24))
        inside.append(_part(name, 1, each.known, each.unknown, most, y + 24))
        told = f"{known} {plain(each.known)}" + (f", {unknown.lower()} {plain(each.unknown)}" if each.unknown else "")
        inside.append(text(told, 0, y + 24 + _BAR + LETTER + 2))
        if index + 1 < len(given):
            after = given[index + 1]
            inside.append(_arrow(_went_on(whole, after.known + after.unknown), y + 24 + _BAR + LETTER + 2))
    rows = tuple((s.label, plain(s.known), plain(s.unknown), plain(s.known + s.unknown), s.note) for s in given)
    notes = any(each.note for each in given)
    head = (label, known, unknown, "Together", *(("Note",) if notes else ()))
    table = Table(head, rows if notes else tuple(row[:4] for row in rows))
    key = (Key(sample(name, 0), known), Key(sample(name, 1), unknown))
    return Chart(name, title, says, picture(name, title, says, len(given) * _ROW, *inside, series=2), table, key)


def _went_on(before: float, after: float) -> str:
    return f"{percent(after / before)} go on" if before and after <= before else ""


def _part(name: str, index: int, start: float, value: float, most: float, y: float) -> Markup:
    if not value:
        return Markup("")
    return element(
        "rect",
        x=share(start, most),
        y=y,
        width=share(value, most),
        height=_BAR,
        fill=fill(name, index),
        stroke=INK,
        class_="ns-chart__shape",
    )


def _arrow(words: str, y: float) -> Markup:
    if not words:
        return Markup("")
    return element("text", f"↓ {words}", x="100%", y=y, text_anchor="end", font_size=LETTER, fill=QUIET)
