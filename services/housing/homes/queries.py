"""Reads of homes. A home is nobody: what a read shows is a place."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, tuple_

from kit import clock
from kit.errors import NotFound
from kit.store.unit import UnitOfWork
from services.housing.homes.domain import HomeState, Landlord, RentRegime, allowed_from
from services.housing.homes.models import Home
from services.housing.homes.shapes import HomeView

_EMPTY = frozenset({HomeState.VOID, HomeState.WORKS, HomeState.AVAILABLE})


@dataclass(frozen=True, slots=True)
class Filters:
    """Which homes a list shows; None does not narrow it."""

    state: HomeState | None = None
    bedrooms: int | None = None
    ward: str | None = None
    landlord: Landlord | None = None
    rent_regime: RentRegime | None = None
    scheme_id: UUID | None = None
    uprn: str | None = None


async def home(unit: UnitOfWork, home_id: UUID) -> HomeView:
    """One of them."""
    row = await unit.session.get(Home, home_id)
    if row is None:
        raise NotFound("We know of no such home")
    unit.accessed(f"home/{home_id}")
    return view(row)


async def homes(unit: UnitOfWork, filters: Filters, place: Sequence[Any] | None, most: int) -> list[HomeView]:
    """Up to `most` after `place`."""
    query = select(Home)
    for name in Filters.__slots__:
        wanted = getattr(filters, name)
        if wanted is not None:
            query = query.where(getattr(Home, name) == wanted)
    if place is not None:
        query = query.where(tuple_(Home.recorded_at, Home.id) > (place[0], UUID(place[1])))
    found = await unit.session.scalars(query.order_by(Home.recorded_at, Home.id).limit(most))
    return [view(each) for each in found]


def place_of(shown: HomeView) -> list[Any]:
    """Where a home stands in the list."""
    return [shown.recorded_at.isoformat(), str(shown.id)]


async def by_ids(unit: UnitOfWork, ids: Collection[UUID]) -> dict[UUID, HomeView]:
    """Those of some ids, for the other parts of housing."""
    found = await unit.session.scalars(select(Home).where(Home.id.in_(list(ids))))
    return {each.id: view(each) for each in found}


async def counts(unit: UnitOfWork) -> dict[tuple[str, int], int]:
    """How many homes there are, by state and bedrooms."""
    query = select(Home.state, Home.bedrooms, func.count()).group_by(Home.state, Home.bedrooms)
    return {(state, bedrooms): count for state, bedrooms, count in (await unit.session.execute(query)).all()}


def view(row: Home) -> HomeView:
    """A home as it is shown."""
    shown = HomeView.model_validate(row)
    shown.allowed = allowed_from(HomeState(row.state))
    if row.void_since is not None and row.state in _EMPTY:
        shown.days_void = (clock.today() - row.void_since).days + 1
    return shown
