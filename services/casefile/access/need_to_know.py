"""Need to know: the one rule of who may see which part of a file. Every aggregate's `visible_to` is made of it."""

from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import InstrumentedAttribute

from kit.store.unit import UnitOfWork
from services.casefile.people.models import Person
from services.casefile.people.visibility import lived_in_by_the_visible, visible_to


class Part(StrEnum):
    """A part of the file, from what any worker with a purpose may see to what only a few may."""

    FRONT = "front"
    INSIDE = "inside"
    RESTRICTED = "restricted"
    ABUSE = "abuse"
    SAFEGUARDING = "safeguarding"
    DRUGS_AND_ALCOHOL = "drugs_and_alcohol"
    IMMIGRATION = "immigration"
    CRIME = "crime"


async def about_person(
    unit: UnitOfWork, person_id: InstrumentedAttribute[UUID], part: Part = Part.INSIDE
) -> ColumnElement[bool]:
    """A condition: the caller may see this part of the file of the person in this column."""
    return exists(select(Person.id).where(Person.id == person_id, await visible_to(unit)).correlate(person_id.class_))


async def about_household(
    unit: UnitOfWork, household_id: InstrumentedAttribute[UUID], part: Part = Part.INSIDE
) -> ColumnElement[bool]:
    """A condition: the caller may see this part of the file of the household in this column."""
    return await lived_in_by_the_visible(unit, household_id)
