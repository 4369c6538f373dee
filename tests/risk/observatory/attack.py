"""An outsider who takes everything that was shown and works out what he can of the rest, by linear programming."""

import itertools
from collections.abc import Iterator

import numpy as np

from services.risk.observatory.disclosure import Place, Table
from tests.late import Late

programming = Late("scipy.optimize")


def known_range(table: Table, hidden: set[Place], place: Place) -> tuple[float, float]:
    """The least and the most a hidden count may be for one who knows every other count exactly, unrounded."""
    places = table.places()
    at = {each: number for number, each in enumerate(places)}
    equations = []

    def adds_up(parts: list[Place], total: Place) -> None:
        line = np.zeros(len(places))
        line[[at[part] for part in parts]] = 1
        line[at[total]] -= 1
        equations.append(line)

    rows, columns = range(len(table.rows)), range(len(table.columns))
    for row in rows:
        adds_up([(row, column) for column in columns], (row, None))
    for column in columns:
        adds_up([(row, column) for row in rows], (None, column))
    adds_up([(row, None) for row in rows], (None, None))
    adds_up([(None, column) for column in columns], (None, None))
    bounds = [(0, None) if each in hidden else (table.value(each), table.value(each)) for each in places]
    ends = []
    for sign in (1, -1):
        wish = np.zeros(len(places))
        wish[at[place]] = sign
        found = programming.linprog(
            wish, A_eq=np.array(equations), b_eq=np.zeros(len(equations)), bounds=bounds, method="highs"
        )
        if found.status in {3, 4}:
            ends.append(np.inf)
        else:
            assert found.status == 0, found.message
            ends.append(sign * found.fun)
    return ends[0], ends[1]


def every_table_like(table: Table, hidden: set[Place]) -> Iterator[Table]:
    """Every table of whole numbers that shows the same: for small ones, where all can be counted."""
    top = table.value((None, None))
    width = len(table.columns)
    choices = [
        range(top + 1) if place in hidden else range(table.value(place), table.value(place) + 1)
        for place in table.cells()
    ]
    shown = [place for place in table.places() if place not in hidden and None in place]
    for numbers in itertools.product(*choices):
        counts = tuple(tuple(numbers[start : start + width]) for start in range(0, len(numbers), width))
        other = Table(table.rows, table.columns, counts)
        if all(other.value(place) == table.value(place) for place in shown):
            yield other
