"""Which counts may be shown so that nobody can be found in them, alone or by taking one from another. Pure.

domain-facts 6.4: a threshold of 10 (ONS), noughts shown, what is left rounded to 5 (NHS Digital). Counts are given a
quarter at a time, for good, and by one thing at a time: so two answers never speak of nearly the same people, and all
that is left to guard is each line with its total, and each table with its margins. The reckoning gives the outsider the
exact numbers of whatever is shown: rounding is protection on top.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

THRESHOLD: Final = 10
ROUNDING: Final = 5

Counts = Mapping[str, int]
Shown = dict[str, int | None]


def is_small(count: int) -> bool:
    """Whether a count must be hidden for itself."""
    return 0 < count < THRESHOLD


def rounded(count: int) -> int:
    """As it is shown; a half goes up."""
    return (count + ROUNDING // 2) // ROUNDING * ROUNDING


@dataclass(frozen=True, slots=True)
class Line:
    """A total and its parts as they may be shown; None is hidden."""

    total: int | None
    parts: Shown

    @property
    def whole(self) -> bool:
        """Whether nothing of it is hidden."""
        return self.total is not None and None not in self.parts.values()


def line(counts: Counts) -> Line:
    """A total with its parts: the small ones hidden, and so many others that none of these can be worked out.

    The hidden parts' sum is the total less what is shown; so there are at least two of them, that together could be
    anything from nothing to more than the threshold.
    """
    total = sum(counts.values())
    if is_small(total):
        return Line(None, dict.fromkeys(counts))
    hidden = {name for name, count in counts.items() if is_small(count)}
    # Noughts are no cover: everybody can see that there is nobody.
    by_size = sorted((count, name) for name, count in counts.items() if count >= THRESHOLD)
    cover = [name for _, name in by_size]
    while hidden and cover and (len(hidden) < 2 or sum(counts[name] for name in hidden) < THRESHOLD):
        hidden.add(cover.pop(0))
    return Line(rounded(total), {name: None if name in hidden else rounded(counts[name]) for name in counts})


@dataclass(frozen=True, slots=True)
class Table:
    """Rows by columns: the margins, each a line of its own; the cells all of them or none."""

    rows: Line
    columns: Line
    cells: dict[str, Shown] | None


def table(counts: Mapping[str, Counts]) -> Table:
    """A table with its margins. Cells are shown only where neither they nor the margins hide anything."""
    columns = {name: sum(row[name] for row in counts.values()) for row in counts.values() for name in row}
    by_row = line({name: sum(row.values()) for name, row in counts.items()})
    by_column = line(columns)
    whole = by_row.whole and by_column.whole
    if not whole or any(is_small(count) for row in counts.values() for count in row.values()):
        return Table(by_row, by_column, None)
    return Table(
        by_row, by_column, {name: {each: rounded(n) for each, n in row.items()} for name, row in counts.items()}
    )
