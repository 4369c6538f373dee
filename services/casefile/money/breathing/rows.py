"""Which Breathing Spaces a caller may reach."""

from sqlalchemy import ColumnElement

from kit.store.unit import UnitOfWork
from services.casefile.access.need_to_know import Part, about_person
from services.casefile.money.breathing.models import BreathingSpace


async def visible_to(unit: UnitOfWork) -> ColumnElement[bool]:
    """The one rule of who may see which Breathing Space."""
    return await about_person(unit, BreathingSpace.person_id, Part.INSIDE)
