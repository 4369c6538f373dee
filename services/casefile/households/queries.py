"""Reads of households: who belongs to each, by name and date. The rest of a person is asked of people."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import select

from kit import clock
from kit.errors import NotFound
from kit.store.unit import UnitOfWork
from services.casefile.people import domain, sealed_off
from services.casefile.people.aliases import merged_into_them
from services.casefile.people.models import Household, Membership, Person
from services.casefile.people.queries import NameView
from services.casefile.people.visibility import visible_to


class MemberView(BaseModel):
    """Someone of the household; `merged_into` leads to the person they turned out to be."""

    person_id: UUID
    since: date
    until: date | None
    merged_into: UUID | None
    names: list[NameView]
    child: bool = Field(description="Known to be under 18 today")


class HouseholdView(BaseModel):
    """A household with its members, past ones included."""

    id: UUID
    version: int
    formed_at: datetime
    members: list[MemberView] = Field(description="In the order they came")


async def view(unit: UnitOfWork, household_id: UUID) -> HouseholdView:
    """One household, put on record as read."""
    views = await views_of(unit, [household_id])
    if not views:
        raise NotFound("We know of no such household")
    return views[0]


async def of_person(unit: UnitOfWork, person_id: UUID) -> list[HouseholdView]:
    """The households someone belongs or belonged to, also through people merged into them."""
    inside = (await merged_into_them(unit.session, [person_id])).get(person_id, [])
    ids = await unit.session.scalars(
        select(Membership.household_id)
        .join(Person, Person.id == Membership.person_id)
        .where(Person.id.in_([person_id, *inside]), await visible_to(unit))
        .distinct()
    )
    return await views_of(unit, list(ids))


async def views_of(unit: UnitOfWork, household_ids: Sequence[UUID]) -> list[HouseholdView]:
    """Several households; members who may not be shown are left out, and households left without any."""
    members: dict[UUID, list[MemberView]] = {}
    places = await unit.session.execute(
        select(Membership, Person.merged_into, Person.names, Person.date_of_birth)
        .join(Person, Person.id == Membership.person_id)
        .where(
            Membership.household_id.in_(household_ids),
            await visible_to(unit),
            sealed_off.home_open_to(unit, Membership.household_id),
        )
        .order_by(Membership.since, Membership.person_id)
    )
    today = clock.today()
    for place, merged_into, names, born in places:
        member = MemberView(
            person_id=place.person_id,
            since=place.since,
            until=place.until,
            merged_into=merged_into,
            names=[NameView(**each) for each in names],
            child=domain.is_child(born, today),
        )
        members.setdefault(place.household_id, []).append(member)
    rows = await unit.session.scalars(
        select(Household).where(Household.id.in_(members)).order_by(Household.formed_at, Household.id)
    )
    views = [
        HouseholdView(id=row.id, version=row.version, formed_at=row.formed_at, members=members[row.id]) for row in rows
    ]
    for each in views:
        unit.accessed(f"household/{each.id}", [member.person_id for member in each.members])
    return views
