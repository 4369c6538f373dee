"""Whom a source's references became: other systems that migrate with the same people are told our ids."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import and_, func, select

from kit.store.unit import UnitOfWork
from services.casefile.imports.models import PersonSource
from services.casefile.people.models import Membership, Person
from services.casefile.people.visibility import visible_to


class LoadedPerson(BaseModel):
    """A reference of a source, and who that is here. No name: whoever loaded it has it."""

    reference: str
    person_id: UUID
    household_id: UUID | None = Field(description="The one they belong to now; null: of none, or of more than one")


async def people(unit: UnitOfWork, source: str, place: Sequence[Any] | None, most: int) -> list[LoadedPerson]:
    """Up to `most` of a source's references after `place`, in their order, without anybody who may not be shown."""
    homes = func.array_agg(Membership.household_id).label("homes")
    query = (
        select(PersonSource.reference, PersonSource.person_id, homes)
        .join(Person, Person.id == PersonSource.person_id)
        .outerjoin(Membership, and_(Membership.person_id == Person.id, Membership.until.is_(None)))
        .where(PersonSource.source == source, await visible_to(unit))
        .group_by(PersonSource.reference, PersonSource.person_id)
        .order_by(PersonSource.reference)
    )
    if place is not None:
        query = query.where(PersonSource.reference > str(place[0]))
    found = [
        LoadedPerson(reference=reference, person_id=id_, household_id=homes[0] if len(homes) == 1 else None)
        for reference, id_, homes in (await unit.session.execute(query.limit(most))).all()
    ]
    unit.accessed("loaded_people", {each.person_id for each in found})
    return found


def place_of(shown: LoadedPerson) -> list[Any]:
    """Where a reference stands in the list."""
    return [shown.reference]
