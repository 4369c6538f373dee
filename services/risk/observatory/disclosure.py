"""Statistical disclosure control of counts: what of a table may be shown so that nobody can be found in it.

Pure, standard library only. Three steps, each decided from the one before, so that a total that was shown once is shown
in every breakdown and one that was hidden stays hidden:

1. the columns with the whole (known, unknown; total), 2. the rows with the whole (wards), 3. the cells.

In each: small counts are hidden (primary suppression); then so many others that none of the hidden ones can be worked
out from what is shown closer than `threshold` whole numbers (secondary suppression); what is left is rounded. The
reckoning gives the outsider the exact totals: rounding is protection on top, not part of the proof.

The threshold of 10 is what ONS asks of research outputs and the UK LLC of its users (domain-facts.md 6.4;
risk-facts.md 6.3); NHS Digital's 7 would do for one table, but ours are asked again and again about the same borough.
For the same reason counts are rounded to 10 (as MHCLG's homelessness figures are), not to NHS Digital's 5: an asker who
puts the answers to many questions together pinned small counts down to five numbers under rounding to 5, and to no
fewer than ten under rounding to 10 (tests/risk/cohorts/test_previews.py). A nought is hidden like any small count: to
show it would say of everyone in that ward that they have not, and leave the others of its row the fewer to hide among.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from services.risk.observatory.circulation import Flow, cheapest_cover, room

Place: TypeAlias = tuple[int | None, int | None]
"""(row, column) of a count; None stands for the total over them: (None, None) is the whole."""

WHOLE: Place = (None, None)

MOST_DIMS = 3
"""Dimensions of one table: more divide people into places in which each is alone."""

TOO_FEW = "Not shown: too few households, or too close to something that was shown before."
"""The one sentence for whatever is hidden: two would say which it was."""


@dataclass(frozen=True, slots=True)
class Rules:
    """How careful: the smallest count shown, what counts are rounded to, and whether a nought is small."""

    threshold: int = 10
    rounding: int = 10
    hide_noughts: bool = True

    def __post_init__(self) -> None:
        if self.threshold < 2 or self.rounding < 1:
            raise ValueError("a threshold below 2 hides nobody, a rounding below 1 rounds nothing")

    def is_small(self, value: int) -> bool:
        """Whether the count itself must be hidden."""
        return value < self.threshold and (value > 0 or self.hide_noughts)

    @property
    def width(self) -> int:
        """How far apart the ends of what an outsider can know of a hidden count must lie."""
        return self.threshold - 1

    @property
    def apart(self) -> int:
        """By how many households two populations must differ for both to be shown.

        Twice the threshold: with the threshold itself several answers together still bounded a small count to four
        numbers (one in 350 of the attack's), with twice to nine.
        """
        return 2 * self.threshold

    def rounded(self, value: int) -> int:
        """The count as it is shown; a half goes up."""
        return (value + self.rounding // 2) // self.rounding * self.rounding


@dataclass(frozen=True, slots=True)
class Table:
    """Counts by row and column, each household in exactly one cell."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]

    def __post_init__(self) -> None:
        if len(self.counts) != len(self.rows) or any(len(line) != len(self.columns) for line in self.counts):
            raise ValueError("a table has one count for each row and column")
        if any(value < 0 for line in self.counts for value in line):
            raise ValueError("a count is not below nought")

    def value(self, place: Place) -> int:
        """The true count or total at a place."""
        row, column = place
        lines = self.counts if row is None else self.counts[row : row + 1]
        return sum(sum(line) if column is None else line[column] for line in lines)

    def cells(self) -> list[Place]:
        """Every cell's place."""
        return [(row, column) for row in range(len(self.rows)) for column in range(len(self.columns))]

    def places(self) -> list[Place]:
        """Every place: the whole, the columns' totals, the rows', the cells."""
        columns: list[Place] = [(None, column) for column in range(len(self.columns))]
        rows: list[Place] = [(row, None) for row in range(len(self.rows))]
        return [WHOLE, *columns, *rows, *self.cells()]


@dataclass(frozen=True, slots=True)
class Shown:
    """What may be shown of a table: rounded counts, None where one is hidden."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    values: Mapping[Place, int | None] = field(default_factory=dict)

    def value(self, place: Place) -> int | None:
        """The rounded count, or None: hidden."""
        return self.values[place]

    @property
    def whole(self) -> int | None:
        """The rounded total."""
        return self.values[WHOLE]

    @property
    def hidden(self) -> list[Place]:
        """The places that are not shown."""
        return [place for place, value in self.values.items() if value is None]


def protect(table: Table, rules: Rules, also: Collection[Place] = ()) -> Shown:
    """What may be shown of `table`. `also` are places to hide for another reason (too close to an earlier answer)."""
    hidden = hidden_places(table, rules, also)
    values = {place: None if place in hidden else rules.rounded(table.value(place)) for place in table.places()}
    return Shown(table.rows, table.columns, values)


def hidden_places(table: Table, rules: Rules, also: Collection[Place] = ()) -> set[Place]:
    """The places of a table that must be hidden so that no secret can be worked out."""
    secret = {place for place in table.places() if rules.is_small(table.value(place)) or place in set(also)}
    if WHOLE in secret:
        return set(table.places())
    hidden = _line(table, [(None, column) for column in range(len(table.columns))], secret, rules)
    hidden |= _line(table, [(row, None) for row in range(len(table.rows))], secret, rules)
    return _cells(table, hidden, secret, rules)


def _line(table: Table, places: Sequence[Place], secret: Collection[Place], rules: Rules) -> set[Place]:
    """Totals along one side, the whole being shown: the secret ones, and the smallest others until they are safe.

    Together the hidden ones are known; each may be anything up to their sum.
    """
    hidden = {place for place in places if place in secret}
    rest = sorted((place for place in places if place not in hidden), key=lambda place: (table.value(place), place))
    while hidden and rest and (len(hidden) < 2 or sum(table.value(place) for place in hidden) < rules.width):
        hidden.add(rest.pop(0))
    return hidden


def _cells(table: Table, totals: set[Place], secret: Collection[Place], rules: Rules) -> set[Place]:
    flows = flows_of(table)
    interior = table.cells()
    hidden = totals | {place for place in interior if place in secret}
    guarded = [place for place in [*interior, *totals] if place in secret and place in hidden]
    while bad := _unsafe(flows, hidden, guarded, rules):
        cover = cheapest_cover(flows, hidden, [place for place in interior if place not in hidden], bad, rules.width)
        if not cover:
            return _less_and_less(table, flows, hidden, guarded, rules)
        hidden |= cover
    return hidden


def _less_and_less(
    table: Table, flows: Mapping[Place, Flow], hidden: set[Place], guarded: Sequence[Place], rules: Rules
) -> set[Place]:
    """The whole breakdown goes; if even the rows' totals tell too much, they go as well, then the columns'."""
    rows: list[Place] = [(row, None) for row in range(len(table.rows))]
    columns: list[Place] = [(None, column) for column in range(len(table.columns))]
    for more in (table.cells(), rows, columns):
        hidden = hidden | set(more)
        if _unsafe(flows, hidden, guarded, rules) is None:
            return hidden
    return set(table.places())


def _is_safe(flows: Mapping[Place, Flow], hidden: Collection[Place], place: Place, rules: Rules) -> bool:
    below, above = room(flows, hidden, place, rules.width)
    return below + above >= rules.width


def _unsafe(
    flows: Mapping[Place, Flow], hidden: Collection[Place], guarded: Sequence[Place], rules: Rules
) -> Place | None:
    return next((place for place in guarded if not _is_safe(flows, hidden, place, rules)), None)


def flows_of(table: Table) -> dict[Place, Flow]:
    """The table as a flow (circulation.py): what goes into a row's, column's or end's node comes out of it."""

    def start(row: int | None, column: int | None) -> tuple[str, int]:
        if row is not None:
            return ("from", 0) if column is None else ("row", row)
        return ("to", 0) if column is None else ("column", column)

    def end(row: int | None, column: int | None) -> tuple[str, int]:
        if row is not None:
            return ("row", row) if column is None else ("column", column)
        return ("from", 0) if column is None else ("to", 0)

    return {place: Flow(start(*place), end(*place), table.value(place)) for place in table.places()}


# Two answers about nearly the same households ---------------------------------------------------------------------

MARKS = 256
"""How many marks a population's sketch has."""


def sketch(marks: Iterable[tuple[int, int]]) -> bytes:
    """A population's sketch from (mark, xor of its members' 64 random bits); the members can't be read from it.

    A household changes exactly one mark, so the number of marks in which two sketches differ is never more than the
    number of households that are in one population and not in the other: what is near is always seen to be near.
    """
    found = [0] * MARKS
    for mark, value in marks:
        found[mark] ^= value & 0xFFFF_FFFF_FFFF_FFFF
    return b"".join(value.to_bytes(8, "big") for value in found)


def sketch_of(members: Iterable[int]) -> bytes:
    """The sketch of households given as 64-bit numbers (their pseudonyms' last): the mark is the last eight bits."""
    return sketch((member % MARKS, member) for member in members)


def differ_by_at_least(one: bytes, other: bytes) -> int:
    """How many households, at the least, are in one population and not in the other."""
    return sum(one[at : at + 8] != other[at : at + 8] for at in range(0, 8 * MARKS, 8))


def too_near(one: bytes, other: bytes, rules: Rules) -> bool:
    """Whether two populations differ, but by so few that one answer less the other would say too much of those."""
    return 0 < differ_by_at_least(one, other) < rules.apart
