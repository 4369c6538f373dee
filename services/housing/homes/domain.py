"""The rules of homes: what they are, and how one comes from empty to let and back. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Final

from kit.errors import Conflict, invalid


class HomeKind(StrEnum):
    """What it is, in CORE's words (unittype)."""

    FLAT = "flat"
    MAISONETTE = "maisonette"
    HOUSE = "house"
    BUNGALOW = "bungalow"
    BEDSIT = "bedsit"
    SHARED_FLAT = "shared_flat"
    SHARED_HOUSE = "shared_house"
    OTHER = "other"


class Building(StrEnum):
    """CORE's builtype."""

    PURPOSE_BUILT = "purpose_built"
    CONVERTED = "converted"


class Access(StrEnum):
    """Who can live in it and move about, the best first: the categories of London's Accessible Housing Register."""

    WHEELCHAIR = "wheelchair"
    WHEELCHAIR_ESSENTIAL_ROOMS = "wheelchair_essential_rooms"
    LIFETIME = "lifetime"
    EASY = "easy"
    STEP_FREE = "step_free"
    GENERAL = "general"


_BEST_FIRST: Final = tuple(Access)


def suits(home: Access, needed: Access) -> bool:
    """Whether a home of this category is good enough for whoever needs that one."""
    return _BEST_FIRST.index(home) <= _BEST_FIRST.index(needed)


class Landlord(StrEnum):
    """Whose it is. Reside is the council's own company."""

    COUNCIL = "council"
    RESIDE = "reside"
    HOUSING_ASSOCIATION = "housing_association"
    PRIVATE = "private"


class RentRegime(StrEnum):
    """By which rule its rent is set (`services/housing/rents`). Council-equivalent rent is social rent."""

    SOCIAL = "social"
    LONDON_AFFORDABLE = "london_affordable"
    MARKET_50 = "market_50"
    MARKET_60 = "market_60"
    MARKET_80 = "market_80"
    LONDON_LIVING = "london_living"
    SHARED_OWNERSHIP = "shared_ownership"


class Needs(StrEnum):
    """CORE's needstype."""

    GENERAL = "general"
    SUPPORTED = "supported"


class Vacancy(StrEnum):
    """Why it stands empty: CORE's rsnvac."""

    FIRST_LET_NEW_BUILD = "first_let_new_build"
    FIRST_LET_CONVERTED = "first_let_converted"
    FIRST_LET_LEASED = "first_let_leased"
    INTERNAL_TRANSFER = "internal_transfer"
    TO_OTHER_SOCIAL = "to_other_social"
    TO_PRIVATE = "to_private"
    TO_CARE_HOME = "to_care_home"
    TO_HOSPITAL = "to_hospital"
    DIED_NO_SUCCESSION = "died_no_succession"
    SUCCESSION_DOWNSIZED = "succession_downsized"
    ABANDONED = "abandoned"
    EVICTED_ARREARS = "evicted_arrears"
    EVICTED_ANTISOCIAL = "evicted_antisocial"
    EVICTED_BOTH = "evicted_both"
    TO_ITS_TEMPORARY_OCCUPANT = "to_its_temporary_occupant"
    RENEWAL = "renewal"
    OTHER = "other"


FIRST_LETS: Final = frozenset({Vacancy.FIRST_LET_NEW_BUILD, Vacancy.FIRST_LET_CONVERTED, Vacancy.FIRST_LET_LEASED})


class HomeState(StrEnum):
    """Only an available home is advertised or offered; only lettings let one."""

    VOID = "void"
    WORKS = "works"
    AVAILABLE = "available"
    LET = "let"
    TEMPORARY = "temporary"
    OUT_OF_USE = "out_of_use"
    DEMOLISHED = "demolished"


