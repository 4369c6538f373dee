"""Which separations a caller may know of, and how one is loaded."""

from uuid import UUID

from sqlalchemy import ColumnElement, any_, literal, or_, select

from kit.errors import NotFound
from kit.store.unit import UnitOfWork
from services.casefile.access.need_to_know import Part, about_person
from services.casefile.people import sealed_off
from services.casefile.separation.models import Separation


async def visible_to(unit: UnitOfWork) -> ColumnElement[bool]:
    """The one rule: those of whom it protects, who see that part of her file; nobody it bars, whatever their role.

    The front of her file is what a barred caller does not see: that is the first condition, and the last word.
    """
    mine = or_(
        Separation.started_by == unit.cause.actor,
        literal(unit.cause.actor) == any_(Separation.trusted),
        await about_person(unit, Separation.protected_person_id, Part.ABUSE),
    )
    rule = mine & await about_person(unit, Separation.protected_person_id, Part.FRONT)
    for name in sealed_off.names_of(unit.cause):
        rule &= literal(name) != Separation.names.all_()
    return rule


async def load(unit: UnitOfWork, separation_id: UUID) -> Separation:
    """The row, locked; `NotFound` also when it may not be known of."""
    query = select(Separation).where(Separation.id == separation_id, await visible_to(unit))
    row = (await unit.session.scalars(query.with_for_update(of=Separation))).one_or_none()
    if row is None:
        raise NotFound("We know of no such separation")
    return row
