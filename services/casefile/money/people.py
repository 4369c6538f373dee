"""Whose money it is: they may be worked with, they belong to a household, and is there known abuse in it."""

from uuid import UUID

from sqlalchemy import exists, or_, select

from kit.errors import NotFound, invalid
from kit.store.unit import UnitOfWork
from services.casefile.abuse.models import Assessment, Work
from services.casefile.access.need_to_know import Part, about_person, may_see
from services.casefile.messages.models import KnownNeed
from services.casefile.people import commands as people
from services.casefile.people import membership
from services.casefile.people.aliases import all_ids
from services.casefile.people.models import Membership, Person
from services.casefile.people.sealed_register import current_home
from services.casefile.separation.models import Separation


async def work_on(unit: UnitOfWork, person_id: UUID) -> Person:
    """The person, locked, whose money the caller may work on. `NotFound` as for a stranger, `Conflict` if merged."""
    person = await people.load(unit, person_id)
    inside = await about_person(unit, Membership.person_id, Part.INSIDE)
    if await unit.session.scalar(select(Membership.person_id).where(Membership.person_id == person_id, inside)) is None:
        raise NotFound("We know of no such person")
    people.check_stands(person)
    return person


async def home_of(unit: UnitOfWork, person_id: UUID, household_id: UUID | None) -> UUID:
    """The household it is about: the one named, or the one they belong to today."""
    places = await membership.of_person(unit, person_id)
    if household_id is None:
        home = current_home(places)
        if home is None:
            raise invalid("/household_id", "They belong to more than one household: say which.", "one-household")
        return home
    # As in `outcomes.whose`: one that is sealed from the caller is no home of theirs.
    seen = await may_see(unit, Part.FRONT, household_id=household_id)
    if not seen or household_id not in {each.household_id for each in places if each.until is None}:
        raise invalid("/household_id", "This person does not belong to that household.", "member")
    return household_id


async def share_a_home(unit: UnitOfWork, one: UUID, other: UUID) -> bool:
    """Do these two belong to one household today?"""
    homes = [
        {each.household_id for each in await membership.of_person(unit, id_) if each.until is None}
        for id_ in (one, other)
    ]
    return bool(homes[0] & homes[1])


async def abuse_is_known(unit: UnitOfWork, *person_ids: UUID) -> bool:
    """Was abuse ever recorded of one of them, or where one lives or lived? For rules; never for anyone's eyes.

    A need said at the front door, a checklist, work with somebody who is abused, a separation, also a lifted one.
    """
    whole = await all_ids(unit.session, person_ids)
    homes = select(Membership.household_id).where(Membership.person_id.in_(whole))
    around = select(Membership.person_id).where(Membership.household_id.in_(homes))
    known = (
        exists().where(or_(KnownNeed.person_id.in_(whole), KnownNeed.household_id.in_(homes))),
        exists().where(or_(Assessment.person_id.in_(whole), Assessment.person_id.in_(around))),
        exists().where(
            or_(Work.person_id.in_(whole), Work.person_id.in_(around), Work.perpetrator_person_id.in_(whole))
        ),
        exists().where(or_(Separation.protected_person_id.in_(whole), Separation.separated_person_id.in_(whole))),
    )
    return bool(await unit.session.scalar(select(or_(*known))))
