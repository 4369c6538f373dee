"""The rules of rough sleeping: how soon one looks, which bed is for whom, when somebody is off the street. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

from kit.clock import LONDON, months_after
from kit.errors import Conflict, Forbidden, invalid

BACK_AFTER_MONTHS: Final = 6
"""Whoever is seen again after so many months without contact is counted as returning."""
LONG_TERM_MONTHS: Final = 12
"""On the street in so many months or more: long-term."""
OFF_FOR: Final = (1, 3, 6, 12)
"""Months off the street that are counted."""


class Sign(StrEnum):
    """What helps to find them and says how soon: never a name, never a description of a face."""

    ASLEEP = "asleep"
    TENT = "tent"
    DOG = "dog"
    UNWELL = "unwell"
    WOMAN = "woman"
    LOOKS_UNDER_18 = "looks_under_18"
    LOOKS_UNDER_25 = "looks_under_25"
    WHEELCHAIR = "wheelchair"
    WITH_A_CHILD = "with_a_child"


AT_ONCE: Final = frozenset({Sign.UNWELL, Sign.LOOKS_UNDER_18, Sign.WITH_A_CHILD})
"""Somebody looks within the hour."""


class SightingState(StrEnum):
    """A sighting waits until somebody has looked."""

    WAITING = "waiting"
    FOUND = "found"
    NOT_FOUND = "not_found"
    DUPLICATE = "duplicate"
    NOT_SLEEPING_ROUGH = "not_sleeping_rough"


class StayState(StrEnum):
    """Where one person is."""

    ON_STREET = "on_street"
    OFF_STREET = "off_street"
    CLOSED = "closed"


STEPS: Final = {
    StayState.ON_STREET: (StayState.OFF_STREET, StayState.CLOSED),
    StayState.OFF_STREET: (StayState.ON_STREET, StayState.CLOSED),
    # Whoever comes back is the same person: no new story is begun.
    StayState.CLOSED: (StayState.ON_STREET,),
}


class OffTo(StrEnum):
    """Where somebody went from the street."""

    NIGHT_BED = "night_bed"
    HOSTEL = "hostel"
    TEMPORARY_HOME = "temporary_home"
    SUPPORTED_HOUSING = "supported_housing"
    PRIVATE_RENTED_HOME = "private_rented_home"
    SOCIAL_HOME = "social_home"
    HOUSING_FIRST = "housing_first"
    FAMILY_OR_FRIENDS = "family_or_friends"
    HOSPITAL = "hospital"
    PRISON = "prison"
    RECONNECTED = "reconnected"
    OTHER = "other"


class ForWhom(StrEnum):
    """Whom a bed is for."""

    ANYONE = "anyone"
    WOMEN = "women"
    UNDER_25 = "under_25"
    COUPLES = "couples"


class BedState(StrEnum):
    """What became of a bed that was offered for a night."""

    OFFERED = "offered"
    TAKEN = "taken"
    REFUSED = "refused"
    DID_NOT_COME = "did_not_come"


HOLDS: Final = (BedState.OFFERED, BedState.TAKEN)
"""A bed that is held for somebody on that night."""


@dataclass(frozen=True, slots=True)
class Need:
    """What a bed must give somebody tonight."""

    woman: bool = False
    under_25: bool = False
    couple: bool = False
    dog: bool = False
    step_free: bool = False


@dataclass(frozen=True, slots=True)
class Bed:
    """A place with beds as the rules see it."""

    for_whom: ForWhom
    dogs: bool
    step_free: bool
    severe_weather_only: bool


def fits(bed: Bed, need: Need, severe_weather: bool) -> bool:
    """Whether a bed is for somebody with these needs; in severe weather those opened for it are there too."""
    if bed.severe_weather_only and not severe_weather:
        return False
    if (need.dog and not bed.dogs) or (need.step_free and not bed.step_free):
        return False
    return {
        ForWhom.ANYONE: True,
        ForWhom.WOMEN: need.woman and not need.couple,
        ForWhom.UNDER_25: need.under_25,
        ForWhom.COUPLES: need.couple,
    }[bed.for_whom]


def look_by(seen_at: datetime, signs: Iterable[Sign], severe_weather: bool) -> datetime:
    """Until when somebody goes and looks: within the hour, in severe weather within three, else by six next morning.

    Seen before six in the morning: by six of that same morning.
    """
    if AT_ONCE & set(signs):
        return seen_at + timedelta(hours=1)
    if severe_weather:
        return seen_at + timedelta(hours=3)
    local = seen_at.astimezone(LONDON)
    day = local.date() if local.time() < time(5) else local.date() + timedelta(days=1)
    return datetime.combine(day, time(6), LONDON)


def night_of(moment: datetime) -> date:
    """The night a moment belongs to, named by the day it began on: it lasts until noon."""
    local = moment.astimezone(LONDON)
    return local.date() - timedelta(days=1) if local.time() < time(12) else local.date()


def check_looked(state: SightingState) -> None:
    """One look settles a sighting; who was not found may be seen again as another."""
    if state is not SightingState.WAITING:
        raise Conflict("Somebody has looked already", state=state, allowed=[])


def check_step(state: StayState, to: StayState, on: date, since: date) -> None:
    """The way of one person: on the street, off it, back again. Each step on or after the one before."""
    allowed = STEPS[state]
    if to not in allowed:
        raise Conflict(f"They are {state.replace('_', ' ')}", state=state, allowed=list(allowed))
    if on < since:
        raise invalid("/on", f"The step before was on {since.isoformat()}.", "steps-in-order")


def months_off(off_on: date | None, today: date) -> int:
    """Whole months off the street; nought while they are on it."""
    if off_on is None:
        return 0
    months = 0
    while months_after(off_on, months + 1) <= today:
        months += 1
    return months


def check_verified_by_another(counted_by: str, by: str) -> None:
    """A count stands once somebody else than who made it has looked at it."""
    if counted_by == by:
        raise Forbidden("Somebody else than who counted verifies a count")


def check_count(found: int, women: int, under_25: int, wards: Iterable[int]) -> None:
    """The parts of a count are no more than the whole, and the wards are the whole."""
    if women > found or under_25 > found:
        raise invalid("/women", "A part of the count is larger than the count.", "parts-within-count")
    if sum(wards) != found:
        raise invalid("/wards", "The wards do not add up to the count.", "wards-add-up")


@dataclass(frozen=True, slots=True)
class Seen:
    """One person over time as the figures see them: the nights they were met or seen on the street."""

    nights: tuple[date, ...]
    off_on: date | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """A month on the street."""

    people: int
    new: int
    returning: int
    long_term: int
    off_for: dict[int, int]


def figures(first: date, last: date, people: Iterable[Seen]) -> Figures:
    """Who was on the street in a month: new (never before), returning (after six months), long-term (in twelve or more
    months of the last two years); and how many who left it have stayed off for one, three, six and twelve months.
    """
    there = new = returning = long_term = 0
    off = dict.fromkeys(OFF_FOR, 0)
    for each in people:
        here = [night for night in each.nights if first <= night <= last]
        before = [night for night in each.nights if night < first]
        if here:
            there += 1
            if not before:
                new += 1
            elif max(before) <= months_after(min(here), -BACK_AFTER_MONTHS):
                returning += 1
            recent = {(night.year, night.month) for night in each.nights if months_after(last, -24) < night <= last}
            long_term += len(recent) >= LONG_TERM_MONTHS
        if each.off_on is not None and each.off_on <= last:
            for months in OFF_FOR:
                off[months] += months_off(each.off_on, last) >= months
    return Figures(there, new, returning, long_term, off)
