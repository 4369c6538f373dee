"""Which young people's support a caller may reach, and how it is loaded."""

from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import aliased

from kit.errors import NotFound
from kit.store.unit import UnitOfWork
from services.casefile.access.need_to_know import Part, about_person
from services.casefile.leavingcare.domain import HandoverState
from services.casefile.leavingcare.models import AdviserHandover, CareLeaver


async def visible_to(unit: UnitOfWork) -> ColumnElement[bool]:
    """The one rule: who sees inside the person's file, their adviser, and whoever is asked to become it."""
    # By another name: a query that joins handovers means others than this does.
    offered = aliased(AdviserHandover)
    asked = exists().where(
        offered.care_leaver_id == CareLeaver.id,
        offered.to_adviser == unit.cause.actor,
        offered.state == HandoverState.OFFERED,
    )
    mine = and_(
        or_(CareLeaver.adviser == unit.cause.actor, asked),
        await about_person(unit, CareLeaver.person_id, Part.FRONT),
    )
    return or_(mine, await about_person(unit, CareLeaver.person_id, Part.INSIDE))


async def load(unit: UnitOfWork, care_leaver_id: UUID, *, for_change: bool = False) -> CareLeaver:
    """One of them; `NotFound` for whom the caller may not see."""
    query = select(CareLeaver).where(CareLeaver.id == care_leaver_id, await visible_to(unit))
    if for_change:
        query = query.with_for_update().execution_options(populate_existing=True)
    row = (await unit.session.scalars(query)).one_or_none()
    if row is None:
        raise NotFound("We know of no such young person")
    return row
