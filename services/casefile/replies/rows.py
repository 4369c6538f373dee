"""Which replies a caller may reach."""

from typing import cast
from uuid import UUID

from sqlalchemy import ColumnElement, and_, any_, exists, select
from sqlalchemy.orm import InstrumentedAttribute

from kit.errors import NotFound
from kit.store.unit import UnitOfWork
from services.casefile.access.need_to_know import about_person
from services.casefile.people.models import Person
from services.casefile.people.visibility import visible_to as people_visible_to
from services.casefile.replies.domain import State
from services.casefile.replies.models import Reply


async def visible_to(unit: UnitOfWork) -> ColumnElement[bool]:
    """Those of people whose work the caller may see inside; of unknown senders none."""
    # Of an unknown sender the column is null, which is nobody's.
    return await about_person(unit, cast("InstrumentedAttribute[UUID]", Reply.person_id))


async def load(unit: UnitOfWork, reply_id: UUID) -> Reply:
    """One of somebody's, locked; `NotFound` alike for one that is not there and one that is not the caller's."""
    query = select(Reply).where(Reply.id == reply_id, await visible_to(unit)).with_for_update(of=Reply)
    row = (await unit.session.scalars(query)).one_or_none()
    if row is None:
        raise NotFound("We know of no such message")
    return row


async def unknown(unit: UnitOfWork, reply_id: UUID) -> Reply | None:
    """One from an unknown sender, locked; None once somebody said whose it is."""
    query = select(Reply).where(Reply.id == reply_id, await unknown_to_all(unit)).with_for_update()
    return (await unit.session.scalars(query)).one_or_none()


async def unknown_to_all(unit: UnitOfWork) -> ColumnElement[bool]:
    """Those whose sender is not known; but none that somebody may have sent of whom the caller may not know."""
    hidden = select(Person.id).where(Person.id == any_(Reply.may_be), ~(await people_visible_to(unit)))
    return and_(Reply.state == State.UNKNOWN, ~exists(hidden.correlate(Reply)))
