"""Whose it is: a person the caller may work with, and the household it is filed under. For all four journeys."""

from uuid import UUID

from kit.errors import NotFound, invalid
from kit.store.unit import UnitOfWork
from services.casefile.access.need_to_know import Part, may_see
from services.casefile.people import commands as people
from services.casefile.people import membership
from services.casefile.people.models import Household, Person
from services.casefile.people.sealed_register import current_home


async def person_for(unit: UnitOfWork, person_id: UUID, part: Part = Part.INSIDE) -> Person:
    """The person, locked. `NotFound` as for a stranger, `Conflict` where another record stands for them."""
    person = await people.load(unit, person_id)
    if not await may_see(unit, part, person_id=person_id):
        raise NotFound("We know of no such person")
    people.check_stands(person)
    return person


async def household_for(unit: UnitOfWork, household_id: UUID, part: Part = Part.INSIDE) -> Household:
    """The household, locked; `NotFound` as for one that is not there."""
    household = await membership.load(unit, household_id)
    if not await may_see(unit, part, household_id=household_id):
        raise NotFound("We know of no such household")
    return household


async def home_of(unit: UnitOfWork, person_id: UUID, household_id: UUID | None) -> UUID:
    """The household it is filed under: the one named, or the one they belong to today."""
    places = await membership.of_person(unit, person_id)
    if household_id is None:
        home = current_home(places)
        if home is None:
            raise invalid("/household_id", "They belong to more than one household: say which.", "one-household")
        return home
    # One that is sealed from the caller is no home of theirs, though they belonged to it once.
    seen = await may_see(unit, Part.FRONT, household_id=household_id)
    if not seen or household_id not in {each.household_id for each in places}:
        raise invalid("/household_id", "This person does not belong to that household.", "member")
    return household_id
