"""Formula rent: what a social rent is for a home of this size, place and value. Pure; pence a week.

70% of the national average rent of April 2000, times the county's earnings over the nation's, times a weight for the
bedrooms; and 30% of it, times the home's value of January 1999 over the nation's. Brought to the rent year by what each
year allowed, and capped by size. The exact fraction is rounded once for each step that is shown.
"""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Final, Literal

from kit.errors import invalid
from services.housing.figures.pounds import pounds, rounded, share
from services.housing.figures.tables import NotInATable, Tables, rent_year, size
from services.housing.figures.working import Working

LAW: Final = "Policy statement on rents for social housing, Appendix A"
Flexibility = Literal["general", "supported"]


@dataclass(frozen=True, slots=True)
class Valued:
    """What the formula asks of a home. `county` is one of the table of earnings."""

    bedrooms: int
    value_1999_pence: int
    county: str = "greater_london"


def formula_rent(home: Valued, on: date, tables: Tables, work: Working) -> int:
    """The formula rent of the rent year of that day, before its cap. Raises NotInATable."""
    if home.value_1999_pence <= 0:
        raise invalid("/value_1999_pence", "The value of January 1999 is above nothing.", "positive")
    rent = _of_2000(home, tables, work) * _uplift(on, tables, work)
    year = rent_year(on).year
    return work.step(f"Formula rent of {year}-{(year + 1) % 100:02d}, a week", LAW, rounded(rent))


def _of_2000(home: Valued, tables: Tables, work: Working) -> Fraction:
    start = date(2000, 4, 1)
    base = work.use(tables.find("formula_base", start))
    local = work.use(tables.find("county_earnings", start, home.county)).pence("week")
    weight = work.use(tables.find("bedroom_weight", start)).exact(size(home.bedrooms))
    earnings = Fraction(local, base.pence("national_earnings"))
    value = Fraction(home.value_1999_pence, base.pence("national_value"))
    by_earnings = base.exact("national_rent") * base.exact("earnings_share") / 100 * earnings * weight
    by_value = base.exact("national_rent") * base.exact("value_share") / 100 * value
    work.step(
        f"{base.number('earnings_share')}% of {pounds(base.pence('national_rent'))}, times {pounds(local)} of earnings"
        f" here over {pounds(base.pence('national_earnings'))}, times {float(weight):.2f} for the bedrooms",
        LAW,
        rounded(by_earnings),
    )
    work.step(
        f"{base.number('value_share')}% of {pounds(base.pence('national_rent'))}, times the home's value of"
        f" {pounds(home.value_1999_pence)} in January 1999 over {pounds(base.pence('national_value'))}",
        LAW,
        rounded(by_value),
    )
    work.step("Formula rent of April 2000, a week", LAW, rounded(by_earnings + by_value))
    return by_earnings + by_value


def _uplift(on: date, tables: Tables, work: Working) -> Fraction:
    """What every year since April 2000 allowed, multiplied. Raises NotInATable where one of them is missing."""
    last = rent_year(on).year
    allowed = {table.since.year: table for table in tables.until("rent_uplift", date(last, 4, 1))}
    times = Fraction(1)
    for year in range(2001, last + 1):
        if year not in allowed:
            raise NotInATable(f"rent uplift: no table for April {year}")
        times *= 1 + work.use(allowed[year]).exact("percent") / 100
    work.step(
        f"Brought from April 2000 to April {last}: times {float(times):.6f}, the product of each year's limit", LAW
    )
    return times


@dataclass(frozen=True, slots=True)
class SocialRent:
    """A social rent: by the formula, the cap of its size (None: no table), the most it may be, and what it is."""

    formula_pence: int
    cap_pence: int | None
    most_pence: int
    rent_pence: int


def social_rent(
    home: Valued, on: date, tables: Tables, work: Working, flexibility: Flexibility | None = None
) -> SocialRent:
    """The formula rent under its cap; with a flexibility up to 5% (supported: 10%) above it. Raises NotInATable."""
    formula = formula_rent(home, on, tables, work)
    asked = formula
    if flexibility is not None:
        percent = work.use(tables.find("social_flexibility", on)).number(f"{flexibility}_percent")
        asked = work.step(f"With {percent}% flexibility", f"{LAW}; 2.14 to 2.18", formula + share(formula, percent))
    try:
        cap = work.use(tables.find("rent_cap", on)).of_size(home.bedrooms)
    except NotInATable as missing:
        work.step(f"No cap was applied: {missing}", LAW)
        return SocialRent(formula, None, asked, asked)
    held = min(asked, cap)
    words = "Held by" if held < asked else "Under"
    work.step(f"{words} the cap for this size, {pounds(cap)} a week", f"{LAW}, rent caps", held)
    return SocialRent(formula, cap, held, held)


def yearly_limit(on: date, tables: Tables, work: Working) -> Fraction:
    """What a social rent may rise by in the rent year of that day, as a fraction of it. Raises NotInATable."""
    start = rent_year(on)
    table = tables.find("rent_uplift", start)
    if table.since != start:
        raise NotInATable(f"rent uplift: no table for April {start.year}")
    return work.use(table).exact("percent") / 100
