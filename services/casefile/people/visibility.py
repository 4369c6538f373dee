"""The one rule of who may be shown: nobody restricted, nobody hidden from this caller, under whichever of their ids.

People whom risk introduced and nobody has met are shown for outreach, and for no other purpose.
"""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import ColumnElement, exists, select, text
from sqlalchemy.orm import InstrumentedAttribute

from kit.store.unit import UnitOfWork
from services.casefile.people.aliases import all_ids
from services.casefile.people.models import Membership, Person
from services.casefile.people.search_models import PersonSearch

OUTREACH = "outreach"

# Few rows are merged; only those are followed to whom they lead.
_LEADS_TO_NOBODY_RESTRICTED = text(
    """
    (person.merged_into is null or not exists (
        with recursive above (id) as (
            select person.merged_into
            union
            select further.merged_into from person as further join above on further.id = above.id
            where further.merged_into is not null
        )
        select from above join person as standing on standing.id = above.id where standing.restricted
    ))
    """
)


def unlisted() -> ColumnElement[bool]:
    """People whom nobody may be told of: restricted, or merged into someone who is. A condition on `Person`."""
    return ~(Person.restricted.is_(False) & _LEADS_TO_NOBODY_RESTRICTED)


async def hidden_from(unit: UnitOfWork) -> frozenset[UUID]:
    """Every id of the people hidden from this caller (ownership rule 8)."""
    return await all_ids(unit.session, unit.cause.hidden)


async def visible_to(unit: UnitOfWork) -> ColumnElement[bool]:
    """The rule as a condition on `Person`."""
    rule = Person.restricted.is_(False) & _LEADS_TO_NOBODY_RESTRICTED
    if unit.cause.purpose != OUTREACH:
        rule &= Person.introduced.is_(False)
    if hidden := await hidden_from(unit):
        rule &= Person.id.not_in(hidden)
    return rule


def found_for(unit: UnitOfWork) -> ColumnElement[bool] | None:
    """Whom a search for this purpose may find besides those that every search finds."""
    if unit.cause.purpose != OUTREACH:
        return None
    return PersonSearch.person_id.in_(select(Person.id).where(Person.introduced, ~Person.restricted))


async def shown_of(unit: UnitOfWork, person_ids: Collection[UUID]) -> set[UUID]:
    """Which of these people may be shown."""
    if not person_ids:
        return set()
    return set(await unit.session.scalars(select(Person.id).where(Person.id.in_(person_ids), await visible_to(unit))))


async def lived_in_by_the_visible(unit: UnitOfWork, household_id: InstrumentedAttribute[UUID]) -> ColumnElement[bool]:
    """A household none of whose people may be shown is as unknown as they are: a condition on its id's column."""
    people = select(Membership.person_id).join(Person, Person.id == Membership.person_id)
    there = people.where(Membership.household_id == household_id, await visible_to(unit))
    return exists(there.correlate(household_id.class_))
