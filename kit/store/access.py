"""What this service knows of people and households: who may be shown, and who belongs together.

Filled from events by `kit.events.access`. A person who is restricted, or hidden from this caller, is as unknown as a
stranger: same answer, same words.
"""

from datetime import date
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import select

from kit.errors import NotFound
from kit.store.tables import known_household, known_person
from kit.store.unit import UnitOfWork


class Membership(BaseModel):
    """A household someone belongs to, from one day to another."""

    household_id: UUID
    since: date
    until: date | None


class Member(BaseModel):
    """Someone of a household, from one day to another."""

    person_id: UUID
    since: date
    until: date | None


class KnownPerson(BaseModel):
    """A person as this service has heard of them: ids and dates."""

    person_id: UUID
    households: list[Membership]


class KnownHousehold(BaseModel):
    """A household as this service has heard of it: ids and dates."""

    household_id: UUID
    members: list[Member]


async def person(unit: UnitOfWork, person_id: UUID) -> KnownPerson:
    """The person, put on record as read; `NotFound` also for one who may not be shown."""
    row = (await unit.session.execute(select(known_person).where(known_person.c.id == person_id))).one_or_none()
    if row is None or row.restricted or person_id in unit.cause.hidden:
        raise NotFound("We know of no such person")
    unit.accessed(f"person/{person_id}", [person_id])
    memberships = [
        Membership(household_id=each["household_id"], since=each["from"], until=each["to"]) for each in row.households
    ]
    return KnownPerson(person_id=person_id, households=memberships)


async def household(unit: UnitOfWork, household_id: UUID) -> KnownHousehold:
    """The household with the members who may be shown, put on record as read."""
    row = (
        await unit.session.execute(select(known_household).where(known_household.c.id == household_id))
    ).one_or_none()
    if row is None:
        raise NotFound("We know of no such household")
    ids = [UUID(each["person_id"]) for each in row.members]
    unseen = set(
        await unit.session.scalars(
            select(known_person.c.id).where(known_person.c.id.in_(ids), known_person.c.restricted)
        )
    )
    members = [
        Member(person_id=id_, since=each["from"], until=each["to"])
        for id_, each in zip(ids, row.members, strict=True)
        if id_ not in unseen and id_ not in unit.cause.hidden
    ]
    unit.accessed(f"household/{household_id}", [each.person_id for each in members])
    return KnownHousehold(household_id=household_id, members=members)
