"""Which stays a caller may reach, and how they are loaded."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, any_, func, select

from kit.errors import NotFound
from kit.store import access
from kit.store.tables import known_household, known_person
from kit.store.unit import Cause, UnitOfWork
from services.housing.placements.models import (
    Placement,
    PlacementAlarm,
    PlacementNotice,
    PlacementRate,
    TemporaryHome,
)


def visible_to(cause: Cause) -> ColumnElement[bool]:
    """The one rule of who may see which stay: not where one of those placed is kept back from the caller.

    A stay tells where everybody of it sleeps, so one of them is enough.
    """
    return ~access.kept_back(cause, any_(Placement.person_ids.expression)) & ~access.kept_back(
        cause, Placement.person_id.expression
    )


async def load(unit: UnitOfWork, placement_id: UUID, *, for_change: bool = False) -> Placement:
    """The stay, locked if it is to change. `NotFound` also for one whose people are kept back from the caller."""
    query = select(Placement).where(Placement.id == placement_id, visible_to(unit.cause))
    if for_change:
        query = query.with_for_update(of=Placement)
    row = (await unit.session.scalars(query)).one_or_none()
    if row is None:
        raise NotFound("We know of no such stay")
    unit.accessed(f"placement/{row.id}", people_of(row))
    return row


def people_of(row: Placement) -> list[UUID]:
    """Everybody a stay is about."""
    return sorted({row.person_id, *row.person_ids})


async def one_after_the_other(unit: UnitOfWork, household_id: UUID) -> None:
    """Whoever places this household waits for whoever does so at the same moment.

    The database refuses overlaps for certain; but two that check each other's row while both are unsaved would wait in
    a circle, and one be sent away for nothing it did. Taken before the home's lock, always.
    """
    await unit.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(str(household_id), 0))))


async def load_home(unit: UnitOfWork, home_id: UUID, *, for_change: bool = False) -> TemporaryHome:
    """A temporary home, locked if it is to change, or if somebody is to enter it."""
    query = select(TemporaryHome).where(TemporaryHome.id == home_id)
    if for_change:
        query = query.with_for_update(key_share=True)
    row = (await unit.session.scalars(query)).one_or_none()
    if row is None:
        raise NotFound("We know of no such temporary home")
    return row


async def rates(unit: UnitOfWork, placement_ids: Iterable[UUID]) -> dict[UUID, list[PlacementRate]]:
    """What nights cost, by stay."""
    found: dict[UUID, list[PlacementRate]] = {}
    query = select(PlacementRate).where(PlacementRate.placement_id.in_(list(placement_ids)))
    for row in await unit.session.scalars(query.order_by(PlacementRate.since)):
        found.setdefault(row.placement_id, []).append(row)
    return found


async def alarms(unit: UnitOfWork, placement_id: UUID) -> Sequence[PlacementAlarm]:
    """The alarms of a stay."""
    query = select(PlacementAlarm).where(PlacementAlarm.placement_id == placement_id)
    return (await unit.session.scalars(query.order_by(PlacementAlarm.day))).all()


async def notices(unit: UnitOfWork, placement_id: UUID) -> Sequence[PlacementNotice]:
    """The notices of a stay."""
    query = select(PlacementNotice).where(PlacementNotice.placement_id == placement_id)
    return (await unit.session.scalars(query.order_by(PlacementNotice.due_on, PlacementNotice.kind))).all()


async def living_together(unit: UnitOfWork, household_id: UUID) -> list[UUID]:
    """Who belongs to a household today, as far as we have heard."""
    members = await unit.session.scalar(select(known_household.c.members).where(known_household.c.id == household_id))
    return sorted(UUID(each["person_id"]) for each in members or () if each.get("to") is None)


async def must_be_sealed(unit: UnitOfWork, people: Iterable[UUID]) -> bool:
    """Whether one of them is restricted or kept apart from somebody: then nobody outside learns where they are."""
    query = select(known_person.c.id).where(
        known_person.c.id.in_(list(people)),
        known_person.c.restricted | (known_person.c.separated_from != []),
    )
    return (await unit.session.scalars(query.limit(1))).first() is not None
