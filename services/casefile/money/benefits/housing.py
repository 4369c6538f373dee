"""Rent that a benefit may help with: rooms needed, Local Housing Allowance, spare rooms. Pure; pence.

Rooms: SI 2013/376 Sch 4 paras 8 to 12 (Universal Credit), SI 2006/214 reg 13D (Housing Benefit): one for each couple,
each other adult and each young person of 16 or more; two children under 10 share, and two under 16 of one sex; at most
four for the allowance.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from services.casefile.money.benefits.circumstances import Child, Circumstances
from services.casefile.money.benefits.steps import Working
from services.casefile.money.benefits.tables import NotInATable
from services.casefile.money.pounds import a_month, pounds, rounded, share

MOST_ROOMS = 4
SHARED_BELOW_AGE = 35
SPARE_PERCENT = {1: 14, 2: 25}
"""Social rent: one spare room, two or more (SI 2013/376 Sch 4 para 36)."""


@dataclass(frozen=True, slots=True)
class LocalRates:
    """The Local Housing Allowance of one area: pence a week by size, and where it is from."""

    area: str
    since: date
    source: str
    week: Mapping[str, int]


def rooms_needed(told: Circumstances) -> int:
    """Rooms by the size criteria, before the limit of four."""
    old = [child for child in told.children if child.age(told.on) >= 16]
    return (
        1
        + len(told.non_dependants)
        + len(old)
        + _rooms_of([child for child in told.children if child.age(told.on) < 16], told.on)
    )


def _rooms_of(children: list[Child], on: date) -> int:
    rooms, left = 0, 0
    for sex in ("f", "m", None):
        older = sum(child.age(on) >= 10 for child in children if child.sex == sex)
        younger = sum(child.age(on) < 10 for child in children if child.sex == sex)
        if sex is None:
            # Nobody said: a room each for those who could only share with their own sex.
            rooms += older
        else:
            # An odd one of ten or more shares with a younger one of the same sex, if there is one.
            taken = min(older % 2, younger)
            rooms += (older + 1) // 2
            younger -= taken
        left += younger
    return rooms + (left + 1) // 2


def size_of(told: Circumstances, rooms: int) -> str:
    """Which rate of the allowance: shared for one adult alone under 35, else by rooms, four at most."""
    alone = not told.couple and not told.children and not told.non_dependants
    if alone and told.adults[0].age < SHARED_BELOW_AGE and not told.home.shared_rate_exempt:
        return "shared"
    return str(min(rooms, MOST_ROOMS))


def eligible_rent(told: Circumstances, rates: LocalRates | None, work: Working) -> int:
    """What of the rent counts, a month. Raises NotInATable for a private rent without its area's table."""
    rent = work.step(
        f"Rent: {pounds(told.home.rent_pence)} each {told.home.every.replace('_', ' ')}, in a month",
        "SI 2013/376 Sch 4 para 7",
        a_month(told.home.rent_pence, told.home.every),
    )
    rooms = rooms_needed(told)
    if told.home.tenure == "private_rent":
        return min(rent, _allowance(told, rates, rooms, work))
    if told.all_pension_age:
        return rent
    if told.home.bedrooms is None:
        work.step("How many bedrooms the home has is not told: no spare room is counted", "Sch 4 para 36")
        return rent
    spare = min(2, max(0, told.home.bedrooms - rooms))
    if not spare:
        work.step(f"{rooms} rooms needed, {told.home.bedrooms} there: no spare room", "SI 2013/376 Sch 4 para 36")
        return rent
    percent = SPARE_PERCENT[spare]
    less = work.step(
        f"{told.home.bedrooms - rooms} spare: {percent}% of the rent does not count",
        "SI 2013/376 Sch 4 para 36",
        share(rent, percent),
    )
    return rent - less


def _allowance(told: Circumstances, rates: LocalRates | None, rooms: int, work: Working) -> int:
    area = told.home.lha_area
    if area is None:
        raise NotInATable("Local Housing Allowance: which rental market area the home is in was not told")
    if rates is None:
        raise NotInATable(f"Local Housing Allowance: no table for {area} on {told.on.isoformat()}")
    size = size_of(told, rooms)
    what = "the shared rate" if size == "shared" else f"the rate for {size} room{'' if size == '1' else 's'}"
    return work.step(
        f"{what.capitalize()} in {area}, {pounds(rates.week[size])} a week, times 52 over 12"
        f" ({rates.source}, from {rates.since.isoformat()}); the rent counts up to it",
        "SI 2013/376 Sch 4 paras 22 to 25",
        a_month(rates.week[size], "week"),
    )


def week_of_month(month_pence: int) -> int:
    """A month's amount in a week: times 12 over 52."""
    return rounded(Fraction(month_pence * 12, 52))
