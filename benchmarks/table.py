"""One row of the benchmark table, and the table in plain text."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

_WIDTH = 118
_HEAD = ("what", "ours", "peer", "limit", "unit", "ours/peer", "ours/limit", "we want", "met")
_NUMBERS = frozenset({1, 2, 3, 5, 6})


@dataclass(frozen=True, slots=True)
class Row:
    """One thing measured: ours, a peer and the limit in the same run, and what we want. None: does not apply."""

    what: str
    ours: float
    peer: float | None
    limit: float | None
    unit: str
    wanted: str
    note: str = ""
    met: bool | None = None


def table(rows: Sequence[Row]) -> str:
    """The rows under their headings, numbers to the right, with the two ratios; the notes below."""
    lines = [_HEAD, *(_cells(number, row) for number, row in enumerate(rows, start=1))]
    widths = [max(len(line[i]) for line in lines) for i in range(len(_HEAD))]
    text = [
        "  ".join(
            cell.rjust(width) if i in _NUMBERS else cell.ljust(width)
            for i, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    ]
    notes = [
        textwrap.fill(row.note, _WIDTH, initial_indent=f"[{number}] ", subsequent_indent="    ")
        for number, row in enumerate(rows, start=1)
        if row.note
    ]
    return "\n".join([*text, *([""] if notes else []), *notes])


def _cells(number: int, row: Row) -> tuple[str, ...]:
    mark = f"{row.what} [{number}]" if row.note else row.what
    met = "" if row.met is None else "yes" if row.met else "NO"
    figures = (_cell(row.ours), _cell(row.peer), _cell(row.limit))
    ratios = (_ratio(row.ours, row.peer), _ratio(row.ours, row.limit))
    return (mark, *figures, row.unit, *ratios, row.wanted, met)


def _cell(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}" if abs(value) < 1 else f"{value:.4g}"


def _ratio(ours: float, other: float | None) -> str:
    return f"{ours / other:.2f}" if other else "-"
