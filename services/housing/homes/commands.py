"""Writes of homes. Lettings, placements and schemes let, use and bring homes by these, never by the table."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from kit import clock
from kit.contracts.housing.register import HomeFacts
from kit.errors import Conflict, NotFound, invalid
from kit.ids import new_id
from kit.store.unit import UnitOfWork
from kit.web.preconditions import check_version
from services.housing.homes import domain
from services.housing.homes.domain import HomeState, Standing, Vacancy
from services.housing.homes.models import Home, as_columns
from services.housing.homes.shapes import HomeChanges, NewHome, columns


async def load(unit: UnitOfWork, home_id: UUID, expected: int | None = None) -> Home:
    """The home, locked; `Stale` when it is no longer the version that the caller saw."""
    row = (await unit.session.scalars(select(Home).where(Home.id == home_id).with_for_update())).one_or_none()
    if row is None:
        raise NotFound("We know of no such home")
    if expected is not None:
        check_version(row.version, expected)
    return row


async def record(unit: UnitOfWork, new: NewHome, *, scheme_id: UUID | None = None) -> Home:
    """One more home. `Conflict` when a home with this UPRN stands already."""
    check_days(new)
    row = Home(**_values(unit, new, scheme_id))
    unit.session.add(row)
    try:
        await unit.session.flush()
    except IntegrityError:
        raise Conflict("A home with this UPRN stands already: change that one") from None
    unit.accessed(f"home/{row.id}")
    tell(unit, row, available=row.state == HomeState.AVAILABLE)
    return row


async def record_many(unit: UnitOfWork, new: Sequence[NewHome], *, scheme_id: UUID | None = None) -> list[UUID]:
    """Homes of a finished scheme, or of a load; their ids in the same order. `Conflict` for a UPRN that stands.

    Each that can be let is announced, the others are not: whoever calls this tells of them as one (ownership rule 17).
    """
    for each in new:
        check_days(each)
    rows = [_values(unit, each, scheme_id) for each in new]
    try:
        for start in range(0, len(rows), 1000):
            await unit.session.execute(insert(Home), rows[start : start + 1000])
    except IntegrityError:
        raise Conflict("A home with one of these UPRNs stands already") from None
    for values in rows:
        if values["state"] == HomeState.AVAILABLE:
            tell(unit, Home(**values), available=True)
    return [values["id"] for values in rows]


async def change(unit: UnitOfWork, home_id: UUID, expected: int, changes: HomeChanges) -> Home:
    """Another rating, another landlord, another rent regime."""
    row = await load(unit, home_id, expected)
    nullable = {"ward", "floor", "energy_rating", "landlord_name", "min_age", "built_on"}
    nullable |= {"market_rent_week_pence", "value_1999_pence"}
    for name in changes.model_fields_set:
        value = getattr(changes, name)
        if value is None and name not in nullable:
            raise invalid(f"/{name}", "This is known of every home.", "required")
        setattr(row, name, value)
    if row.bed_spaces < row.bedrooms:
        raise invalid("/bed_spaces", "Each bedroom is for at least one person.", "bed-spaces")
    _changed(unit, row)
    return row


async def move(
    unit: UnitOfWork,
    home_id: UUID,
    to: HomeState,
    *,
    on: date | None = None,
    vacancy: Vacancy | None = None,
    expected: int | None = None,
    by_lettings: bool = False,
) -> Home:
    """The home's next state. `by_lettings`: a letting starts, or is undone. `domain.move` says what is refused."""
    row = await load(unit, home_id, expected)
    today = clock.today()
    row.standing = domain.move(row.standing, to, on or today, vacancy, today=today, by_lettings=by_lettings)
    _changed(unit, row, available=to is HomeState.AVAILABLE)
    return row


async def let(unit: UnitOfWork, home_id: UUID, on: date) -> Home:
    """A letting starts: the home is no longer available. `Conflict` when it is not."""
    return await move(unit, home_id, HomeState.LET, on=on, by_lettings=True)


async def undo_let(unit: UnitOfWork, home_id: UUID) -> Home:
    """The letting that was to start did not: the home is available as it was before, and says so again."""
    row = await load(unit, home_id)
    again = row.available_on or clock.today()
    row.standing = domain.move(row.standing, HomeState.AVAILABLE, again, None, today=clock.today(), by_lettings=True)
    _changed(unit, row, available=True)
    return row


async def vacate(unit: UnitOfWork, home_id: UUID, on: date, vacancy: Vacancy) -> Home:
    """The tenancy ended: the home is void since that day."""
    return await move(unit, home_id, HomeState.VOID, on=on, vacancy=vacancy)


def check_days(new: NewHome) -> None:
    """`Invalid` for days that have not come, or that stand in the wrong order."""
    today = clock.today()
    for name in ("void_since", "let_on", "built_on"):
        day = getattr(new, name)
        if day is not None and day > today:
            raise invalid(f"/{name}", "This day has not come yet.", "not-in-future")
    if new.void_since and new.built_on and new.void_since < new.built_on:
        raise invalid("/void_since", "It was not built yet.", "order-of-days")


def _values(unit: UnitOfWork, new: NewHome, scheme_id: UUID | None) -> dict[str, Any]:
    now = clock.business_now()
    available = now.date() if new.state is HomeState.AVAILABLE else None
    waiting = new.state not in {HomeState.LET, HomeState.TEMPORARY}
    standing = Standing(
        new.state,
        new.void_since if waiting else None,
        new.vacancy if waiting else None,
        available_on=available,
        let_on=new.let_on if new.state is HomeState.LET else None,
    )
    return {
        "id": new_id(),
        "version": 1,
        **columns(new),
        **as_columns(standing),
        "scheme_id": scheme_id,
        "recorded_by": unit.cause.actor,
        "recorded_at": now,
        "changed_at": now,
    }


def _changed(unit: UnitOfWork, row: Home, *, available: bool = False) -> None:
    row.version, row.changed_at = row.version + 1, clock.business_now()
    unit.accessed(f"home/{row.id}")
    tell(unit, row, available=available)


def tell(unit: UnitOfWork, row: Home, *, available: bool = False) -> None:
    """What everybody may know of a home: never its address."""
    state = HomeFacts(
        home_id=row.id,
        state=row.state,
        bedrooms=row.bedrooms,
        bed_spaces=row.bed_spaces,
        kind=row.kind,
        ward=row.ward,
        floor=row.floor,
        lift=row.lift,
        access=row.access,
        landlord=row.landlord,
        rent_regime=row.rent_regime,
        scheme_id=row.scheme_id,
        void_since=row.void_since,
        available_on=row.available_on,
        let_on=row.let_on,
        changed_at=row.changed_at,
    )
    name = "housing.home.available" if available else "housing.home.changed"
    unit.emit(name, state, aggregate_id=row.id, sequence=row.version)
