"""Which replies a caller may reach."""

from typing import cast
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, any_, exists, select
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
    return await _one(unit, select(Reply).where(Reply.id == reply_id, await visible_to(unit)))


async def load_unknown(unit: UnitOfWork, reply_id: UUID) -> Reply:
    """One from an unknown sender, locked; `NotFound` also once somebody said whose it is."""
    return await _one(unit, select(Reply).where(Reply.id == reply_id, await from_nobody_known(unit)))


async def from_nobody_known(unit: UnitOfWork) -> ColumnElement[bool]:
    """Those whose sender is not known; but none that somebody may have sent of whom the caller may not know."""
    hidden = select(Person.id).where(Person.id == any_(Reply.may_be), ~(await people_visible_to(unit)))
    return and_(Reply.state == State.UNKNOWN, Reply.person_id.is_(None), ~exists(hidden.correlate(Reply)))


async def _one(unit: UnitOfWork, query: Select[Reply]) -> Reply:
    row = (await unit.session.scalars(query.with_for_update(of=Reply))).one_or_none()
    if row is None:
        raise NotFound("We know of no such message")
    return row
