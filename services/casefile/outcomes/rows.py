"""Which outcomes a caller may reach, and how one is loaded."""

from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select

from kit.errors import NotFound
from kit.store.unit import UnitOfWork
from services.casefile.access.need_to_know import Part, about_household, about_person
from services.casefile.outcomes.domain import Compartment
from services.casefile.outcomes.models import Outcome


async def visible_to(unit: UnitOfWork) -> ColumnElement[bool]:
    """The one rule of who may see which outcome: a kind that tells of a compartment is for who may see that one."""
    ways = [and_(Outcome.compartment == "", await _about(unit, Part.INSIDE))]
    for compartment in Compartment:
        ways.append(and_(Outcome.compartment == compartment, await _about(unit, Part(compartment.value))))
    return or_(*ways)


async def _about(unit: UnitOfWork, part: Part) -> ColumnElement[bool]:
    persons = await about_person(unit, Outcome.person_id, part)  # type: ignore[arg-type]  # null there is nobody
    homes = await about_household(unit, Outcome.household_id, part)
    return or_(and_(Outcome.person_id.is_not(None), persons), and_(Outcome.person_id.is_(None), homes))


async def load(unit: UnitOfWork, outcome_id: UUID, *, for_change: bool = False) -> Outcome:
    """One outcome the caller may see; `NotFound` for any other."""
    query = select(Outcome).where(Outcome.id == outcome_id, await visible_to(unit))
    if for_change:
        query = query.with_for_update()
    row = (await unit.session.scalars(query)).one_or_none()
    if row is None:
        raise NotFound("We know of no such outcome")
    return row