NEXT: Final[Mapping[HomeState, tuple[HomeState, ...]]] = {
    HomeState.VOID: (
        HomeState.WORKS,
        HomeState.AVAILABLE,
        HomeState.TEMPORARY,
        HomeState.OUT_OF_USE,
        HomeState.DEMOLISHED,
    ),
    HomeState.WORKS: (HomeState.VOID, HomeState.AVAILABLE, HomeState.TEMPORARY, HomeState.OUT_OF_USE),
    HomeState.AVAILABLE: (
        HomeState.VOID,
        HomeState.WORKS,
        HomeState.LET,
        HomeState.TEMPORARY,
        HomeState.OUT_OF_USE,
    ),
    # Back to available: the letting that was to start did not.
    HomeState.LET: (HomeState.VOID, HomeState.AVAILABLE),
    HomeState.TEMPORARY: (HomeState.VOID, HomeState.WORKS, HomeState.OUT_OF_USE),
    HomeState.OUT_OF_USE: (HomeState.VOID, HomeState.WORKS, HomeState.DEMOLISHED),
    HomeState.DEMOLISHED: (),
}
"""What a state may become. Every one has a way out but the last."""

_BY_LETTINGS: Final = frozenset({(HomeState.AVAILABLE, HomeState.LET), (HomeState.LET, HomeState.AVAILABLE)})
"""A letting starts, or falls through: no officer says so of the home alone."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A home's state and the days that CORE asks for: void <= works done <= let."""

    state: HomeState
    void_since: date | None = None
    vacancy: Vacancy | None = None
    works_done_on: date | None = None
    available_on: date | None = None
    let_on: date | None = None


def allowed_from(state: HomeState, *, by_lettings: bool = False) -> list[str]:
    """The states that may follow, as an answer names them."""
    return [each.value for each in NEXT[state] if by_lettings or (state, each) not in _BY_LETTINGS]


def move(
    home: Standing, to: HomeState, on: date, vacancy: Vacancy | None, *, today: date, by_lettings: bool = False
) -> Standing:
    """The home in its next state as of `on`. `Conflict` with the states allowed; `Invalid` for days out of order.

    `vacancy` is asked for when a home becomes void that was let: CORE's reason for the vacancy.
    """
    if to.value not in allowed_from(home.state, by_lettings=by_lettings):
        raise Conflict(
            f"A home that is {words(home.state)} does not become {words(to)} here",
            state=home.state.value,
            allowed=allowed_from(home.state, by_lettings=by_lettings),
        )
    if on > today and not by_lettings:
        raise invalid("/on", "This day has not come yet.", "not-in-future")
    _check_order(home, to, on)
    after = replace(home, state=to)
    if to is HomeState.VOID and home.state is HomeState.LET:
        if vacancy is None or vacancy in FIRST_LETS:
            raise invalid("/vacancy", "Say why the last tenancy ended.", "vacancy-reason")
        return Standing(to, void_since=on, vacancy=vacancy)
    if to is HomeState.VOID:
        return replace(after, void_since=home.void_since or on, available_on=None)
    if to is HomeState.AVAILABLE:
        # A first let has no works before it (CORE).
        done = on if home.state is HomeState.WORKS and home.vacancy not in FIRST_LETS else home.works_done_on
        return replace(after, void_since=home.void_since or on, works_done_on=done, available_on=on, let_on=None)
    if to is HomeState.LET:
        return replace(after, let_on=on)
    return replace(after, available_on=None)


def _check_order(home: Standing, to: HomeState, on: date) -> None:
    earliest = home.let_on if home.state is HomeState.LET and to is HomeState.VOID else home.void_since
    if earliest is not None and on < earliest:
        raise invalid("/on", f"It stands so since {earliest:%-d %B %Y}: not before that.", "order-of-days")


def words(state: HomeState) -> str:
    """As a sentence says it."""
    return {
        HomeState.WORKS: "under works",
        HomeState.OUT_OF_USE: "out of use",
        HomeState.TEMPORARY: "temporary accommodation",
    }.get(state, state.value)
