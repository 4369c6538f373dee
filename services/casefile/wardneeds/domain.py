"""Which needs are counted, over which year, and what of the counts may leave. Pure.

A household counts once in each measure, in the ward of its present home. What is sealed within a file is left out, and
so is a household of somebody restricted or kept apart: a ward of ten thousand people still says where to look.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

from kit.contracts.codes import NeedDomain
from services.casefile.outcomes import suppression

ANY: Final = "any"
"""The measure of households that told of any need."""

NEVER_BY_WARD: Final = frozenset({NeedDomain.DOMESTIC_ABUSE, NeedDomain.IMMIGRATION})
"""Kept out of a count by place, whatever its size."""

COUNTED: Final = tuple(each.value for each in NeedDomain if each not in NEVER_BY_WARD)

Told = tuple[str, str, int]
"""Ward, domain of need (or `ANY`), households."""


def year_before(day: date) -> date:
    """The first day of the year that ends with `day`; of a leap day, 1 March."""
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return date(day.year - 1, 3, 1)


def month_of(day: date) -> str:
    """As `YYYY-MM`: counts are published once a month, so that no two of them differ by one household's day."""
    return f"{day:%Y-%m}"


def shown(told: Iterable[Told], wards: Iterable[str]) -> dict[str, dict[str, int | None]]:
    """By ward and measure: rounded to five, small ones hidden (None) with so many others that none can be worked out.

    Every ward of `wards` has every measure; a nought is shown.
    """
    counts: defaultdict[str, dict[str, int]] = defaultdict(dict)
    places = sorted(wards)
    for ward, measure, households in told:
        counts[measure][ward] = households
    made: dict[str, dict[str, int | None]] = {ward: {} for ward in places}
    for measure in (ANY, *COUNTED):
        by_ward: Mapping[str, int] = {ward: counts[measure].get(ward, 0) for ward in places}
        for ward, count in suppression.line(by_ward).parts.items():
            made[ward][measure] = count
    return made
